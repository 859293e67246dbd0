import type { Tools } from '../effects.ts';
import { gateDue, type Gates, keptTrue, opensAt, windowPhase } from '../gateTime.ts';
import type { On } from '../happenings.ts';
import { enter, say, stay, withEffects } from '../outcome.ts';
import { err, ok } from '../result.ts';
import { clickedGate, countVote, takenBack } from '../voting.ts';
import { end, openGate, passGate, retiringOf } from './flow.ts';
import { onTheirWay } from './moving.ts';
import { otherSlot } from './plan.ts';
import type { ApiKeysRotation, Decided, GateStage, Outcome, Phase } from './rotation.ts';
import { blockersOf, gateSubject } from './safety.ts';

const openPhase = ({
  phase,
}: ApiKeysRotation): Extract<Phase, { at: 'awaitingApproval' }> | typeof elsewhere =>
  phase.at === 'awaitingApproval' ? phase : elsewhere;

const elsewhere = { at: 'elsewhere' } as const;

export function approve(rotation: ApiKeysRotation, event: On<'approved'>, tools: Tools): Decided {
  const gate = clickedGate(rotation, openPhase(rotation), event);
  if (!gate.ok) return gate;
  const blocked =
    gate.value.stage === 'approveFirst'
      ? blockersOf(rotation).length > 0
      : onTheirWay(rotation, otherSlot(retiringOf(rotation))).length > 0;
  if (blocked) return err('blocked');
  const counted = countVote(rotation, gate.value, event);
  if (!counted.ok) return counted;
  const { phase, reached } = counted.value;
  if (!reached) return ok(stay({ ...rotation, phase }));
  const approvals = { ...rotation.approvals, [phase.gate]: phase.votes };
  const approved: ApiKeysRotation = { ...rotation, phase, approvals };
  const until = opensAt(approved, event.at, tools);
  if (until <= event.at) return ok(passGate(approved, phase.stage, event.at));
  const waiting = enter(approved, windowPhase(approved, phase, until, event.at), event.at);
  return ok(withEffects(waiting, say('windowAwaited')));
}

export function withdrawVote(rotation: ApiKeysRotation, event: On<'voteWithdrawn'>): Decided {
  const back = takenBack(openPhase(rotation), event);
  return back.ok ? ok(withEffects({ ...rotation, phase: back.value }, say('voteWithdrawn'))) : back;
}

/** At the first gate a rejection ends the rotation; at the second it holds it, since two keys are in play. */
export function reject(rotation: ApiKeysRotation, event: On<'rejected'>): Decided {
  const gate = clickedGate(rotation, openPhase(rotation), event);
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

const gates = (at: number, tools: Tools): Gates<ApiKeysRotation, GateStage> => ({
  digest: (about, gate) => tools.digest(gateSubject(about, gate)),
  withPhase: (rotation, phase) => ({ ...rotation, phase }),
  open: (rotation, stage) => openGate(rotation, stage, at, tools),
  pass: (rotation, stage) => passGate(rotation, stage, at),
});

/** After anything that may have changed what is being approved, or was. */
export function keepGateTrue(rotation: ApiKeysRotation, at: number, tools: Tools): Outcome {
  const { phase } = rotation;
  return phase.at === 'awaitingApproval' || phase.at === 'awaitingWindow'
    ? keptTrue(rotation, phase, gates(at, tools))
    : stay(rotation);
}

/** What time does to a gate that asks, or to an approval that waits. */
export function whenGateIsDue(rotation: ApiKeysRotation, at: number, tools: Tools): Outcome {
  const { phase } = rotation;
  return phase.at === 'awaitingApproval' || phase.at === 'awaitingWindow'
    ? gateDue(rotation, phase, at, tools, gates(at, tools))
    : stay(rotation);
}
