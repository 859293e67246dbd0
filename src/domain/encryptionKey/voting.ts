import type { Tools } from '../effects.ts';
import { gateDue, type Gates, keptTrue, opensAt, windowPhase } from '../gateTime.ts';
import type { On } from '../happenings.ts';
import { enter, say, stay, withEffects } from '../outcome.ts';
import { ok } from '../result.ts';
import { clickedGate, countVote, takenBack } from '../voting.ts';
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

const gates = (at: number, tools: Tools): Gates<Rotation, 'approve'> => ({
  digest: (about, gate) => tools.digest(encryptionSubject(about, gate)),
  withPhase: (rotation, phase) => ({ ...rotation, phase }),
  open: (rotation) => openGate(rotation, at, tools),
  pass: (rotation) => passGate(rotation, at),
});

/** After anything that may have changed what is being approved, or was. */
export function keepGateTrue(rotation: Rotation, at: number, tools: Tools): EncryptionOutcomeOf {
  const { phase } = rotation;
  return phase.at === 'awaitingApproval' || phase.at === 'awaitingWindow'
    ? keptTrue(rotation, phase, gates(at, tools))
    : stay(rotation);
}

/** What time does to a gate that asks, or to an approval that waits. */
export function whenGateIsDue(rotation: Rotation, at: number, tools: Tools): EncryptionOutcomeOf {
  const { phase } = rotation;
  return phase.at === 'awaitingApproval' || phase.at === 'awaitingWindow'
    ? gateDue(rotation, phase, at, tools, gates(at, tools))
    : stay(rotation);
}
