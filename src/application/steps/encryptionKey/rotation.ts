import type { Account } from '../../../domain/account.ts';
import type { Encryption, KeyAddress } from '../../../domain/encryptionKey/key.ts';
import { sameKey } from '../../../domain/encryptionKey/key.ts';
import type { EncryptionPlan } from '../../../domain/encryptionKey/plan.ts';
import type { EncryptionKeyRotation } from '../../../domain/encryptionKey/rotation.ts';
import type { EncryptedAccount, KeyVersion } from '../../ports/encryption.ts';

/** The account of a rotation whose step comes after the first look. */
export function accountOf({ found, id }: EncryptionKeyRotation): Account {
  if (found === undefined) throw new Error(`${id} has found no account yet`);
  return found.account;
}

/** The plan of a rotation whose step comes after the check. */
export function planOf({ plan, id }: EncryptionKeyRotation): EncryptionPlan {
  if (plan === undefined) throw new Error(`${id} has no plan yet`);
  return plan;
}

/** Whether the account names this key (with `''`: that it follows its newest version), whoever opens the vault. */
export const names = ({ encryption }: EncryptedAccount, key: KeyAddress): boolean =>
  encryption.source === 'customer' && sameKey(encryption.key, key);

export const sameEncryption = (a: Encryption, b: Encryption): boolean =>
  a.source === 'customer' && b.source === 'customer'
    ? sameKey(a.key, b.key) && a.identityClientId === b.identityClientId
    : a.source === b.source;

/** States in which nothing goes on at an account. Source: enum ProvisioningState of the API, 2025-09-01. */
const settledStates: readonly string[] = ['Succeeded', 'Failed', 'Canceled'];

/** Azure is changing the account right now. */
export const isBusy = ({ provisioningState }: EncryptedAccount): boolean =>
  !settledStates.includes(provisioningState);

/** What keeps a version from being used at this time (epoch ms), to go on behind its name; null when nothing does. */
export function whyUnusable({ enabled, expires, activates }: KeyVersion, now: number): string | null {
  if (!enabled) return 'is disabled';
  if (expires !== null && expires <= now) return `expired on ${day(expires)}`;
  return activates !== null && activates > now ? `is not valid before ${day(activates)}` : null;
}

/** `2026-11-23`, from epoch ms. */
export const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
