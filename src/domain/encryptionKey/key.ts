/** Which key: `vault` is the vault's address as Azure spells it; `version` is `''` for "the newest, whichever it is". */
export type KeyAddress = Readonly<{ vault: string; name: string; version: string }>;

/** Who holds the key of an account. With `version` `''` Azure follows the newest version by itself. */
export type Encryption =
  | Readonly<{ source: 'microsoft' }>
  | Readonly<{ source: 'customer'; key: KeyAddress; identityClientId: string | null }>;

const sameVault = (a: string, b: string): boolean =>
  a.replace(/\/$/, '').toLowerCase() === b.replace(/\/$/, '').toLowerCase();

/** Vault names and key names don't differ by case. Source: Key Vault, "About keys, secrets and certificates". */
export const sameKeyName = (a: Omit<KeyAddress, 'version'>, b: Omit<KeyAddress, 'version'>): boolean =>
  sameVault(a.vault, b.vault) && a.name.toLowerCase() === b.name.toLowerCase();

export const sameKey = (a: KeyAddress, b: KeyAddress): boolean =>
  sameKeyName(a, b) && a.version.toLowerCase() === b.version.toLowerCase();

export { sameVault };

/** As people read it: `chat-cmk, version 3f2a9c01…`. */
export const keyName = ({ name, version }: KeyAddress): string =>
  version === '' ? `${name}, newest version` : `${name}, version ${shortVersion(version)}`;

/** The first eight characters tell versions apart on a card; the record has all 32. */
export const shortVersion = (version: string): string =>
  version.length > 8 ? `${version.slice(0, 8)}…` : version;
