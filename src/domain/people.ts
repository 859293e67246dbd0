/** A person as Entra ID knows them. `name` is for reading only and never decides anything. */
export type Person = Readonly<{ objectId: string; tenantId: string; name: string }>;

/** Whether two records mean the same person: object id and tenant, never the name. */
export const samePerson = (
  a: Pick<Person, 'objectId' | 'tenantId'>,
  b: Pick<Person, 'objectId' | 'tenantId'>,
): boolean =>
  a.objectId.toLowerCase() === b.objectId.toLowerCase() &&
  a.tenantId.toLowerCase() === b.tenantId.toLowerCase();

export const isOneOf = (person: Person, people: readonly Person[]): boolean =>
  people.some((other) => samePerson(person, other));

export const distinctPeople = (people: readonly Person[]): readonly Person[] =>
  people.filter((person, index) => people.findIndex((other) => samePerson(person, other)) === index);
