import type { Account } from './account.ts';
import type { ApiKeysRotation } from './apiKeys/rotation.ts';
import type { OutcomeOf } from './effects.ts';
import type { EncryptionKeyRotation } from './encryptionKey/rotation.ts';

/** A whole rotation: the row that is locked, advanced and saved. One shape a procedure. */
export type Rotation = ApiKeysRotation | EncryptionKeyRotation;

export type Outcome = OutcomeOf<Rotation>;

export const isOver = (rotation: Rotation): boolean =>
  rotation.phase.at === 'completed' || rotation.phase.at === 'ended';

/** The account in Azure, once it was found. */
export const accountOf = (rotation: Rotation): Account | undefined =>
  rotation.procedure === 'apiKeys' ? rotation.plan?.account : rotation.found?.account;
