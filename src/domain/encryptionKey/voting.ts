import type { Tools } from '../effects.ts';
import { gateAt, opensAt, windowPhase } from '../gateTime.ts';
import type { On } from '../happenings.ts';
import { enter, say, stay, then, withEffects } from '../outcome.ts';
import { ok } from '../result.ts';
import { approversOf } from '../voters.ts';
import { clickedGate, countVote, renewedGate, takenBack } from '../voting.ts';
import { end, openGate, passGate } from './flow.ts';
import type { EncryptionDecided, EncryptionKeyRotation, EncryptionOutcomeOf } from './rotation.ts';
import { encryptionSubject } from './safety.ts';

type Rotation = EncryptionKeyRotation;

const elsewhere = { at: 'elsewhere' } as const;

const openPhase = ({ phase }: Rotation) => (phase.at === 'awaitingApproval' ? phase : elsewhere);

export function approve(rotation: Rotation, event: On<'approved'>, tools: Tools): EncryptionDecided {
  const gate = clickedGate(rotation, openPhase(rotation), event);
  if (!gate.ok) return gate;
  const counted = countVote(rotation, gate.value, event);
  if (!counted.ok) return counted;
  const { phase, reached } = counted.value;
  if (!reached) return ok(stay({ ...rotation, phase }));
  const approvals = { ...rotation.approvals, [phase.gate]: phase.votes };
  const approved: Rotation = { ...rotation, phase, approvals };
  const until = opensAt(approved, event.at, tools);
  if (until <= event.at) return ok(passGate(approved, event.at));
  const waiting = enter(approved, windowPhase(approved, phase, until, event.at), event.at);
  return ok(withEffects(waiting, say('windowAwaited')));
}

export function withdrawVote(rotation: Rotation, event: On<'voteWithdrawn'>): EncryptionDecided {
  const back = takenBack(openPhase(rotation), event);
  return back.ok ? ok(withEffects({ ...rotation, phase: back.value }, say('voteWithdrawn'))) : back;
}

export function reject(rotation: Rotation, event: On<'rejected'>): EncryptionDecided {
  const gate = clickedGate(rotation, openPhase(rotation), event);
  if (!gate.ok) return gate;
  const says = event.reason ?? 'No reason was given.';
  return ok(end(rotation, 'declined', { says, by: event.by }, event.at));
}

/** After anything that may have changed what an open gate, or an approval that waits for its window, is about. */
export function keepGateTrue(rotation: Rotation, at: number, tools: Tools): EncryptionOutcomeOf {
  const { phase } = rotation;
  if (phase.at === 'awaitingWindow') {
    if (tools.digest(encryptionSubject(rotation, phase.gate)) === phase.digest) return stay(rotation);
    return then(withEffects(rotation, say('planChanged')), (next) => openGate(next, at, tools));
  }
  if (phase.at !== 'awaitingApproval') return stay(rotation);
  const renewed = renewedGate(rotation, phase, (about, gate) => tools.digest(encryptionSubject(about, gate)));
  if (renewed === null) return stay(rotation);
  const asked = { ...renewed.rotation, phase: renewed.phase };
  return renewed.voided
    ? withEffects(asked, say('planChanged', approversOf(rotation, phase.gate)))
    : stay(asked);
}

/** What time does to a gate: votes expire, others are called in, a window opens, an approval gets too old. */
export function whenGateIsDue(rotation: Rotation, at: number, tools: Tools): EncryptionOutcomeOf {
  const { phase } = rotation;
  if (phase.at === 'awaitingApproval') {
    const due = gateAt(rotation, phase, at);
    if (due.rotation === rotation && due.phase === phase) return stay(rotation);
    return withEffects({ ...due.rotation, phase: due.phase }, ...due.effects);
  }
  if (phase.at !== 'awaitingWindow' || at < Math.min(phase.until, phase.expires)) return stay(rotation);
  if (at >= phase.expires)
    return then(withEffects(rotation, say('approvalExpired')), (next) => openGate(next, at, tools));
  const until = opensAt(rotation, at, tools);
  return until <= at ? passGate(rotation, at) : stay({ ...rotation, phase: { ...phase, until } });
}
