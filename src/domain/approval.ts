import type { Digest } from './ids.ts';
import { isOneOf, type Person, samePerson } from './people.ts';
import type { GateRule, Voters } from './policy.ts';
import { err, ok, type Result } from './result.ts';

/**
 * Who votes, as the worker found out just before the vote was counted. `memberOf`: ids of those of the
 * rule's groups that the person is in; `signedInAt`: when they last proved who they are, epoch ms;
 * `signInId`: with which sign-in, as a hash.
 */
export type Standing = Readonly<{
  by: Person;
  memberOf?: readonly string[];
  signedInAt?: number;
  signInId?: string;
}>;

export type Vote = Standing & Readonly<{ at: number; digest: Digest }>;

/** Why a person may not vote at all, or not now. */
export type VoteRefusal =
  'ownRequest' | 'notAnApprover' | 'alreadyVoted' | 'votedElsewhere' | 'ownConsumer' | 'signInNeeded';

/** One question that is put to the vote: the rule, who is left out and why, and whether others were called in. */
export type Ballot = Readonly<{
  rule: GateRule;
  out: readonly Readonly<{ people: readonly Person[]; because: VoteRefusal }>[];
  escalated: boolean;
}>;

const isAmong = ({ people, groups }: Voters, { by, memberOf = [] }: Standing): boolean =>
  isOneOf(by, people) || groups.some(({ id }) => memberOf.includes(id));

const votersOf = ({ rule, escalated }: Ballot): readonly Voters[] => [
  { people: rule.from, groups: rule.groups ?? [] },
  ...(escalated && rule.escalate !== undefined ? [rule.escalate.to] : []),
];

/** Whether a person is left out of the vote, whatever the rule says of who may. */
export const isLeftOut = ({ out }: Ballot, person: Person): boolean =>
  out.some(({ people }) => isOneOf(person, people));

/** Whether a person may vote at all; the same rule for approving, rejecting and waiving. */
export function mayVote(ballot: Ballot, standing: Standing): Result<true, VoteRefusal> {
  const left = ballot.out.find(({ people }) => isOneOf(standing.by, people));
  if (left !== undefined) return err(left.because);
  return votersOf(ballot).some((voters) => isAmong(voters, standing)) ? ok(true) : err('notAnApprover');
}

/** Whether a sign-in is fresh enough, where the rule asks for one. */
export const isSignedIn = ({ rule }: Ballot, { signedInAt }: Standing, at: number): boolean =>
  rule.signIn === undefined || (signedInAt !== undefined && at - signedInAt <= rule.signIn.within);

/** The votes that still count at a time (epoch ms). */
export const standingVotes = <V extends Readonly<{ at: number }>>(
  { rule }: Ballot,
  votes: readonly V[],
  at: number,
): readonly V[] => votes.filter((vote) => rule.votesExpire === undefined || at < vote.at + rule.votesExpire);

/** Whether the votes are enough, and, where the rule asks for it, one of them comes from the right people. */
export const isReached = ({ rule }: Ballot, votes: readonly Standing[]): boolean => {
  const { atLeastOne } = rule;
  return (
    votes.length >= rule.need && (atLeastOne === undefined || votes.some((vote) => isAmong(atLeastOne, vote)))
  );
};

/**
 * Counts one more vote: one a person, of those who may.
 * Gives the votes that count now, and whether the quorum is reached.
 */
export function addVote<V extends Standing & Readonly<{ at: number }>>(
  ballot: Ballot,
  votes: readonly V[],
  vote: V,
): Result<Readonly<{ votes: readonly V[]; reached: boolean }>, VoteRefusal> {
  const may = mayVote(ballot, vote);
  if (!may.ok) return may;
  const counting = standingVotes(ballot, votes, vote.at);
  if (counting.some((other) => samePerson(other.by, vote.by))) return err('alreadyVoted');
  if (!isSignedIn(ballot, vote, vote.at)) return err('signInNeeded');
  const all = [...counting, vote];
  return ok({ votes: all, reached: isReached(ballot, all) });
}

/**
 * Those who may vote, as far as they are known by name: the people of the rule, and those members of its
 * groups that were seen at the time of the plan (`members`, by group id).
 */
export function knownVoters(
  ballot: Ballot,
  members: Readonly<Record<string, readonly Person[]>>,
): readonly Person[] {
  const named = votersOf(ballot).flatMap(({ people, groups }) => [
    ...people,
    ...groups.flatMap(({ id }) => members[id] ?? []),
  ]);
  return named.filter(
    (person, index) =>
      named.findIndex((other) => samePerson(person, other)) === index &&
      !ballot.out.some(({ people }) => isOneOf(person, people)),
  );
}

/** Whether the quorum can still come together without these people. A group that nobody could list may hold anybody. */
export function canBeReached(
  ballot: Ballot,
  votes: readonly Standing[],
  members: Readonly<Record<string, readonly Person[]>>,
  gone: readonly Person[],
): boolean {
  const unlisted = votersOf(ballot).some(({ groups }) => groups.some(({ id }) => members[id] === undefined));
  if (unlisted) return true;
  const left = knownVoters(ballot, members).filter(
    (person) => !isOneOf(person, gone) && !votes.some(({ by }) => samePerson(by, person)),
  );
  const possible: readonly Standing[] = [
    ...votes,
    ...left.map((by) => ({ by, memberOf: groupsOf(by, members) })),
  ];
  return isReached(ballot, possible);
}

const groupsOf = (person: Person, members: Readonly<Record<string, readonly Person[]>>): readonly string[] =>
  Object.entries(members).flatMap(([id, people]) => (isOneOf(person, people) ? [id] : []));
