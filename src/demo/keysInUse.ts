import type { Simulator } from '../simulator/index.ts';

/** A version of a key in a vault of the simulated Azure. */
type Version = Readonly<{ vault: string; key: string; version: string }>;

export type KeysInUse = Readonly<{
  /** Which encryption key each of these accounts uses, and whether Azure is still wrapping. */
  view(): readonly Readonly<{ account: string; key: string; version: string; wrapping: boolean }>[];
  /** The version that the account which was moved last came from; undefined before any was moved. */
  previous(): Readonly<{ account: string; key: string; version: string; enabled: boolean }> | undefined;
  /** Somebody disables that version, or enables it again. False when there is none. */
  togglePrevious(): boolean;
}>;

const sameVersion = (a: Version | undefined, b: Version | undefined): boolean =>
  a !== undefined && a.vault === b?.vault && a.key === b.key && a.version === b.version;

const short = (version: string): string => `${version.slice(0, 8)}…`;

/** Looks at the encryption keys of some accounts, and of every account whose key was changed since. */
export function keysInUse(simulator: Simulator, accounts: readonly string[]): KeysInUse {
  const { estate } = simulator;
  const shown = new Set(accounts);
  const used = new Map<string, Version>();
  let previous: (Version & Readonly<{ account: string }>) | undefined;

  const keyOf = ({ vault, key }: Omit<Version, 'version'>) =>
    estate.vaults.find(({ name }) => name === vault)?.keys.find(({ name }) => name === key);
  const versionOf = (one: Version) => keyOf(one)?.versions.find(({ version }) => version === one.version);

  /** The version behind an account's encryption; undefined with a key of Microsoft's. */
  function usedBy(account: string): Version | undefined {
    const encryption = estate.accounts.find(({ name }) => name === account)?.encryption;
    if (encryption === undefined) return undefined;
    const { vault, key, version } = encryption;
    return {
      vault,
      key,
      version: version === '' ? (keyOf(encryption)?.versions.at(-1)?.version ?? '') : version,
    };
  }

  for (const { name } of estate.accounts) {
    const now = usedBy(name);
    if (now !== undefined) used.set(name, now);
  }
  // lives as long as the simulator
  simulator.onEffect(({ kind, target: account }) => {
    if (kind !== 'wrapData' && kind !== 'followKey') return;
    const before = used.get(account);
    const now = usedBy(account);
    if (now === undefined || sameVersion(before, now)) return;
    shown.add(account);
    used.set(account, now);
    // several accounts may follow one key: the first is named
    if (before !== undefined && !sameVersion(previous, before)) previous = { ...before, account };
  });

  return {
    view: () =>
      estate.accounts
        .filter(({ name }) => shown.has(name))
        .map(({ name: account, encryption, provisioningState }) => {
          const now = usedBy(account);
          return {
            account,
            key: now?.key ?? 'Microsoft-managed',
            version:
              now === undefined
                ? ''
                : `${short(now.version)}${encryption?.version === '' ? ' (newest)' : ''}`,
            wrapping: provisioningState === 'Accepted',
          };
        }),
    previous: () =>
      previous && {
        account: previous.account,
        key: previous.key,
        version: short(previous.version),
        enabled: versionOf(previous)?.enabled ?? false,
      },
    togglePrevious: () => {
      const row = previous && versionOf(previous);
      if (row === undefined) return false;
      row.enabled = !row.enabled;
      return true;
    },
  };
}
