import type { KeyRow } from '../estate.ts';
import type { Call, Reply } from '../http.ts';
import { findKey, liveKey } from '../keyStore.ts';
import { page, type Params, type Route } from '../routes.ts';
import { denied, type VaultContext } from './context.ts';
import { deletion, keyBundle, keyItem, keyNotFound } from './keyBodies.ts';
import { record } from './keyChanges.ts';
import { pageSize } from './keys.ts';

function deletedKey(params: Params, { vault }: VaultContext): KeyRow | undefined {
  const key = findKey(vault, params('name'));
  return key?.deletedAt === undefined ? undefined : key;
}

function bundle(key: KeyRow, context: VaultContext): Reply {
  const current = key.versions.at(-1);
  return {
    status: 200,
    body: { ...(current && keyBundle(key, current, context)), ...deletion(key, context) },
  };
}

function remove(_call: Call, params: Params, context: VaultContext): Reply {
  const refusal = denied('keys/delete', `/keys/${params('name')}`, context, 'delete');
  if (refusal) return refusal;
  const key = liveKey(context.vault, params('name'));
  if (!key) return keyNotFound(params('name'));
  key.deletedAt = Math.floor(context.world.now() / 1000);
  record('deleteKey', key, context);
  return bundle(key, context);
}

function get(_call: Call, params: Params, context: VaultContext): Reply {
  const refusal = denied('keys/read', `/keys/${params('name')}`, context, 'get');
  if (refusal) return refusal;
  const key = deletedKey(params, context);
  return key ? bundle(key, context) : keyNotFound(params('name'));
}

function list(call: Call, _params: Params, context: VaultContext): Reply {
  const refusal = denied('keys/read', '', context, 'list');
  if (refusal) return refusal;
  const rows = context.vault.keys.flatMap((key) => {
    const current = key.versions.at(-1);
    if (key.deletedAt === undefined || !current) return [];
    return [{ ...keyItem(key, current, context, false), ...deletion(key, context) }];
  });
  return { status: 200, body: { nextLink: null, ...page(rows, pageSize(call), call) } };
}

function recover(_call: Call, params: Params, context: VaultContext): Reply {
  const refusal = denied('keys/recover/action', `/keys/${params('name')}`, context, 'recover');
  if (refusal) return refusal;
  const key = deletedKey(params, context);
  if (!key) return keyNotFound(params('name'));
  delete key.deletedAt;
  record('recoverKey', key, context);
  return bundle(key, context);
}

export const deletedKeyRoutes: readonly Route<VaultContext>[] = [
  { method: 'DELETE', path: '/keys/{name}', answer: remove },
  { method: 'GET', path: '/deletedkeys', answer: list },
  { method: 'GET', path: '/deletedkeys/{name}', answer: get },
  { method: 'POST', path: '/deletedkeys/{name}/recover', answer: recover },
];
