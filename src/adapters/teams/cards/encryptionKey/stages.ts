import type { EncryptionKeyRotation } from '../../../../domain/encryptionKey/rotation.ts';
import { gateOf } from '../../../../domain/encryptionKey/safety.ts';
import type { StageFacts } from '../stageFacts.ts';

/** What the list of stages says of a rotation of the encryption key alone. */
export function encryptionStages(rotation: EncryptionKeyRotation): StageFacts {
  const { phase } = rotation;
  const stands = standsAs(rotation);
  return {
    gates: { approve: gateOf(rotation) },
    lines: {},
    ...(stands === undefined ? {} : { stands }),
    ...(phase.at === 'completed' && phase.outcome === 'rolledBack' ? { brokenOff: 'rolled back' } : {}),
  };
}

function standsAs({ phase }: EncryptionKeyRotation): StageFacts['stands'] {
  if (phase.at === 'choosingKey') return ['now', 'now, a key is to be chosen'];
  if (phase.at === 'settling') return ['now', 'now, the last choice is open'];
  if (phase.at === 'working' && phase.waiting !== undefined) return ['unsure', 'waits for a right'];
  return undefined;
}
