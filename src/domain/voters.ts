import { type Consumer, ownersOf } from './apiKeys/consumers.ts';
import { type Ballot, canBeReached, knownVoters, type VoteRefusal } from './approval.ts';
import { distinctPeople, isOneOf, type Person } from './people.ts';
import type { Gate, GateRule, RuleName } from './policy.ts';
import type { Stage } from './procedures.ts';
import type { AwaitingApproval, Shared } from './shared.ts';

/** What it takes to know who may vote: consumers only where the procedure has some. */
export type Voted = Shared & Readonly<{ consumers?: readonly Consumer[]; phase?: unknown }>;

/** The rule that counts at a gate: in an emergency that of `breakGlass`, except for the door that can't be undone. */
export function ruleOf({ rules, request }: Shared, name: RuleName): GateRule | undefined {
  if (request.breakGlass === true && (name === 'prepare' || name === 'retire' || name === 'waive'))
    return rules.gates.breakGlass;
  return name === 'waive' ? (rules.gates.waive ?? rules.gates.retire) : rules.gates[name];
}

/** The question that is put to the vote at a gate; undefined where the policy has no such gate. */
export function ballotOf(
  rotation: Voted,
  name: RuleName,
  others: readonly Person[] = [],
): Ballot | undefined {
  const rule = ruleOf(rotation, name);
  if (rule === undefined) return undefined;
  const { request, approvals, consumers = [] } = rotation;
  const elsewhere = (rule.notAlso ?? [])
    .filter((gate) => gate !== name)
    .flatMap((gate) => (approvals[gate] ?? []).map(({ by }) => by));
  const left = (people: readonly Person[], because: VoteRefusal) => ({ people, because });
  return {
    rule,
    out: [
      ...(rule.requester === 'in' ? [] : [left([request.by], 'ownRequest')]),
      left(others, 'ownRequest'),
      left(elsewhere, 'votedElsewhere'),
      ...(rule.consumerOwners === 'out' ? [left(consumers.flatMap(ownersOf), 'ownConsumer')] : []),
    ],
    escalated: rotation.escalated?.includes(name) === true,
  };
}

/** Who may vote at a gate, as far as they are known by name; nobody where the policy has no such gate. */
export function approversOf(rotation: Voted, name: RuleName): readonly Person[] {
  const ballot = ballotOf(rotation, name);
  return ballot === undefined ? [] : knownVoters(ballot, rotation.members ?? {});
}

/** The requester and whoever may vote at any gate: they may steer a rotation that is under way. */
export const involved = ({ rules, request, members = {} }: Shared): readonly Person[] =>
  distinctPeople([
    request.by,
    ...Object.values(rules.gates).flatMap(({ from, groups = [], escalate }) => [
      ...from,
      ...(escalate?.to.people ?? []),
      ...[...groups, ...(escalate?.to.groups ?? [])].flatMap(({ id }) => members[id] ?? []),
    ]),
  ]);

/** Who must hear of trouble: whoever asked, and whoever decides at this gate. */
export const concernedBy = (rotation: Voted, gate: Gate): readonly Person[] =>
  distinctPeople([rotation.request.by, ...approversOf(rotation, gate)]);

/** Whom an emergency leaves out: they would have had a vote, and have none now. */
export function skippedBy(rotation: Voted): readonly Person[] {
  if (rotation.request.breakGlass !== true) return [];
  const { breakGlass: _none, ...calm } = rotation.request;
  const would = (['prepare', 'retire'] as const).flatMap((gate) =>
    approversOf({ ...rotation, request: calm }, gate),
  );
  const may = approversOf(rotation, 'prepare');
  return distinctPeople(would).filter((person) => !isOneOf(person, may));
}

/** Those who would be called in later can make up a quorum as well. */
const withOthers = (ballot: Ballot): Ballot => ({ ...ballot, escalated: true });

/** Why a gate could never be passed, in words for whoever asked; undefined when it can. */
export function whyNeverPassed(rotation: Voted, gate: Gate): string | undefined {
  const ballot = ballotOf(rotation, gate);
  if (ballot === undefined)
    return rotation.request.breakGlass === true && gate !== 'oneWay'
      ? 'The policy has no gate "breakGlass", so nobody may hurry a rotation of this account.'
      : `The policy has no gate "${gate}".`;
  if (canBeReached(withOthers(ballot), [], rotation.members ?? {}, [])) return undefined;
  const may = knownVoters(ballot, rotation.members ?? {}).length;
  return may < ballot.rule.need
    ? `The gate "${gate}" needs ${String(ballot.rule.need)} approvals, and without you only ${String(may)} people may give them.`
    : `The gate "${gate}" needs the vote of somebody who may not vote there.`;
}

/** Whether an open gate can no longer be passed: too many of those who may vote are out of reach. */
export function isOutOfReach(rotation: Voted, phase: AwaitingApproval<Stage>): boolean {
  const ballot = ballotOf(rotation, phase.gate);
  return (
    ballot !== undefined &&
    !canBeReached(withOthers(ballot), phase.votes, rotation.members ?? {}, rotation.notReached)
  );
}
