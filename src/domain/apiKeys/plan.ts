import type { Account } from '../account.ts';
import type { Check } from '../checks.ts';
import type { Fingerprint } from '../ids.ts';

/** The two slots, spelt as the API wants them (case matters there: `key1` is answered 400). */
export type Slot = 'Key1' | 'Key2';
export const slots: readonly Slot[] = ['Key1', 'Key2'];
export const otherSlot = (slot: Slot): Slot => (slot === 'Key1' ? 'Key2' : 'Key1');
/** As people and the portal say it: `Key 1`. */
export const slotName = (slot: Slot): string => (slot === 'Key1' ? 'Key 1' : 'Key 2');

/** Both slots as salted fingerprints. */
export type KeyPicture = Readonly<Record<Slot, Fingerprint>>;

export const samePicture = (a: KeyPicture, b: KeyPicture): boolean => a.Key1 === b.Key1 && a.Key2 === b.Key2;

/** What `plan` found: nothing here is a value of a key. */
export type Plan = Readonly<{
  account: Account;
  keys: KeyPicture;
  /** The slot in use, which stays alive through the first half. */
  activeSlot: Slot;
  checks: readonly Check[];
  /** Whether our worker can try a key against the data plane. If not, the gate says why. */
  proof: Readonly<{ possible: true } | { possible: false; because: string }>;
  /** What traffic looked like before we touched anything; null when Azure Monitor showed nothing. */
  baseline: Readonly<{ minutes: number; calls: number; refused: number }> | null;
}>;
