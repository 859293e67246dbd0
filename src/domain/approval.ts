import type { Digest } from './ids.ts';
import { isOneOf, type Person, samePerson } from './people.ts';
import type { GateRule } from './policy.ts';
import { err, ok, type Result } from './result.ts';

export type Vote = Readonly<{ by: Person; at: number; digest: Digest }>;

export type VoteRefusal = 'ownRequest' | 'notAnApprover' | 'alreadyVoted';

/** Whether a person may vote at a gate at all; the same rule for approving, rejecting and waiving. */
export function mayVote(
  rule: GateRule,
  excluded: readonly Person[],
  person: Person,
): Result<true, VoteRefusal> {
  if (isOneOf(person, excluded)) return err('ownRequest');
  if (!isOneOf(person, rule.from)) return err('notAnApprover');
  return ok(true);
}

/**
 * Counts one more vote. One vote a person, whoever asked never counts.
 * Gives the votes with the new one, and whether the quorum is reached.
 */
export function addVote<V extends Readonly<{ by: Person }>>(
  rule: GateRule,
  excluded: readonly Person[],
  votes: readonly V[],
  vote: V,
): Result<Readonly<{ votes: readonly V[]; reached: boolean }>, VoteRefusal> {
  const may = mayVote(rule, excluded, vote.by);
  if (!may.ok) return may;
  if (votes.some((other) => samePerson(other.by, vote.by))) return err('alreadyVoted');
  const all = [...votes, vote];
  return ok({ votes: all, reached: all.length >= rule.need });
}

/** How many people could still make up the quorum: a gate that nobody can pass is refused before it opens. */
export const eligible = (rule: GateRule, requester: Person): readonly Person[] =>
  rule.from.filter((person) => !samePerson(person, requester));
