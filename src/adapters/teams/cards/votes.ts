import { duration } from '../../../application/duration.ts';
import type { Ballot, Standing as Voter, Vote } from '../../../domain/approval.ts';
import { isOneOf, type Person, samePerson } from '../../../domain/people.ts';
import type { Gate, GateRule, Group, RuleName, Voters } from '../../../domain/policy.ts';
import type { Rotation } from '../../../domain/rotation.ts';
import type { Stage } from '../../../domain/procedures.ts';
import type { AwaitingApproval } from '../../../domain/shared.ts';
import { ballotOf } from '../../../domain/voters.ts';
import { executionWords } from './execution.ts';
import { plain } from './plain.ts';
import { needOf } from './standing.ts';
import { clock } from './times.ts';
import type { CardView } from './view.ts';
import { counted, listed, nameOf, names, number } from './words.ts';

export type OpenGate = AwaitingApproval<Stage>;

/** Who has approved, who still may, and what is asked for beside the number; the `votes` block of both gates. */
export function votesOf({ rotation, now }: CardView, phase: OpenGate) {
  const { votes, gate } = phase;
  const ballot = ballotOf(rotation, gate);
  const rule = ballot?.rule;
  const calledInAt =
    rule?.escalate === undefined || isEscalated(rotation, gate) ? null : phase.since + rule.escalate.after;
  return {
    votesTitle: `Approvals: ${number(votes.length)} of ${number(needOf(rotation, gate))}`,
    votes: votes.slice(0, 8).map(({ by, at }) => ({ name: nameOf(by), at: voteWords(rule, at, now) })),
    mayVote: mayVoteWords(rotation, gate, votes),
    voteRules: [
      ...(ballot === undefined ? [] : ruleWords(rotation, ballot, phase)),
      ...executionWords(rotation, now),
    ].map((text) => ({ text })),
    voteClock:
      calledInAt === null ? '' : `Without a decision they are called in at ${clock(calledInAt, now)}`,
  };
}

const isEscalated = ({ escalated }: Rotation, name: RuleName): boolean => escalated?.includes(name) === true;

function voteWords(rule: GateRule | undefined, at: number, now: number): string {
  const until = rule?.votesExpire === undefined ? '' : ` · counts until ${clock(at + rule.votesExpire, now)}`;
  return `approved at ${clock(at, now)}${until}`;
}

/** `May approve: Bo and Chen, or anybody in Platform (5 people)`; empty when nobody is left. */
export function mayVoteWords(
  rotation: Rotation,
  name: RuleName,
  votes: readonly Readonly<{ by: Person }>[],
  others: readonly Person[] = [],
): string {
  const ballot = ballotOf(rotation, name, others);
  if (ballot === undefined) return '';
  const { rule, out, escalated } = ballot;
  const called = escalated ? rule.escalate?.to : undefined;
  const gone = [...out.flatMap(({ people }) => people), ...votes.map(({ by }) => by)];
  const left = (people: readonly Person[]): readonly Person[] =>
    people.filter(
      (person, index) =>
        !isOneOf(person, gone) && people.findIndex((other) => samePerson(other, person)) === index,
    );
  const people = left([...rule.from, ...(called?.people ?? [])]);
  const groups = [...(rule.groups ?? []), ...(called?.groups ?? [])].flatMap((group) => {
    const members = rotation.members?.[group.id];
    if (members === undefined) return [groupWords(group)];
    const open = left(members).length;
    return open === 0 ? [] : [`${groupWords(group)} (${counted(open, 'person', 'people')})`];
  });
  const parts = [names(people, 8), groups.length === 0 ? '' : `anybody in ${listed(groups, 4, 'or')}`];
  const words = parts.filter((part) => part !== '').join(', or ');
  return words === '' ? '' : `May approve: ${words}`;
}

export const groupWords = ({ kind, name }: Group): string => {
  const called = plain(name, 60);
  return {
    entraGroup: called,
    channelMembers: `the channel ${called}`,
    channelOwners: `the owners of ${called}`,
  }[kind];
};

/** People by name and groups by theirs: `Bo, or somebody from Security`. */
export const votersInWords = ({ people, groups }: Voters): string =>
  [
    people.length === 0 ? '' : listed(people.map(nameOf), 4, 'or'),
    groups.length === 0 ? '' : `somebody from ${listed(groups.map(groupWords), 3, 'or')}`,
  ]
    .filter((part) => part !== '')
    .join(', or ');

export const isFrom = ({ people, groups }: Voters, { by, memberOf = [] }: Voter): boolean =>
  isOneOf(by, people) || groups.some(({ id }) => memberOf.includes(id));

const gateWords: Readonly<Record<Gate, string>> = {
  prepare: 'the first gate',
  retire: 'the second gate',
  oneWay: 'the one-way door',
};

/** What the policy asks for beside the number, one sentence each. */
function ruleWords(
  rotation: Rotation,
  { rule, out, escalated }: Ballot,
  { gate, votes }: Readonly<{ gate: Gate; votes: readonly Vote[] }>,
): readonly string[] {
  const { atLeastOne, votesExpire, escalate, signIn, notAlso = [], requester, consumerOwners } = rule;
  const isOut = (person: Person): boolean => out.some(({ people }) => isOneOf(person, people));
  const called = {
    people: escalate?.to.people.filter((person) => !isOut(person)) ?? [],
    groups: escalate?.to.groups ?? [],
  };
  const elsewhere = notAlso.filter((other) => other !== gate).map((other) => gateWords[other]);
  return [
    ...(atLeastOne === undefined
      ? []
      : votes.some((vote) => isFrom(atLeastOne, vote))
        ? [`One of them had to be ${votersInWords(atLeastOne)}: done.`]
        : [`One of them must be ${votersInWords(atLeastOne)}.`]),
    ...(signIn === undefined
      ? []
      : [`Each approval needs a sign-in of the last ${duration(signIn.within)}.`]),
    ...(votesExpire === undefined ? [] : [`An approval counts for ${duration(votesExpire)}.`]),
    ...(elsewhere.length === 0
      ? []
      : [`Nobody who approved ${listed(elsewhere, 3, 'or')} may approve here.`]),
    ...(consumerOwners === 'out' && rotation.procedure === 'apiKeys'
      ? ['The owners of its consumers may not approve.']
      : []),
    ...(requester === 'in' ? ['Whoever asked for it may approve too.'] : []),
    ...(escalate === undefined || called.people.length + called.groups.length === 0
      ? []
      : [
          escalated
            ? `Called in because nobody decided in ${duration(escalate.after)}: ${votersInWords(called)}.`
            : `If nobody decides: ${votersInWords(called)} may approve as well.`,
        ]),
  ];
}
