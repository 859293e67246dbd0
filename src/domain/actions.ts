import { apiKeysActions } from './apiKeys/safety.ts';
import { encryptionActions } from './encryptionKey/safety.ts';
import type { Rotation } from './rotation.ts';
import type { SafeActions } from './shared.ts';

/** What may be pressed now. */
export const actionsFor = (rotation: Rotation): SafeActions =>
  rotation.procedure === 'apiKeys' ? apiKeysActions(rotation) : encryptionActions(rotation);
