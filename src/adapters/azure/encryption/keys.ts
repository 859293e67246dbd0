import { KeyClient } from '@azure/keyvault-keys';
import type { EncryptionKeys, Key, KeyVersion, NewKey } from '../../../application/ports/encryption.ts';
import type { KeyAddress } from '../../../domain/encryptionKey/key.ts';
import type { Fault } from '../../../domain/faults.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { Call, Context } from '../call.ts';
import { collect } from '../collect.ts';
import { exactTimes } from '../exactTimes.ts';
import type { Operation } from '../faults.ts';
import { callVault } from '../vault.ts';
import { keyOf, rotationPolicyOf, versionOf } from './keyShapes.ts';

/** Every right on keys that is needed here; the account's identity needs others. */
const role = 'Key Vault Crypto Officer';

const operation = (
  name: string,
  doing: string,
  thing: string,
  action: string,
  sends: Operation['sends'] = 'retried',
): Operation => ({
  name,
  doing: `${doing} ${thing}`,
  thing: thing.replace(/^the /, 'The '),
  sends,
  needs: { action: `Microsoft.KeyVault/vaults/${action}`, role },
});

export function openEncryptionKeys(context: Context): EncryptionKeys {
  async function call<T>(
    vault: string,
    what: Operation,
    work: (client: KeyClient, options: Call['options']) => Promise<T>,
    signal?: AbortSignal,
    expiresOn?: Date,
  ): Promise<Result<T, Fault>> {
    const done = await callVault(
      context,
      vault,
      what,
      ({ url, ...checks }, { client, options }) => {
        const additionalPolicies = expiresOn
          ? [{ policy: exactTimes({ expiresOn }), position: 'perCall' as const }]
          : [];
        return work(
          new KeyClient(url, context.credential, { ...client, ...checks, additionalPolicies }),
          options,
        );
      },
      signal,
    );
    return done.ok ? done : err(ofKeys(done.error, what));
  }

  const read = ({ vault, name, version }: KeyAddress, signal?: AbortSignal): Promise<Result<Key, Fault>> =>
    call(
      vault,
      operation('readKey', 'read', `the key ${name}`, 'keys/read'),
      async (client, options) =>
        keyOf(await client.getKey(name, { ...options, ...(version !== '' && { version }) })),
      signal,
    );

  async function versions(
    vault: string,
    name: string,
    signal?: AbortSignal,
  ): Promise<Result<readonly KeyVersion[], Fault>> {
    const listed = await call(
      vault,
      operation('keyVersions', 'list the versions of', `the key ${name}`, 'keys/read'),
      async (client, options) =>
        (await collect(client.listPropertiesOfKeyVersions(name, options))).map(versionOf),
      signal,
    );
    if (!listed.ok) return listed;
    // Key Vault lists them in no order
    const newest = listed.value.toSorted((a, b) => b.created - a.created);
    const [first, second] = newest;
    if (!first || !second || first.created > second.created) return ok(newest);
    // its times are whole seconds: of two versions of one second, the current one is the newer
    const current = await read({ vault, name, version: '' }, signal);
    if (!current.ok) return current;
    const isCurrent = ({ version }: KeyVersion): boolean => version === current.value.version;
    return ok([...newest.filter(isCurrent), ...newest.filter((one) => !isCurrent(one))]);
  }

  function create(
    vault: string,
    name: string,
    { type, bits, operations, expires, tags }: NewKey,
    signal?: AbortSignal,
  ): Promise<Result<Key, Fault>> {
    const expiresOn = expires === null ? undefined : new Date(expires);
    return call(
      vault,
      operation('createKey', 'create', `the key ${name}`, 'keys/create/action', 'once'),
      async (client, options) =>
        keyOf(
          await client.createKey(name, type, {
            ...options,
            keySize: bits,
            keyOps: [...operations],
            tags: { ...tags },
            ...(expiresOn && { expiresOn }),
          }),
        ),
      signal,
      expiresOn,
    );
  }

  /** What is given stands in for all tags that there were, so those are read first. */
  async function tag(
    key: KeyAddress,
    tags: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Result<KeyVersion, Fault>> {
    const now = await read(key, signal);
    if (!now.ok) return now;
    return call(
      key.vault,
      operation('tagKey', 'tag', `the key ${key.name}`, 'keys/update/action'),
      async (client, options) =>
        versionOf(
          (
            await client.updateKeyProperties(key.name, now.value.version, {
              ...options,
              tags: { ...now.value.tags, ...tags },
            })
          ).properties,
        ),
      signal,
    );
  }

  return {
    list: (vault, signal) =>
      call(
        vault,
        operation('listKeys', 'list', 'the keys of the vault', 'keys/read'),
        async (client, options) =>
          (await collect(client.listPropertiesOfKeys(options))).map(({ name, enabled, expiresOn }) => ({
            name,
            enabled: enabled ?? true,
            expires: expiresOn?.getTime() ?? null,
          })),
        signal,
      ),
    read,
    versions,
    deleted: async (vault, name, signal) => {
      const found = await call(
        vault,
        operation('deletedKey', 'look for', `the deleted key ${name}`, 'keys/read'),
        async (client, options) => {
          const { properties } = await client.getDeletedKey(name, options);
          return { purgeAt: properties.scheduledPurgeDate?.getTime() ?? null };
        },
        signal,
      );
      return !found.ok && found.error.kind === 'missing' ? ok(null) : found;
    },
    rotationPolicy: async (vault, name, signal) => {
      const newest = await read({ vault, name, version: '' }, signal);
      if (!newest.ok) return newest;
      return call(
        vault,
        operation(
          'rotationPolicy',
          'read the rotation policy of',
          `the key ${name}`,
          'keyrotationpolicies/read',
        ),
        async (client, options) =>
          rotationPolicyOf(await client.getKeyRotationPolicy(name, options), newest.value),
        signal,
      );
    },
    create,
    rotate: (vault, name, signal) =>
      call(
        vault,
        operation('rotateKey', 'rotate', `the key ${name}`, 'keys/rotate/action', 'once'),
        async (client, options) => keyOf(await client.rotateKey(name, options)),
        signal,
      ),
    tag,
  };
}

/** Two refusals of a vault that a status alone would call by a wrong name. */
function ofKeys(fault: Fault, { doing, thing }: Operation): Fault {
  if (fault.code === 'KeyDisabled') {
    return {
      kind: 'refused',
      code: fault.code,
      says: `${thing} is disabled, so Azure refused to ${doing}.`,
      remedy: 'Enable its current version or choose another key, then press Retry.',
    };
  }
  if (fault.code === 'ObjectIsDeletedButRecoverable') {
    return {
      kind: 'conflict',
      code: fault.code,
      says: `${thing} was deleted and can still be recovered, so its name is taken and Azure refused to ${doing}.`,
      remedy: 'Recover it, or choose another name; then press Retry.',
    };
  }
  return fault;
}
