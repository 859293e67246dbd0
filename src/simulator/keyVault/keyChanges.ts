import { vaultId, type KeyRow, type KeyTraits, type KeyType, type KeyVersionRow } from '../estate.ts';
import { field, refuse, type Call, type Reply } from '../http.ts';
import { plus } from '../isoDuration.ts';
import { findKey, liveKey, traitsOf, versionOf } from '../keyStore.ts';
import type { Effect } from '../records.ts';
import type { Params, Route } from '../routes.ts';
import { randomHex } from '../world.ts';
import { denied, type VaultContext } from './context.ts';
import { keyBundle, keyNotFound } from './keyBodies.ts';

const types: readonly unknown[] = ['RSA', 'RSA-HSM', 'EC', 'EC-HSM'] satisfies KeyType[];
const sizes: readonly unknown[] = [2048, 3072, 4096];
const all = ['encrypt', 'decrypt', 'sign', 'verify', 'wrapKey', 'unwrapKey'];

const badParameter = (message: string): Reply => refuse(400, 'BadParameter', message);

export function record(
  kind: Effect['kind'],
  key: KeyRow,
  { world, vault, principal }: Pick<VaultContext, 'world' | 'vault'> & { principal: { name: string } },
  version?: string,
): void {
  const what = { key: key.name, ...(version !== undefined && { version }) };
  world.record({ kind, target: vault.name, id: vaultId(vault), principal: principal.name, ...what });
}

/** Puts a version on a key, and the accounts that follow the key move to it. */
export function addVersion(
  kind: 'createKey' | 'rotateKey',
  key: KeyRow,
  version: Omit<KeyVersionRow, 'version' | 'created'>,
  context: Omit<VaultContext, 'principal'> & { principal: { name: string } },
): KeyVersionRow {
  const { world } = context;
  const one = {
    ...version,
    version: randomHex(32, world.random),
    created: Math.floor(world.now() / 1000),
  };
  key.versions.push(one);
  record(kind, key, context, one.version);
  context.encryption.keyCreated(context.vault, key);
  return one;
}

/** A new version of a current one's kind; expires as the rotation policy says. */
export function rotated(
  key: KeyRow,
  world: VaultContext['world'],
): Omit<KeyVersionRow, 'version' | 'created'> {
  const current = key.versions.at(-1);
  const expiryTime = key.rotationPolicy?.expiryTime;
  const expires = expiryTime === undefined ? undefined : plus(Math.floor(world.now() / 1000), expiryTime);
  return {
    ...(current && traitsOf(key, current)),
    enabled: true,
    ...(expires !== undefined && { expires }),
  };
}

const seconds = (body: unknown, name: string): number | undefined => {
  const value = field(field(body, 'attributes'), name);
  return typeof value === 'number' ? value : undefined;
};

const tagsOf = (body: unknown): Record<string, string> | undefined => {
  const tags = field(body, 'tags');
  return typeof tags === 'object' && tags !== null ? (tags as Record<string, string>) : undefined;
};

const operationsOf = (body: unknown): string[] | undefined => {
  const given = field(body, 'key_ops');
  return Array.isArray(given) ? given.filter((one) => typeof one === 'string') : undefined;
};

/** What the vault makes of the body of a creation; a refusal when it can't make such a key. */
function traitsIn(body: unknown, { vault }: VaultContext): KeyTraits | Reply {
  const kty = field(body, 'kty');
  if (!types.includes(kty)) return badParameter('The property "kty" is required or has an invalid value.');
  // the texts of these two are not confirmed
  const size = field(body, 'key_size') ?? 2048;
  if (String(kty).startsWith('RSA') && !sizes.includes(size))
    return badParameter('The key size is not supported.');
  if (String(kty).endsWith('-HSM') && vault.kind !== 'managedHsm' && vault.sku !== 'premium')
    return badParameter('The SKU of this vault does not support keys that an HSM protects.');
  const curve = field(body, 'crv');
  const tags = tagsOf(body);
  return {
    kty: kty as KeyType,
    operations: operationsOf(body) ?? all,
    ...(String(kty).startsWith('RSA') && { size: Number(size) }),
    ...(typeof curve === 'string' && { curve }),
    ...(tags && { tags }),
  };
}

function create(call: Call, params: Params, context: VaultContext): Reply {
  const name = params('name');
  const refusal = denied('keys/create/action', `/keys/${name}`, context, 'create');
  if (refusal) return refusal;
  const known = findKey(context.vault, name);
  if (known?.deletedAt !== undefined) {
    return refuse(
      409,
      'Conflict',
      `Key ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the key can only be recovered or purged.`,
      { innererror: { code: 'ObjectIsDeletedButRecoverable' } },
    );
  }
  const traits = traitsIn(call.body, context);
  if ('status' in traits) return traits;
  const key = known ?? { name, versions: [], ...traits };
  if (!known) context.vault.keys.push(key);
  const expires = seconds(call.body, 'exp');
  const notBefore = seconds(call.body, 'nbf');
  const one = addVersion(
    'createKey',
    key,
    {
      ...traits,
      tags: traits.tags ?? {},
      enabled: field(field(call.body, 'attributes'), 'enabled') !== false,
      ...(expires !== undefined && { expires }),
      ...(notBefore !== undefined && { notBefore }),
    },
    context,
  );
  return { status: 200, body: keyBundle(key, one, context) };
}

function rotate(_call: Call, params: Params, context: VaultContext): Reply {
  const name = params('name');
  const refusal = denied('keys/rotate/action', `/keys/${name}`, context, 'rotate');
  if (refusal) return refusal;
  const key = liveKey(context.vault, name);
  const current = key?.versions.at(-1);
  if (!key || !current) return keyNotFound(name);
  if (!current.enabled) {
    return refuse(403, 'Forbidden', 'Operation rotate is not allowed on a disabled key.', {
      innererror: { code: 'KeyDisabled' },
    });
  }
  const one = addVersion('rotateKey', key, rotated(key, context.world), context);
  return { status: 200, body: keyBundle(key, one, context) };
}

/** Tags that are given stand in for all tags there were; attributes that aren't given stay. */
function update(call: Call, params: Params, context: VaultContext): Reply {
  const name = params('name');
  const refusal = denied('keys/update/action', `/keys/${name}`, context, 'update');
  if (refusal) return refusal;
  const key = liveKey(context.vault, name);
  const one = key && versionOf(key, params('version'));
  if (!key || !one) return keyNotFound(`${name}/${params('version')}`);
  const enabled = field(field(call.body, 'attributes'), 'enabled');
  const expires = seconds(call.body, 'exp');
  const notBefore = seconds(call.body, 'nbf');
  const operations = operationsOf(call.body);
  const tags = tagsOf(call.body);
  Object.assign(one, {
    updated: Math.floor(context.world.now() / 1000),
    ...(typeof enabled === 'boolean' && { enabled }),
    ...(expires !== undefined && { expires }),
    ...(notBefore !== undefined && { notBefore }),
    ...(operations && { operations }),
    ...(tags && { tags }),
  });
  record('updateKey', key, context, one.version);
  return { status: 200, body: keyBundle(key, one, context) };
}

export const keyChangeRoutes: readonly Route<VaultContext>[] = [
  { method: 'POST', path: '/keys/{name}/create', answer: create },
  { method: 'POST', path: '/keys/{name}/rotate', answer: rotate },
  { method: 'PATCH', path: '/keys/{name}', answer: update },
  { method: 'PATCH', path: '/keys/{name}/{version}', answer: update },
];
