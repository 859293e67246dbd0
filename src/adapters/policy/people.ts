import { z } from 'zod';
import { type Person, samePerson } from '../../domain/people.ts';
import type { Finding } from './problems.ts';
import { guid, plainWords, strict, text } from './words.ts';

/** The people of the file by the short name that the rest of it uses. */
export type People = ReadonlyMap<string, Person>;

const longForm = strict({ id: guid, name: text.optional(), tenant: guid.optional() });

/** `ada: <object id>`, or with a display name or a tenant of her own: `ada: { id: …, name: Ada, tenant: … }`. */
const entry = z.preprocess((value) => (typeof value === 'string' ? { id: value } : value), longForm);

/** The same for an editor. A union would say less well what is wrong with an entry. */
export const peopleSchema = z
  .record(z.string(), z.union([guid, longForm]))
  .describe('A short name for everybody who is named below, and their Entra object id');

/**
 * Reads the part `people`. Somebody whose entry is wrong is in the answer all the same, so that the
 * rest of the file is not blamed for naming them.
 */
export function readPeople(data: unknown, tenant: unknown): { people: People; findings: readonly Finding[] } {
  const people = new Map<string, Person>();
  const parsed = z.record(z.string(), z.unknown()).safeParse(data, { error: plainWords });
  if (!parsed.success) {
    const says = data === undefined ? 'is missing' : 'write a line for each person: `ada: <Entra object id>`';
    return { people, findings: [{ path: ['people'], says }] };
  }
  const findings: Finding[] = [];
  for (const [alias, value] of Object.entries(parsed.data)) {
    const one = entry.safeParse(value, { error: plainWords });
    for (const { path, message } of one.error?.issues ?? []) {
      findings.push({ path: ['people', alias, ...(path as string[])], says: message });
    }
    const person = {
      // an unreadable entry is told from every other by its alias
      objectId: one.data?.id ?? alias,
      tenantId: one.data?.tenant ?? (typeof tenant === 'string' ? tenant.toLowerCase() : ''),
      name: one.data?.name ?? alias,
    };
    const twin = [...people].find(([, other]) => samePerson(other, person));
    if (twin) {
      findings.push({
        path: ['people', alias],
        says: `is the same person as \`${twin[0]}\`: one name is enough`,
      });
    }
    people.set(alias, person);
  }
  return { people, findings };
}
