import { accountId, type AccountRow, type EncryptionRow, type KeyRow, type VaultRow } from '../estate.ts';
import { inForce, liveKey, newestInForce, versionOf } from '../keyStore.ts';
import type { World } from '../world.ts';
import { deniedTo } from './checks.ts';
import { openerOf } from './opener.ts';

/** A key version that some of an account's data is wrapped with. */
type Used = Readonly<{ vault: string; key: string; version: string }>;

/** Every key version that each account ever used: what was written under a version stays under it. */
export interface UsedVersions {
  /** Keeps in mind what the account's row names at this moment, before that changes. */
  remember(account: AccountRow): void;
  /** A version came into being: gives the accounts that follow its key, and so use it from now on. */
  created(vault: VaultRow, key: KeyRow): AccountRow[];
  /** Which version an account means: with `''` the newest one in force. */
  versionOf(named: EncryptionRow): string;
  /** Whether all of the account's data can be read. */
  readable(account: AccountRow): boolean;
}

export function createUsedVersions(world: World): UsedVersions {
  const used = new Map<string, Used[]>();

  const vaultOf = (wanted: string): VaultRow | undefined =>
    world.estate.vaults.find(({ name, deleted }) => name === wanted && deleted !== true);

  const versionMeant = ({ vault: name, key: keyName, version }: EncryptionRow): string => {
    if (version !== '') return version;
    const vault = vaultOf(name);
    const key = vault && liveKey(vault, keyName);
    return (key && newestInForce(key, world.now())?.version) ?? '';
  };

  const meant = (named: EncryptionRow): Used => ({
    vault: named.vault,
    key: named.key,
    version: versionMeant(named),
  });

  const note = (account: AccountRow, one: Used): void => {
    const id = accountId(account).toLowerCase();
    used.set(id, [...(used.get(id) ?? []), one]);
  };

  const inForceStill = ({ vault: name, key: keyName, version }: Used): boolean => {
    const vault = vaultOf(name);
    const key = vault && liveKey(vault, keyName);
    const one = key && versionOf(key, version);
    return one !== undefined && inForce(one, world.now());
  };

  return {
    remember: (account) => {
      if (account.encryption) note(account, meant(account.encryption));
    },
    created: (vault, key) => {
      const [newest, ...older] = key.versions.toReversed();
      if (!newest || !inForce(newest, world.now())) return [];
      const before = older.find((one) => inForce(one, world.now()));
      const followers = world.estate.accounts.filter(
        ({ encryption, provisioningState }) =>
          provisioningState === 'Succeeded' &&
          encryption?.version === '' &&
          encryption.vault === vault.name &&
          encryption.key.toLowerCase() === key.name.toLowerCase(),
      );
      for (const account of followers)
        if (before) note(account, { vault: vault.name, key: key.name, version: before.version });
      return followers;
    },
    versionOf: versionMeant,
    readable: (account) => {
      const { encryption } = account;
      if (!encryption) return true;
      const vault = vaultOf(encryption.vault);
      const opener = openerOf(account, encryption.identityClientId, world.estate);
      if (!vault || opener === undefined || deniedTo(opener, vault, encryption.key, world)) return false;
      const past = used.get(accountId(account).toLowerCase()) ?? [];
      // while a change is going on, the row names the wanted version, on which the data doesn't depend yet
      const now = account.provisioningState === 'Accepted' ? [] : [meant(encryption)];
      return [...past, ...now].every(inForceStill);
    },
  };
}
