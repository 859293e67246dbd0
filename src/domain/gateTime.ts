import type { Effect, OutcomeOf, Tools } from './effects.ts';
import type { Digest } from './ids.ts';
import { say, stay, then, withEffects } from './outcome.ts';
import { isOneOf } from './people.ts';
import type { Gate } from './policy.ts';
import type { Stage } from './procedures.ts';
import type { AwaitingApproval, AwaitingWindow, Shared } from './shared.ts';
import { approversOf, type Voted } from './voters.ts';
import { openBallot, renewedGate, withoutExpired } from './voting.ts';

/**
 * What time does to a gate that is open: votes expire, and after a while others are called in. Gives what
 * is true now and whom to tell; the same objects when nothing is due.
 */
function gateAt<R extends Voted, S extends Stage>(
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

/** What a procedure does at its gates, in its own stages. */
export type Gates<R, S extends Stage> = Readonly<{
  /** Digest of what an approval at a gate is about. */
  digest: (rotation: R, gate: Gate) => Digest;
  /** The same rotation with this phase of the same gate. */
  withPhase: (rotation: R, phase: AwaitingApproval<S> | AwaitingWindow<S>) => R;
  open: (rotation: R, stage: S) => OutcomeOf<R>;
  pass: (rotation: R, stage: S) => OutcomeOf<R>;
}>;

/** After anything that may have changed what an open gate, or an approval that waits for its window, is about. */
export function keptTrue<R extends Voted, S extends Stage>(
  rotation: R,
  phase: AwaitingApproval<S> | AwaitingWindow<S>,
  gates: Gates<R, S>,
): OutcomeOf<R> {
  if (phase.at === 'awaitingWindow') {
    if (gates.digest(rotation, phase.gate) === phase.digest) return stay(rotation);
    return then(withEffects(rotation, say('planChanged')), (next) => gates.open(next, phase.stage));
  }
  const renewed = renewedGate(rotation, phase, gates.digest);
  if (renewed === null) return stay(rotation);
  const asked = gates.withPhase(renewed.rotation, renewed.phase);
  return renewed.voided
    ? withEffects(asked, say('planChanged', approversOf(rotation, phase.gate)))
    : stay(asked);
}

/** What time does to a gate: votes expire, others are called in, a window opens, an approval gets too old. */
export function gateDue<R extends Voted, S extends Stage>(
  rotation: R,
  phase: AwaitingApproval<S> | AwaitingWindow<S>,
  at: number,
  tools: Tools,
  gates: Gates<R, S>,
): OutcomeOf<R> {
  if (phase.at === 'awaitingApproval') {
    const due = gateAt(rotation, phase, at);
    if (due.rotation === rotation && due.phase === phase) return stay(rotation);
    return withEffects(gates.withPhase(due.rotation, due.phase), ...due.effects);
  }
  if (at < Math.min(phase.until, phase.expires)) return stay(rotation);
  if (at >= phase.expires)
    return then(withEffects(rotation, say('approvalExpired')), (next) => gates.open(next, phase.stage));
  const until = opensAt(rotation, at, tools);
  return until <= at
    ? gates.pass(rotation, phase.stage)
    : stay(gates.withPhase(rotation, { ...phase, until }));
}
