import type { Fault } from '../../domain/faults.ts';
import type { AccountId, Fingerprint } from '../../domain/ids.ts';
import type { Account } from '../../domain/account.ts';
import type { KeyPicture, Slot } from '../../domain/apiKeys/plan.ts';
import type { Result } from '../../domain/result.ts';

/** One account as ARM describes it, with what decides whether a rotation can be safe. */
export type AccountState = Readonly<{
  account: Account;
  /** `Succeeded` when nothing is going on. */
  provisioningState: string;
  localAuthDisabled: boolean;
  /** False when only a private endpoint reaches the data plane. */
  publicNetwork: boolean;
  /** Present when the account is encrypted with a customer-managed key. */
  encryptionKey?: Readonly<{ vault: string; name: string; version: string }>;
}>;

export type AccountSearch = Readonly<{
  /** Accounts of exactly that name (case-insensitive); several when the name is ambiguous. */
  found: readonly Account[];
  /** Every other name that could be read, for near matches. */
  otherNames: readonly string[];
}>;

export type Lock = Readonly<{ name: string; level: 'CanNotDelete' | 'ReadOnly' }>;

/** How a key was answered: `statuses` in order, one per try; 0 stands for no answer at all. */
export type Probe = Readonly<{ statuses: readonly number[]; note?: string }>;

/**
 * Both keys of an account, in this process' memory for the length of a step. The values can't be read,
 * printed or serialised; they can only be tried, compared and written into a vault.
 */
export interface KeysInHand {
  readonly picture: KeyPicture;
  /** Tries a slot's key `times` times, each on a fresh connection. */
  probe(slot: Slot, times: number, signal?: AbortSignal): Promise<Probe>;
  /** Keeps this slot's value in this process until {@link AzureKeys.forget}: the one exception, for the proof that a retired key is dead. */
  keepRetired(slot: Slot, under: string): void;
  /** The sealed value of one slot, for {@link AzureSecrets.give} alone. */
  sealed(slot: Slot): SealedKey;
}

/** Holds a value that nobody outside the Azure adapter can open. */
export interface SealedKey {
  readonly fingerprint: Fingerprint;
}

export interface AzureAccounts {
  /** Every account that the identity can read, over all its subscriptions. `name`: `name`, `group/name` or `subscription/group/name`. */
  find(name: string, signal?: AbortSignal): Promise<Result<AccountSearch, Fault>>;
  read(id: AccountId, signal?: AbortSignal): Promise<Result<AccountState, Fault>>;
  /** Locks at the account and above. A `ReadOnly` lock refuses listKeys and regenerateKey. */
  locks(id: AccountId, signal?: AbortSignal): Promise<Result<readonly Lock[], Fault>>;
  /** Those of `actions` that the identity lacks at the account's scope. */
  missingActions(
    id: AccountId,
    actions: readonly string[],
    signal?: AbortSignal,
  ): Promise<Result<readonly string[], Fault>>;
  /** State of the customer-managed encryption key: why the account may stop working, or null when it is sound. */
  encryptionTrouble(state: AccountState, signal?: AbortSignal): Promise<Result<string | null, Fault>>;
}

export interface AzureKeys {
  /** POST listKeys. Counts as an ARM write (measured), so it is never polled. */
  listKeys(account: Account, salt: string, signal?: AbortSignal): Promise<Result<KeysInHand, Fault>>;
  /**
   * POST regenerateKey, exactly one send (a client without retries). An ambiguous outcome is the fault
   * `unknownOutcome`; the caller looks before anything else.
   */
  regenerateKey(
    account: Account,
    slot: Slot,
    salt: string,
    signal?: AbortSignal,
  ): Promise<Result<KeysInHand, Fault>>;
  /** Tries a key that can't exist: 401 shows that this data plane refuses at all. */
  probeRandomKey(account: Account, signal?: AbortSignal): Promise<Probe>;
  /** Tries the value kept by {@link KeysInHand.keepRetired}; null when this process doesn't hold it. */
  probeRetired(under: string, account: Account, times: number, signal?: AbortSignal): Promise<Probe | null>;
  forget(under: string): void;
}

/** A secret's current version as read just now; its value stays inside. */
export type SecretInHand = Readonly<{
  version: string;
  fingerprint: Fingerprint;
  enabled: boolean;
}>;

export interface AzureSecrets {
  read(
    vault: string,
    secret: string,
    salt: string,
    signal?: AbortSignal,
  ): Promise<Result<SecretInHand, Fault>>;
  /**
   * Sets a new version with the sealed value, one send; keeps tags, content type and expiry of the
   * current version. Reads the secret just before writing and refuses with `drifted` when the current
   * version isn't `replaces` any more.
   */
  give(
    vault: string,
    secret: string,
    key: SealedKey,
    replaces: string,
    signal?: AbortSignal,
  ): Promise<Result<Readonly<{ version: string }>, Fault>>;
  /** Versions newest first, without values. For the look after an ambiguous write. */
  versions(vault: string, secret: string, signal?: AbortSignal): Promise<Result<readonly string[], Fault>>;
}

export interface AzureTraffic {
  /** Requests of one account in whole minutes from `from` (rounded down) to now, by Azure Monitor. Empty when it has nothing. */
  minutes(
    account: Account,
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<Result<readonly Readonly<{ minute: number; calls: number; refused: number }>[], Fault>>;
}

export interface ConsumerReceipts {
  /** GET of a consumer's receipt address (https): which secret version it says it uses. */
  ask(url: string, signal?: AbortSignal): Promise<Result<Readonly<{ secretVersion: string }>, Fault>>;
}

/** Everything that the steps need from Azure. */
export interface Azure {
  readonly accounts: AzureAccounts;
  readonly keys: AzureKeys;
  readonly secrets: AzureSecrets;
  readonly traffic: AzureTraffic;
  readonly receipts: ConsumerReceipts;
}
