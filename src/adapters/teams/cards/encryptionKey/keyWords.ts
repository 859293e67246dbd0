import {
  keyName,
  sameVault,
  type Encryption,
  type KeyAddress,
} from '../../../../domain/encryptionKey/key.ts';
import type { EncryptionPlan } from '../../../../domain/encryptionKey/plan.ts';
import type { EncryptionKeyRotation } from '../../../../domain/encryptionKey/rotation.ts';
import type { EncryptionRules } from '../../../../domain/policy.ts';
import { plain } from '../plain.ts';

/** `chat-cmk, version 3f2a9c01…`, for a `TextRun`. */
export const keyText = (key: KeyAddress): string => plain(keyName(key), 180);

/** The vault as people call it, where it is known; else its host. */
export function vaultText({ found }: EncryptionKeyRotation, address: string): string {
  const known = found?.vaults.find((vault) => sameVault(vault.address, address));
  return plain(known?.name ?? URL.parse(address)?.hostname ?? address, 120);
}

/** What the account's encryption was before; before the plan is known, what it is. */
export const beforeText = ({ plan, found }: EncryptionKeyRotation): string => {
  const encryption = plan?.from ?? found?.encryption;
  const version = plan === undefined ? (found?.inUse ?? null) : plan.previous;
  return encryption === undefined ? 'the key in use' : encryptionText(encryption, version);
};

export const encryptionText = (encryption: Encryption, version: KeyAddress | null): string =>
  encryption.source === 'microsoft' ? 'a Microsoft-managed key' : keyText(version ?? encryption.key);

/** `RSA 2048`. */
export const kindText = ({ type, bits }: Pick<EncryptionRules, 'type' | 'bits'>): string => `${type} ${bits}`;

/** `a new version of chat-cmk`, or `the new key chat-cmk-2`; of a key that is there, its version. */
export function wantedText({ making, to }: EncryptionPlan): string {
  if (making === null) return keyText(to);
  const name = plain(making.name, 130);
  return making.existing.length > 0 ? `a new version of ${name}` : `the new key ${name}`;
}

/** Where the account is going, as exactly as it is known yet. */
export const afterText = ({ heading, created, plan }: EncryptionKeyRotation): string => {
  const known = heading?.version ?? created;
  if (known !== undefined) return keyText(known);
  return plan === undefined ? 'the new key' : wantedText(plan);
};

/** `2026-03-04`: a day for a `TextRun`, where no client puts in the reader's own. */
export const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
