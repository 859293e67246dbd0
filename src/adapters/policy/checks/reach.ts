import type { Gate, RuleName } from '../../../domain/policy.ts';
import type { Finding } from '../problems.ts';
import { disagreements, type Value } from './pairs.ts';
import { list, part } from './parts.ts';

/** What counts for the question whether a gate can open, in short names. */
type Written = Readonly<{
  need: number;
  from: readonly string[];
  asker: 0 | 1;
  notAlso: readonly unknown[];
  ownersOut: boolean;
}>;

const rules: readonly RuleName[] = ['prepare', 'retire', 'oneWay', 'waive', 'breakGlass'];
const gates: readonly Gate[] = ['prepare', 'retire', 'oneWay'];

const names = (value: unknown): readonly string[] =>
  list(value).filter((name): name is string => typeof name === 'string');

/** Gates that could never open, or not when the wrong person asks, because of what is said elsewhere. */
export function reachChecks(data: unknown): readonly Finding[] {
  const groups = Object.keys(part(data, 'groups') ?? {});
  const gate = (name: RuleName): Value<Written> => ({
    path: ['gates', name],
    read: (owner) => {
      const written = part(part(owner, 'gates'), name);
      const need = part(written, 'need');
      const from = names(part(written, 'from'));
      // how many a group has, nobody knows here
      if (typeof need !== 'number' || from.some((one) => groups.includes(one))) return undefined;
      return {
        need,
        from,
        asker: part(written, 'requester') === 'in' ? 0 : 1,
        notAlso: list(part(written, 'notAlso')),
        ownersOut: part(written, 'consumerOwners') === 'out',
      };
    },
  });
  const owners: Value<readonly string[]> = {
    path: ['consumers'],
    read: (owner) => {
      const consumers = part(owner, 'consumers');
      if (consumers === undefined) return undefined;
      return list(consumers).flatMap((one) => [
        ...names(part(one, 'owners')),
        ...names(part(one, 'deputies')),
      ]);
    },
  };
  return rules.flatMap((name) => [
    ...gates
      .filter((other) => other !== name)
      .flatMap((other) => disagreements(data, gate(name), gate(other), (a, b) => takenAway(a, other, b))),
    ...disagreements(data, gate(name), owners, withoutOwners),
  ]);
}

/** As few as can be are taken away: everybody votes at the other gate who has no voice at this one. */
function takenAway(gate: Written, name: Gate, other: Written): string | undefined {
  if (!gate.notAlso.includes(name)) return undefined;
  const elsewhere = other.from.filter((one) => !gate.from.includes(one)).length;
  const gone = Math.max(0, other.need - elsewhere);
  const left = gate.from.length - gone - gate.asker;
  return left >= gate.need
    ? undefined
    : `can never be reached: ${gate.need} are needed, and without who asks and those who approved at ` +
        `${name} only ${Math.max(0, left)} are left`;
}

function withoutOwners(
  { need, from, asker, ownersOut }: Written,
  owners: readonly string[],
): string | undefined {
  if (!ownersOut) return undefined;
  const left = from.filter((one) => !owners.includes(one)).length - asker;
  return left >= need
    ? undefined
    : `can never be reached: ${need} are needed, and without who asks and the owners of the consumers only ` +
        `${Math.max(0, left)} are left`;
}
