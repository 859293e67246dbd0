import { z } from 'zod';
import { isOneOf } from '../../domain/people.ts';
import type { GateRule, RuleName, Voters } from '../../domain/policy.ts';
import { type Names, votersNamed } from './named.ts';
import { count, duration, strict } from './words.ts';

const sides = (fallback: string) =>
  z.enum(['in', 'out'], { error: `write in or out; it is ${fallback} unless you do` });

const written = (names: Names) =>
  strict({
    need: count.describe('How many must approve'),
    from: votersNamed(names).describe('Who may approve: short names of people and groups'),
    atLeastOne: votersNamed(names).exactOptional().describe('One approval at least must come from these'),
    requester: sides('out').exactOptional().describe('Whether whoever asked may approve, too; out'),
    consumerOwners: sides('in').exactOptional().describe('Whether owners of the consumers may approve; in'),
    notAlso: z
      .array(z.enum(['prepare', 'retire', 'oneWay'], { error: 'write prepare, retire or oneWay' }))
      .min(1, 'names no gate')
      .exactOptional()
      .describe('Nobody who approved at one of these gates may approve here'),
    votesExpire: duration.exactOptional().describe('How long an approval counts while others are missing'),
    escalate: strict({ after: duration, to: votersNamed(names) })
      .exactOptional()
      .describe('Who may approve as well when that much time has passed'),
    signIn: strict({ within: duration })
      .exactOptional()
      .describe('An approval counts only after a sign-in that is no older'),
  });

type Written = z.output<ReturnType<typeof written>>;

/**
 * A gate: how many of whom. Who asks for a rotation doesn't count, and may be one of the people named. So
 * `need` must leave room for one: with two of two, nobody of the two could ever ask, and it would be found
 * out on the day of the leak. Of groups nobody knows here how many they are.
 */
const gate = (names: Names) =>
  written(names).transform((rule, context): GateRule => {
    for (const [path, message] of unreachable(rule))
      context.addIssue({ code: 'custom', path: [path], message });
    return ruleOf(rule);
  });

function unreachable({ need, from, atLeastOne, requester }: Written): readonly (readonly [string, string])[] {
  const named = from.people.length;
  if (from.groups.length > 0) return [];
  if (need > named) return [['need', `can never be reached: ${need} are needed and ${named} named`]];
  if (need === named && requester !== 'in')
    return [['need', 'needs everybody who is named, but who asks never counts: name one more person']];
  if (atLeastOne === undefined || atLeastOne.groups.length > 0) return [];
  const able = atLeastOne.people.filter((person) => isOneOf(person, from.people));
  if (able.length === 0)
    return [['atLeastOne', 'names nobody who may approve here: name them in `from`, too']];
  return able.length === 1 && requester !== 'in'
    ? [['atLeastOne', 'names one person, but who asks never counts: name one more']]
    : [];
}

function ruleOf({ from, requester, consumerOwners, ...rest }: Written): GateRule {
  return {
    ...rest,
    from: from.people,
    ...groupsOf(from),
    ...(requester === 'in' && { requester }),
    ...(consumerOwners === 'out' && { consumerOwners }),
  };
}

const groupsOf = ({ groups }: Voters) => (groups.length > 0 ? { groups } : {});

const optional = (names: Names) => ({
  oneWay: gate(names).exactOptional().describe('Before a door that nobody can go back through'),
  waive: gate(names).exactOptional().describe('For going on without a proof; left out, as retire'),
  breakGlass: gate(names).exactOptional().describe('In an emergency, in the place of prepare and retire'),
});

/** The gates of the file. Without `oneWay` nobody may go through that door, without `breakGlass` nobody may hurry. */
export const gates = (names: Names) =>
  strict({ prepare: gate(names), retire: gate(names), ...optional(names) } satisfies Record<
    RuleName,
    unknown
  >);

/** Those that an entry has for its accounts; the others are those of a less specific one. */
export const ownGates = (names: Names) =>
  strict({
    prepare: gate(names).exactOptional(),
    retire: gate(names).exactOptional(),
    ...optional(names),
  });

export const afterwards = z.enum(['stay', 'ask', 'switchBack'], { error: 'write stay, ask or switchBack' });
