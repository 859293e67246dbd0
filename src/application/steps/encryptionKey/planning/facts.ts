import type { Account } from '../../../../domain/account.ts';
import type { KeyAddress } from '../../../../domain/encryptionKey/key.ts';
import type { KeyChoice, Making } from '../../../../domain/encryptionKey/target.ts';
import type { Fault } from '../../../../domain/faults.ts';
import type { Rules } from '../../../../domain/policy.ts';
import { ok, type Result } from '../../../../domain/result.ts';
import type { Lock } from '../../../ports/azure.ts';
import type {
  AccountIdentity,
  EncryptedAccount,
  Key,
  KeyRights,
  KeyUser,
  KeyVault,
  KeyVersion,
  RotationPolicy,
} from '../../../ports/encryption.ts';
import type { Run, Tools } from '../../../step.ts';
import { accountOf } from '../rotation.ts';
import { type Look, looked, seenIn } from './look.ts';
import { makingFor } from './making.ts';

/** Everything that the checks of one choice look at, read once, now. Times in epoch ms. */
export type Facts = Readonly<{
  now: number;
  choice: KeyChoice;
  rules: Rules;
  found: Account;
  account: EncryptedAccount;
  /** The key that was chosen, by name; null where there is none to make a new version of. */
  target: Readonly<{ vault: string; name: string }> | null;
  vault: Look<KeyVault> | null;
  /** The version that was chosen; where one will be made, the one that is current now. */
  key: Look<Key> | null;
  /** Of the chosen key's name, newest first. */
  versions: Look<readonly KeyVersion[]> | null;
  /** The chosen key was deleted and can be recovered; when it goes for good. */
  deleted: Readonly<{ purgeAt: number | null }> | null;
  making: Making | null;
  /** The version behind the account's encryption now; null with a Microsoft-managed key. */
  previous: Look<Key> | null;
  opener: AccountIdentity | null;
  rights: Look<KeyRights> | null;
  users: Look<Readonly<{ users: readonly KeyUser[]; unread: readonly string[] }>> | null;
  rotationPolicy: Look<RotationPolicy> | null;
  locks: Look<readonly Lock[]>;
  missingActions: Look<readonly string[]>;
}>;

type KeyName = NonNullable<Facts['target']>;

/** Source: Key Vault, "About keys, secrets and certificates", object identifiers. */
export const isKeyName = (name: string): boolean => /^[0-9a-zA-Z-]{1,127}$/.test(name);

/** What Keysmith itself does to an account here. `write` isn't narrower than the whole account. */
const actions = [
  'Microsoft.CognitiveServices/accounts/read',
  'Microsoft.CognitiveServices/accounts/write',
] as const;

/** Reads all of it. A fault is one that may pass by itself; whatever a person must mend is in the facts. */
export async function factsFor(
  { azure, encryption, policies, clock }: Tools,
  { rotation, ask, signal }: Run<'checkKey'>,
): Promise<Result<Facts, Fault>> {
  const found = accountOf(rotation);
  const { choice } = ask;
  const rules = policies.rulesFor(found);
  const read = await encryption.accounts.read(found.id, signal);
  if (!read.ok) return read;
  const account = read.value;
  const current = account.encryption.source === 'customer' ? account.encryption.key : null;
  const target = targetOf(choice, current);
  const { keys, vaults, accounts } = encryption;

  const vault = target === null ? ok(null) : looked(await vaults.at(target.vault, signal));
  if (!vault.ok) return vault;
  const there = seenIn(vault.value);
  // A person may have typed the address: nobody is asked for a key whom ARM doesn't know as a vault of ours.
  const askable = target !== null && there !== null && isKeyName(target.name) ? target : null;
  const ofKey = async <T>(
    read: (at: KeyName) => Promise<Result<T, Fault>>,
  ): Promise<Result<Look<T> | null, Fault>> => (askable === null ? ok(null) : looked(await read(askable)));

  const version = choice.of === 'existing' ? choice.key.version : '';
  const [key, versions, users, rotationPolicy, previous, locks, missing] = await Promise.all([
    ofKey((at) => keys.read({ ...at, version }, signal)),
    ofKey((at) => keys.versions(at.vault, at.name, signal)),
    ofKey((at) => accounts.usersOf(at, signal)),
    ofKey((at) => keys.rotationPolicy(at.vault, at.name, signal)),
    current === null ? ok(null) : keys.read(current, signal).then(looked),
    azure.accounts.locks(found.id, signal).then(looked),
    azure.accounts.missingActions(found.id, actions, signal).then(looked),
  ]);
  if (!key.ok) return key;
  if (!versions.ok) return versions;
  if (!users.ok) return users;
  if (!rotationPolicy.ok) return rotationPolicy;
  if (!previous.ok) return previous;
  if (!locks.ok) return locks;
  if (!missing.ok) return missing;

  const gone = key.value !== null && 'unseen' in key.value && key.value.unseen.kind === 'missing';
  const deleted = await ofKey((at) =>
    gone ? keys.deleted(at.vault, at.name, signal) : Promise.resolve(ok(null)),
  );
  if (!deleted.ok) return deleted;
  const { opener } = account;
  const rights =
    there === null || askable === null || opener === null
      ? ok(null)
      : looked(await vaults.rightsOn(there, askable.name, opener, signal));
  if (!rights.ok) return rights;
  const now = clock.now();
  const making = makingFor({
    choice,
    target,
    now,
    rules: rules.encryption,
    vault: there,
    current: seenIn(key.value),
    versions: seenIn(versions.value) ?? [],
    rotationPolicy: seenIn(rotationPolicy.value),
  });
  return ok({
    now,
    choice,
    rules,
    found,
    account,
    target,
    vault: vault.value,
    key: key.value,
    versions: versions.value,
    deleted: seenIn(deleted.value),
    making,
    previous: previous.value,
    opener,
    rights: rights.value,
    users: users.value,
    rotationPolicy: rotationPolicy.value,
    locks: locks.value,
    missingActions: missing.value,
  });
}

function targetOf(choice: KeyChoice, current: KeyAddress | null): Facts['target'] {
  switch (choice.of) {
    case 'newVersion':
      return current === null ? null : { vault: current.vault, name: current.name };
    case 'newKey':
      return { vault: choice.vault, name: choice.name };
    case 'existing':
      return { vault: choice.key.vault, name: choice.key.name };
  }
}

/** The account follows its key, and goes on so: making a version is the switch. */
export const follows = ({ choice, account }: Facts): boolean =>
  choice.of === 'newVersion' &&
  account.encryption.source === 'customer' &&
  account.encryption.key.version === '';
