import type { Encryption, KeyAddress } from '../../domain/encryptionKey/key.ts';
import type { Fault } from '../../domain/faults.ts';
import type { AccountId } from '../../domain/ids.ts';
import type { Result } from '../../domain/result.ts';

/** An identity of an account. `clientId` is null for the system-assigned one. */
export type AccountIdentity = Readonly<{ objectId: string; clientId: string | null; name: string }>;

/** An account with everything that a change of its key depends on, and all else that ARM says of it. */
export type EncryptedAccount = Readonly<{
  id: AccountId;
  name: string;
  location: string;
  kind: string;
  /** `Succeeded` when nothing is going on; `Failed` or `Canceled` after a change that came to nothing. */
  provisioningState: string;
  /** Changes with the account; null when Azure gave none. */
  etag: string | null;
  /** Entra tenant of its identities; null without any. */
  tenant: string | null;
  encryption: Encryption;
  identities: readonly AccountIdentity[];
  /** The identity that opens the vault now, or would with a first key; null when there is none, or it isn't clear which. */
  opener: AccountIdentity | null;
  /**
   * The whole account as ARM shows it, flat: `properties.networkAcls.defaultAction` → `"Deny"`, each value as
   * canonical JSON. Without what changes by itself (etag, state, times of changes); values below
   * `properties.apiProperties` are hashed. Two of these compared by key and value are the before/after difference.
   */
  fields: Readonly<Record<string, string>>;
}>;

/** An account whose encryption names a key. `version` `''`: it follows the newest. */
export type KeyUser = Readonly<{ id: AccountId; name: string; subscription: string; version: string }>;

/** How far an accepted change is. `fault` says why it came to nothing, in Azure's own words. */
export type ChangeProgress =
  | Readonly<{ state: 'inProgress' }>
  | Readonly<{ state: 'succeeded' }>
  | Readonly<{ state: 'failed' | 'canceled'; fault: Fault }>;

export interface EncryptedAccounts {
  read(id: AccountId, signal?: AbortSignal): Promise<Result<EncryptedAccount, Fault>>;
  /**
   * Every visible account that uses the key (any version of it). `unread`: names of subscriptions that could not be
   * read, so that more may use it.
   */
  usersOf(
    key: Readonly<{ vault: string; name: string }>,
    signal?: AbortSignal,
  ): Promise<Result<Readonly<{ users: readonly KeyUser[]; unread: readonly string[] }>, Fault>>;
  /**
   * PATCH of the encryption and nothing else, one send, with an absolute body (an explicit version, `''` to follow
   * the newest) and `If-Match` of `account`, which was read just before. Gives the operation to ask
   * {@link progress} for, as text that may be stored; null when Azure named none: then the account itself says.
   * `drifted`: somebody changed the account since. `denied` with an `action`: Keysmith's own right is missing;
   * without one: that of the account's identity on the key. `refused`: with Azure's own words.
   * `unknownOutcome`: read the account; it shows the wanted key, perhaps with the state `Accepted`.
   */
  pointAtKey(
    account: EncryptedAccount,
    to: Readonly<{ key: KeyAddress; identityClientId: string | null }>,
    signal?: AbortSignal,
  ): Promise<Result<Readonly<{ operation: string | null }>, Fault>>;
  /**
   * One look at an accepted change; sends no PATCH, also after a restart. A fault here is one of looking and says
   * nothing about the change; `missing`: Azure has forgotten the operation, read the account.
   */
  progress(id: AccountId, operation: string, signal?: AbortSignal): Promise<Result<ChangeProgress, Fault>>;
}

/** A vault or Managed HSM as ARM describes it. */
export type KeyVault = Readonly<{
  kind: 'vault' | 'managedHsm';
  /** ARM id. */
  id: string;
  name: string;
  /** Address of its keys, as Azure spells it. */
  address: string;
  location: string;
  tenant: string;
  sku: string;
  provisioningState: string;
  softDelete: boolean;
  purgeProtection: boolean;
  /** Who decides on rights to its keys. */
  access: 'roles' | 'accessPolicies' | 'localRoles';
  /** Whether any network may come in, and whether trusted services of Microsoft may where others may not. */
  network: Readonly<{ everybody: boolean; trustedServices: boolean }>;
}>;

export type KeyRight = 'get' | 'wrapKey' | 'unwrapKey';

/** What gives an identity a right to a key. */
export type KeyGrant = Readonly<{
  right: KeyRight;
  /** e.g. `the role Key Vault Crypto User`, `an access policy`. */
  by: string;
  /** ARM id where it was granted. */
  scope: string;
  /** When, in epoch ms: a role granted some minutes ago may not count yet. Null for access policies. */
  since: number | null;
  /** The grant has a condition, which nobody but Azure can judge. */
  conditional: boolean;
}>;

/** `known: false`: its local roles can't be seen from outside (Managed HSM). Otherwise `missing` are the rights that nothing gives. */
export type KeyRights =
  | Readonly<{ known: true; missing: readonly KeyRight[]; grants: readonly KeyGrant[] }>
  | Readonly<{ known: false }>;

export interface KeyVaults {
  /** Every vault and Managed HSM that can be seen. `unread`: names of subscriptions that could not be read. */
  list(
    signal?: AbortSignal,
  ): Promise<Result<Readonly<{ vaults: readonly KeyVault[]; unread: readonly string[] }>, Fault>>;
  /** The vault at an address, read now. `missing`: it is gone, or not to be seen. */
  at(address: string, signal?: AbortSignal): Promise<Result<KeyVault, Fault>>;
  /** Rights of an identity on one key, by roles (of the identity and its groups) or access policies, read now. Deny assignments aren't seen. */
  rightsOn(
    vault: KeyVault,
    key: string,
    identity: AccountIdentity,
    signal?: AbortSignal,
  ): Promise<Result<KeyRights, Fault>>;
}

/** A version of a key, without what it is made of. Times in epoch ms; null: none is set. */
export type KeyVersion = Readonly<{
  version: string;
  enabled: boolean;
  expires: number | null;
  activates: number | null;
  created: number;
  tags: Readonly<Record<string, string>>;
}>;

/** `bits`: of an RSA key; null of any other. `purgeable`: it can be destroyed for good once it is deleted. */
export type Key = KeyVersion &
  Readonly<{
    name: string;
    /** e.g. `RSA`, `RSA-HSM`, `EC`. */
    type: string;
    bits: number | null;
    operations: readonly string[];
    purgeable: boolean;
  }>;

/** What the vault does by itself with a key. Durations as in ISO 8601 (`P90D`), times in epoch ms. */
export type RotationPolicy = Readonly<{
  rotates: Readonly<{ after: string } | { beforeExpiry: string }> | null;
  /** When it will make the next version; null when it won't, or when the current version has no expiry to count from. */
  nextRun: number | null;
  /** How long versions live that it makes. */
  newVersionsLive: string | null;
}>;

/** A key to be made. `operations`: at least `wrapKey` and `unwrapKey`. `expires`: epoch ms, also beyond 2038. */
export type NewKey = Readonly<{
  type: 'RSA' | 'RSA-HSM';
  bits: number;
  operations: readonly string[];
  expires: number | null;
  tags: Readonly<Record<string, string>>;
}>;

export interface EncryptionKeys {
  /** Every key of the vault as its current version stands; type and size only {@link read} tells. */
  list(
    vault: string,
    signal?: AbortSignal,
  ): Promise<Result<readonly Readonly<{ name: string; enabled: boolean; expires: number | null }>[], Fault>>;
  /** One version; of `''` the newest. A disabled one can be read as well. */
  read(key: KeyAddress, signal?: AbortSignal): Promise<Result<Key, Fault>>;
  /** Newest first; also the look after a creation whose answer was lost: compare names and tags with those before. */
  versions(vault: string, name: string, signal?: AbortSignal): Promise<Result<readonly KeyVersion[], Fault>>;
  /** When a deleted key goes for good (epoch ms; null: not said); null when it isn't among the deleted that can be recovered. */
  deleted(
    vault: string,
    name: string,
    signal?: AbortSignal,
  ): Promise<Result<Readonly<{ purgeAt: number | null }> | null, Fault>>;
  rotationPolicy(vault: string, name: string, signal?: AbortSignal): Promise<Result<RotationPolicy, Fault>>;
  /**
   * POST create, one send: a new key, or a new version when the name is taken. Its tags tell it from a version that
   * somebody else made, where the answer was lost.
   */
  create(vault: string, name: string, key: NewKey, signal?: AbortSignal): Promise<Result<Key, Fault>>;
  /** POST rotate, one send: a new version of the current one's kind, its expiry by the vault's own policy. Takes no tags. */
  rotate(vault: string, name: string, signal?: AbortSignal): Promise<Result<Key, Fault>>;
  /** Puts tags on a version beside those it has. */
  tag(
    key: KeyAddress,
    tags: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Result<KeyVersion, Fault>>;
}

/** What Azure offers for customer-managed keys. */
export interface AzureEncryption {
  readonly accounts: EncryptedAccounts;
  readonly vaults: KeyVaults;
  readonly keys: EncryptionKeys;
}
