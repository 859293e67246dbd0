import type { KeyAddress } from './key.ts';

/**
 * What a person chose on the card. `newVersion`: of the key that is in use. `newKey`: made in this vault
 * under this name. `existing`: one version of a key that is there.
 */
export type KeyChoice = Readonly<
  { of: 'newVersion' } | { of: 'newKey'; vault: string; name: string } | { of: 'existing'; key: KeyAddress }
>;

/** A version that can be chosen. Times in epoch ms. `unfit`: why it would be refused, as far as the list shows. */
export type Candidate = Readonly<{
  key: KeyAddress;
  newest: boolean;
  inUse: boolean;
  created: number | null;
  expires: number | null;
  unfit?: string;
}>;

/** A key or version that will be made. `existing`: the versions that the name has already, as they were seen. */
export type Making = Readonly<{
  vault: string;
  name: string;
  type: 'RSA' | 'RSA-HSM';
  bits: number;
  /** Epoch ms; null: it doesn't expire. */
  expires: number | null;
  existing: readonly string[];
}>;
