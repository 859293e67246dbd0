import { addVote, mayVote } from './approval.ts';
import type { Decided, On } from './decided.ts';
import { approversOf, end, passGate, retiringOf } from './flow.ts';
import type { Digest } from './ids.ts';
import { onTheirWay } from './moving.ts';
import { enter, say, stay, withEffects } from './outcome.ts';
import { type Person } from './people.ts';
import { otherSlot } from './plan.ts';
import { err, ok, type Result } from './result.ts';
import type { Outcome, Phase, Refusal, Rotation } from './rotation.ts';
import { blockersOf } from './safety.ts';

type OpenGate = Extract<Phase, { at: 'awaitingApproval' }>;

/** The gate that a click is about, when the card it came from still tells the truth. */
function gateFor(
  rotation: Rotation,
  event: Readonly<{ stage: string; digest: Digest; by: Person }>,
): Result<OpenGate, Refusal> {
  const { phase } = rotation;
  if (phase.at !== 'awaitingApproval' || phase.stage !== event.stage) return err('staleCard');
  const may = mayVote(rotation.rules.gates[phase.gate], [rotation.request.by], event.by);
  if (!may.ok) return may;
  return phase.digest === event.digest ? ok(phase) : err('planChanged');
}

export function approve(rotation: Rotation, event: On<'approved'>): Decided {
  const gate = gateFor(rotation, event);
  if (!gate.ok) return gate;
  const phase = gate.value;
  const blocked =
    phase.stage === 'approveFirst'
      ? blockersOf(rotation).length > 0
      : onTheirWay(rotation, otherSlot(retiringOf(rotation))).length > 0;
  if (blocked) return err('blocked');
  const vote = { by: event.by, at: event.at, digest: event.digest };
  const counted = addVote(rotation.rules.gates[phase.gate], [rotation.request.by], phase.votes, vote);
  if (!counted.ok) return counted;
  const { votes, reached } = counted.value;
  const voted: Rotation = { ...rotation, phase: { ...phase, votes } };
  if (!reached) return ok(stay(voted));
  const passed: Rotation = { ...voted, approvals: { ...rotation.approvals, [phase.gate]: votes } };
  return ok(passGate(passed, phase.stage, event.at));
}

/** At the first gate a rejection ends the rotation; at the second it holds it, since two keys are in play. */
export function reject(rotation: Rotation, event: On<'rejected'>): Decided {
  const gate = gateFor(rotation, event);
  if (!gate.ok) return gate;
  const { by, at, reason } = event;
  if (gate.value.stage === 'approveFirst')
    return ok(end(rotation, 'declined', { says: reason ?? 'No reason was given.', by }, at));
  const held = enter(
    { ...rotation, remindedAt: at },
    { at: 'held', stage: 'approveSecond', by, since: at, ...(reason === undefined ? {} : { reason }) },
    at,
  );
  return ok(withEffects(held, say('held', [rotation.request.by])));
}

/** The gate's digest again, after anything that may have changed what it is about: different means void votes. */
export function keepGateTrue(
  rotation: Rotation,
  digestOf: (rotation: Rotation, gate: 'prepare' | 'retire') => Digest,
): Outcome {
  const { phase } = rotation;
  if (phase.at !== 'awaitingApproval') return stay(rotation);
  const digest = digestOf(rotation, phase.gate);
  if (digest === phase.digest) return stay(rotation);
  const voided = phase.votes.length > 0;
  const round = voided ? phase.round + 1 : phase.round;
  const asked: Rotation = { ...rotation, asked: { ...rotation.asked, [phase.gate]: round } };
  const renewed: Rotation = {
    ...asked,
    phase: { ...phase, digest: digestOf(asked, phase.gate), votes: [], round },
  };
  return voided ? withEffects(renewed, say('planChanged', approversOf(rotation, phase.gate))) : stay(renewed);
}
