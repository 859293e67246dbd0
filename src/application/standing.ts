import { type Ballot, isLeftOut, type Standing } from '../domain/approval.ts';
import type { Fault } from '../domain/faults.ts';
import { isOneOf, type Person } from '../domain/people.ts';
import type { Group } from '../domain/policy.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Rotation } from '../domain/rotation.ts';
import { ballotOf } from '../domain/voters.ts';
import type { NotCounted, Said } from './conversation.ts';
import { signInWords } from './notCounted.ts';
import type { Clock, Log } from './ports/ambient.ts';
import type { Directory } from './ports/directory.ts';
import type { SignedIn, SignIns } from './ports/signIns.ts';

/** What counts as a vote: whatever the right to it may hang on a group. */
export type Vote = Extract<Said, { say: 'approve' | 'reject' | 'approveWaiver' | 'rejectWaiver' }>;

export const isVote = (said: Said): said is Vote =>
  said.say === 'approve' ||
  said.say === 'reject' ||
  said.say === 'approveWaiver' ||
  said.say === 'rejectWaiver';

/** What has to be found out before a vote is counted: groups to look into, a token to verify. */
export type Needed = Readonly<{ groups: readonly Group[]; token?: string }>;

/** What was found out. `at`: when it was asked; `groups`: ids of those that were looked into. */
export type Found = Readonly<{
  at: number;
  groups: readonly string[];
  memberOf: readonly string[];
  signedIn?: SignedIn;
}>;

/** Why a vote isn't counted, with what to tell its person. */
export type Uncounted = Readonly<{ because: NotCounted; says: string; remedy: string }>;

export type Finding = Result<Found, Uncounted>;

/** How old what was found may be when the vote is counted (ms); with the directory's own memory under a minute. */
const freshFor = 10_000;

/** The question that a vote answers as the rotation stands; undefined when there is none. */
function ballotFor(rotation: Rotation, said: Vote): Ballot | undefined {
  if (said.say === 'approve' || said.say === 'reject') {
    const { phase } = rotation;
    return phase.at === 'awaitingApproval' ? ballotOf(rotation, phase.gate) : undefined;
  }
  if (rotation.procedure !== 'apiKeys') return undefined;
  const waiver = rotation.waivers.find(({ id }) => id === said.waiver);
  return waiver === undefined ? undefined : ballotOf(rotation, 'waive', [waiver.askedBy]);
}

/**
 * What has to be found out elsewhere before this vote can be counted. Only what decides: somebody whom the rule
 * names, or leaves out, needs no directory, and may vote while it is out of order.
 */
export function neededFor(rotation: Rotation, said: Vote, by: Person): Needed {
  const ballot = ballotFor(rotation, said);
  if (ballot === undefined || isLeftOut(ballot, by)) return { groups: [] };
  const { rule, escalated } = ballot;
  const { from, groups = [], escalate, atLeastOne, signIn } = rule;
  const named = isOneOf(by, from) || (escalated && escalate !== undefined && isOneOf(by, escalate.to.people));
  const approves = said.say === 'approve' || said.say === 'approveWaiver';
  const asked = [
    // those called in later are looked into as well: it may become true before the vote is counted
    ...(named ? [] : [...groups, ...(escalate?.to.groups ?? [])]),
    ...(approves && atLeastOne !== undefined && !isOneOf(by, atLeastOne.people) ? atLeastOne.groups : []),
  ];
  const token = approves && signIn !== undefined ? said.signIn : undefined;
  return {
    groups: asked.filter(({ id }, index) => asked.findIndex((other) => other.id === id) === index),
    ...(token === undefined ? {} : { token }),
  };
}

export const isNothing = ({ groups, token }: Needed): boolean => groups.length === 0 && token === undefined;

/** Whether what was found still answers what has to be known, now that the row is locked. */
export const suffices = (found: Found | undefined, needed: Needed, now: number): boolean =>
  isNothing(needed) ||
  (found !== undefined &&
    now - found.at <= freshFor &&
    needed.groups.every(({ id }) => found.groups.includes(id)) &&
    (needed.token === undefined || found.signedIn !== undefined));

/** What the vote is counted with. Only what was found counts; what wasn't asked is nobody's right. */
export const standingOf = (by: Person, found: Found | undefined): Standing => ({
  by,
  ...(found === undefined || found.groups.length === 0 ? {} : { memberOf: found.memberOf }),
  ...(found?.signedIn === undefined ? {} : { signedInAt: found.signedIn.at, signInId: found.signedIn.id }),
});

export type FindsOut = Readonly<{
  directory: Directory;
  signIns: SignIns;
  clock: Clock;
  log: Log;
  /** The longest that a person waits for it (ms). */
  lookupWithin: number;
}>;

/** Finds it out, within its limit. What can't be found out counts as nothing: the vote isn't counted. */
export async function findOut(on: FindsOut, needed: Needed, by: Person): Promise<Finding> {
  const { groups, token } = needed;
  const at = on.clock.now();
  const signal = AbortSignal.timeout(on.lookupWithin);
  const [members, signedIn] = await Promise.all([
    groups.length === 0 ? ok([]) : on.directory.memberOf(by, groups, signal),
    token === undefined ? undefined : on.signIns.verify(token, by, signal),
  ]);
  if (!members.ok) {
    const { kind, code } = members.error;
    on.log.warn({ event: 'membership.unknown', kind, code, groups: groups.map(({ id }) => id) });
    return err(unknownMembership(groups, members.error));
  }
  if (signedIn?.ok === false) return err({ because: signedIn.error, ...signInWords[signedIn.error] });
  return ok({
    at,
    groups: groups.map(({ id }) => id),
    memberOf: members.value,
    ...(signedIn === undefined ? {} : { signedIn: signedIn.value }),
  });
}

const passing: readonly Fault['kind'][] = ['throttled', 'unreachable', 'unknownOutcome'];

function unknownMembership(groups: readonly Group[], fault: Fault): Uncounted {
  const names = groups.map(({ name }) => name).join(', ');
  const passes = passing.includes(fault.kind);
  return {
    because: 'membershipUnknown',
    says: `I could not find out whether you are in ${names}, so your vote was not counted. ${fault.says}`,
    remedy: passes
      ? 'Press the button again in a moment.'
      : 'Tell whoever runs Keysmith; the log has the details. Then press the button again.',
  };
}
