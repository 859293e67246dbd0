import type { Fault } from '../faults.ts';
import type { RotationId } from '../ids.ts';
import type { Rules } from '../policy.ts';
import type { Members } from '../shared.ts';
import type { Difference, GuardState } from './guarded.ts';
import type { Encryption, KeyAddress } from './key.ts';
import type { EncryptionPlan, Found } from './plan.ts';
import type { KeyChoice, Making } from './target.ts';

/** What the steps of `encryptionKey` are given. */
export interface EncryptionAsk {
  /** As it was typed, or fully spelt out when it is looked at again. */
  lookAtEncryption: { account: string };
  checkKey: { choice: KeyChoice };
  createKeyVersion: { making: Making };
  /** `from`: what the account's encryption may still be; anything else was changed by somebody else. */
  pointAccountAtKey: { from: readonly Encryption[]; to: KeyAddress; identityClientId: string | null };
  /** `operation`: as Azure named it; null when it named none, or nothing was sent: then the account itself says. */
  waitForWrap: { operation: string | null; to: KeyAddress };
  /** `version`: the one that must be behind `to`. */
  verifyEncryption: { to: KeyAddress; version: KeyAddress };
  /** Every version that the account used, as far as this rotation knows. */
  guardOldVersion: { versions: readonly KeyAddress[] };
  watchGuarded: { versions: readonly KeyAddress[] };
}

/** What they give back. */
export interface EncryptionAnswer {
  lookAtEncryption:
    | { safe: true; found: Found; rules: Rules; members?: Members }
    | { safe: false; says: string; remedy: string; near?: readonly string[] };
  checkKey: { plan: EncryptionPlan };
  createKeyVersion: { key: KeyAddress; found: 'answered' | 'adopted' };
  /** `unsent`: the account pointed there already. */
  pointAccountAtKey: { operation: string | null; found: 'answered' | 'adopted' | 'unsent' };
  waitForWrap: { is: 'inProgress' } | { is: 'succeeded' } | { is: 'failed'; fault: Fault };
  /** `dataPlane`: how it answered, in words. `differences`: whatever changed beside the encryption. */
  verifyEncryption: { differences: readonly Difference[]; dataPlane: string };
  /** `inherited`: versions that earlier rotations of the account guarded. `untagged`: why a tag could not be put. */
  guardOldVersion: {
    tagged: readonly KeyAddress[];
    untagged: readonly Readonly<{ key: KeyAddress; says: string }>[];
    inherited: readonly KeyAddress[];
  };
  /** `handedOver`: a later rotation of the same account watches them now. */
  watchGuarded: {
    seen: readonly Readonly<{ key: KeyAddress; state: GuardState; expires: number | null }>[];
    handedOver?: RotationId;
  };
}
