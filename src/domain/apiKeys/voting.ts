import type { Tools } from '../effects.ts';
import { gateAt, opensAt, windowPhase } from '../gateTime.ts';
import type { On } from '../happenings.ts';
import { enter, say, stay, then, withEffects } from '../outcome.ts';
import { err, ok } from '../result.ts';
import { approversOf } from '../voters.ts';
import { clickedGate, countVote, renewedGate, takenBack } from '../voting.ts';
import { end, openGate, passGate, retiringOf } from './flow.ts';
import { onTheirWay } from './moving.ts';
import { otherSlot } from './plan.ts';
import type { ApiKeysRotation, Decided, Outcome, Phase } from './rotation.ts';
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

/** After anything that may have changed what an open gate, or an approval that waits for its window, is about. */
export function keepGateTrue(rotation: ApiKeysRotation, at: number, tools: Tools): Outcome {
  const { phase } = rotation;
  if (phase.at === 'awaitingWindow') {
    if (tools.digest(gateSubject(rotation, phase.gate)) === phase.digest) return stay(rotation);
    return then(withEffects(rotation, say('planChanged')), (next) => openGate(next, phase.stage, at, tools));
  }
  if (phase.at !== 'awaitingApproval') return stay(rotation);
  const renewed = renewedGate(rotation, phase, (about, gate) => tools.digest(gateSubject(about, gate)));
  if (renewed === null) return stay(rotation);
  const asked = { ...renewed.rotation, phase: renewed.phase };
  return renewed.voided
    ? withEffects(asked, say('planChanged', approversOf(rotation, phase.gate)))
    : stay(asked);
}

/** What time does to a gate: votes expire, others are called in, a window opens, an approval gets too old. */
export function whenGateIsDue(rotation: ApiKeysRotation, at: number, tools: Tools): Outcome {
  const { phase } = rotation;
  if (phase.at === 'awaitingApproval') {
    const due = gateAt(rotation, phase, at);
    if (due.rotation === rotation && due.phase === phase) return stay(rotation);
    return withEffects({ ...due.rotation, phase: due.phase }, ...due.effects);
  }
  if (phase.at !== 'awaitingWindow' || at < Math.min(phase.until, phase.expires)) return stay(rotation);
  if (at >= phase.expires)
    return then(withEffects(rotation, say('approvalExpired')), (next) =>
      openGate(next, phase.stage, at, tools),
    );
  const until = opensAt(rotation, at, tools);
  return until <= at
    ? passGate(rotation, phase.stage, at)
    : stay({ ...rotation, phase: { ...phase, until } });
}
