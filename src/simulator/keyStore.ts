import type { KeyRow, KeyTraits, KeyVersionRow, VaultRow } from './estate.ts';

/** The keys of a vault are its rows themselves, so that a test may change them; here is how to read them. */

/** A key by name in any case, deleted ones too. */
export const findKey = (vault: VaultRow, name: string): KeyRow | undefined =>
  vault.keys.find((key) => key.name.toLowerCase() === name.toLowerCase());

/** A key that is there; undefined when it never was or is deleted. */
export function liveKey(vault: VaultRow, name: string): KeyRow | undefined {
  const key = findKey(vault, name);
  return key?.deletedAt === undefined ? key : undefined;
}

/** A version by name, or with `''` the newest. */
export const versionOf = (key: KeyRow, version: string): KeyVersionRow | undefined =>
  version === '' ? key.versions.at(-1) : key.versions.find((one) => one.version === version.toLowerCase());

/** What kind of key a version is: a key's versions need not be alike. */
export const traitsOf = (key: KeyRow, one: KeyVersionRow): KeyTraits => {
  const size = one.size ?? key.size;
  const curve = one.curve ?? key.curve;
  const tags = one.tags ?? key.tags;
  return {
    kty: one.kty ?? key.kty,
    operations: one.operations ?? key.operations,
    ...(size !== undefined && { size }),
    ...(curve !== undefined && { curve }),
    ...(tags && { tags }),
  };
};

/** Whether the version may be used now (epoch milliseconds). That an expired one can't is not confirmed for accounts. */
export const inForce = ({ enabled, expires, notBefore }: KeyVersionRow, now: number): boolean =>
  enabled &&
  (expires === undefined || expires * 1000 > now) &&
  (notBefore === undefined || notBefore * 1000 <= now);

/** The newest version that may be used: the one that an account follows. */
export const newestInForce = (key: KeyRow, now: number): KeyVersionRow | undefined =>
  key.versions.findLast((one) => inForce(one, now));

/** `Purgeable` in it: somebody with the right can destroy a key for good. */
export const recoveryLevel = ({ softDelete, purgeProtection }: VaultRow): string =>
  softDelete === false ? 'Purgeable' : purgeProtection === false ? 'Recoverable+Purgeable' : 'Recoverable';
