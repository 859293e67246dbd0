import type { KeyProperties, KeyRotationPolicy, KeyVaultKey } from '@azure/keyvault-keys';
import type { Key, KeyVersion, RotationPolicy } from '../../../application/ports/encryption.ts';
import { plus } from '../../../application/isoDuration.ts';

const ms = (date: Date | undefined): number | null => date?.getTime() ?? null;

/** A version from its properties. Throws when Key Vault names none. */
export function versionOf(properties: KeyProperties): KeyVersion {
  const { version, enabled, expiresOn, notBefore, createdOn, tags } = properties;
  if (version === undefined) throw new Error('a key without a version');
  return {
    version,
    enabled: enabled ?? true,
    expires: ms(expiresOn),
    activates: ms(notBefore),
    created: ms(createdOn) ?? 0,
    tags: tags ?? {},
  };
}

export function keyOf({ name, keyType, keyOperations, key, properties }: KeyVaultKey): Key {
  return {
    ...versionOf(properties),
    name,
    type: keyType ?? '',
    bits: key?.n === undefined ? null : bitsOf(key.n),
    operations: keyOperations ?? [],
    purgeable: properties.recoveryLevel?.includes('Purgeable') ?? true,
  };
}

/** Length of a modulus, without the zero that may stand before it. */
function bitsOf(n: Uint8Array): number {
  const first = n.findIndex((byte) => byte !== 0);
  const [top = 0] = n.subarray(first);
  return (n.length - first) * 8 - Math.clz32(top) + 24;
}

/** A policy, and its next run counted from the newest version. */
export function rotationPolicyOf(policy: KeyRotationPolicy, newest: KeyVersion): RotationPolicy {
  const rotate = policy.lifetimeActions?.find(({ action }) => action === 'Rotate');
  const { timeAfterCreate, timeBeforeExpiry } = rotate ?? {};
  const newVersionsLive = policy.expiresIn ?? null;
  if (timeAfterCreate !== undefined) {
    return {
      rotates: { after: timeAfterCreate },
      nextRun: plus(newest.created, timeAfterCreate),
      newVersionsLive,
    };
  }
  if (timeBeforeExpiry !== undefined) {
    const nextRun = newest.expires === null ? null : plus(newest.expires, timeBeforeExpiry, -1);
    return { rotates: { beforeExpiry: timeBeforeExpiry }, nextRun, newVersionsLive };
  }
  return { rotates: null, nextRun: null, newVersionsLive };
}
