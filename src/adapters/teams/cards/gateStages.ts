import type { Gate } from '../../../domain/policy.ts';
import type { Stage } from '../../../domain/procedures.ts';
import type { Rotation } from '../../../domain/rotation.ts';
import { gateOf } from '../../../domain/encryptionKey/safety.ts';

/** The gate at a stage where people approve; undefined at any other. */
export function gateAt(rotation: Rotation, stage: Stage): Gate | undefined {
  if (rotation.procedure === 'encryptionKey') return stage === 'approve' ? gateOf(rotation) : undefined;
  return { approveFirst: 'prepare' as const, approveSecond: 'retire' as const }[stage as string];
}

/** The gate that a click in a personal chat is about: that of its own card, or the one that is open. */
export function clickedGate(rotation: Rotation, stage: Stage | undefined): Gate | undefined {
  const { phase } = rotation;
  const own = stage === undefined ? undefined : gateAt(rotation, stage);
  return own ?? (phase.at === 'awaitingApproval' || phase.at === 'awaitingWindow' ? phase.gate : undefined);
}
