import { createHash } from 'node:crypto';
import type { KeyRow, KeyVersionRow } from '../estate.ts';
import { refuse, type Reply } from '../http.ts';
import { recoveryLevel, traitsOf } from '../keyStore.ts';
import { originOf, type VaultContext } from './context.ts';

const attributes = (one: KeyVersionRow, { vault }: VaultContext): object => ({
  enabled: one.enabled,
  ...(one.notBefore !== undefined && { nbf: one.notBefore }),
  ...(one.expires !== undefined && { exp: one.expires }),
  created: one.created,
  updated: one.updated ?? one.created,
  recoveryLevel: recoveryLevel(vault),
  ...(vault.softDelete !== false && { recoverableDays: 90 }),
});

/** Numbers of a public key, made up from the version: the simulator wraps nothing. */
function numbers(seed: string, bytes: number): string {
  const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, index) =>
    createHash('sha256').update(`${seed} ${index}`).digest(),
  );
  const all = Buffer.concat(blocks).subarray(0, bytes);
  // a modulus has its highest bit set, or it would be a shorter one
  all[0] = (all[0] ?? 0) | 0x80;
  return all.toString('base64url');
}

const kidOf = (key: KeyRow, context: VaultContext, version?: string): string =>
  `${originOf(context)}/keys/${key.name}${version === undefined ? '' : `/${version}`}`;

/** A KeyBundle. */
export function keyBundle(key: KeyRow, one: KeyVersionRow, context: VaultContext): object {
  const { kty, size = 2048, curve = 'P-256', operations, tags } = traitsOf(key, one);
  const material = kty.startsWith('EC')
    ? { crv: curve, x: numbers(`${one.version} x`, 32), y: numbers(`${one.version} y`, 32) }
    : { n: numbers(one.version, size / 8), e: 'AQAB' };
  return {
    key: { kid: kidOf(key, context, one.version), kty, key_ops: operations, ...material },
    attributes: attributes(one, context),
    tags: tags ?? {},
  };
}

/** A KeyItem: what lists show. Without `versioned` it stands for the key as a whole. */
export const keyItem = (
  key: KeyRow,
  one: KeyVersionRow,
  context: VaultContext,
  versioned: boolean,
): object => ({
  kid: kidOf(key, context, versioned ? one.version : undefined),
  attributes: attributes(one, context),
  tags: traitsOf(key, one).tags ?? {},
});

/** What a deleted key has besides. */
export const deletion = (key: KeyRow, context: VaultContext): object => ({
  recoveryId: `${originOf(context)}/deletedkeys/${key.name}`,
  deletedDate: key.deletedAt ?? 0,
  scheduledPurgeDate: (key.deletedAt ?? 0) + 90 * 86_400,
});

export const keyNotFound = (what: string): Reply =>
  refuse(
    404,
    'KeyNotFound',
    `A key with (name/id) ${what} was not found in this key vault. If you recently deleted this key you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
  );
