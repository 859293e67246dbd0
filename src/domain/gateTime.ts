import type { Effect, Tools } from './effects.ts';
import { say } from './outcome.ts';
import { isOneOf } from './people.ts';
import type { Stage } from './procedures.ts';
import type { AwaitingApproval, AwaitingWindow, Shared } from './shared.ts';
import { approversOf, type Voted } from './voters.ts';
import { openBallot, withoutExpired } from './voting.ts';

/**
 * What time does to a gate that is open: votes expire, and after a while others are called in. Gives what
 * is true now and whom to tell; the same objects when nothing is due.
 */
export function gateAt<R extends Voted, S extends Stage>(
  rotation: R,
  phase: AwaitingApproval<S>,
  at: number,
): Readonly<{ rotation: R; phase: AwaitingApproval<S>; effects: readonly Effect[] }> {
  const standing = withoutExpired(rotation, phase, at);
  const lost = phase.votes.filter((vote) => !standing.votes.includes(vote)).map(({ by }) => by);
  const expired = lost.length === 0 ? [] : [say('votesExpired', lost)];
  const { rule, escalated } = openBallot(rotation, phase.gate);
  const isDue = rule.escalate !== undefined && !escalated && at >= phase.since + rule.escalate.after;
  if (!isDue) return { rotation, phase: standing, effects: expired };
  const called: R = { ...rotation, escalated: [...(rotation.escalated ?? []), phase.gate] };
  const before = approversOf(rotation, phase.gate);
  const others = approversOf(called, phase.gate).filter((person) => !isOneOf(person, before));
  return { rotation: called, phase: standing, effects: [...expired, say('escalated', others)] };
}

/** From when on what was approved may be carried out. An emergency waits for no window. */
export const opensAt = ({ rules, request }: Shared, at: number, tools: Tools): number =>
  rules.execution === undefined || request.breakGlass === true ? at : tools.nextOpen(rules.execution, at);

/** The wait for the next window, after the quorum. */
export function windowPhase<S extends Stage>(
  { rules }: Shared,
  { stage, gate, digest }: AwaitingApproval<S>,
  until: number,
  at: number,
): AwaitingWindow<S> {
  const expires = at + (rules.execution?.within ?? 0);
  return { at: 'awaitingWindow', stage, gate, digest, since: at, until, expires };
}
