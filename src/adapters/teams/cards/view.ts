import type { ApiKeysRotation } from '../../../domain/apiKeys/rotation.ts';
import type { EncryptionKeyRotation } from '../../../domain/encryptionKey/rotation.ts';
import type { Person } from '../../../domain/people.ts';
import type { Rotation } from '../../../domain/rotation.ts';
import type { SafeActions } from '../../../domain/shared.ts';

/** The JSON of one Adaptive Card, ready to be sent. */
export type Card = Readonly<Record<string, unknown>>;

/** What a card of a rotation is drawn from. Who may press what is decided elsewhere: a card is a picture. */
export type CardView<R extends Rotation = Rotation> = Readonly<{
  rotation: R;
  /** Epoch milliseconds. */
  now: number;
  /** Whose personal view this is; absent for the card that everybody sees. */
  viewer?: Person;
  actions: SafeActions;
  /** Why the gate that stands open can't be passed yet, one sentence each. */
  blockers: readonly string[];
}>;

export type ApiKeysView = CardView<ApiKeysRotation>;
export type EncryptionView = CardView<EncryptionKeyRotation>;

export type CardOptions = Readonly<{
  /** Base address of the Azure portal of this cloud, without a slash at its end. */
  portal?: string;
  /** Teams ids (`29:…`) of the people whose clients fetch a view of their own. Teams takes 60 at most. */
  refreshFor?: readonly string[];
}>;
