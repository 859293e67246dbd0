import { liveKey, versionOf } from '../keyStore.ts';
import type { Call, Reply } from '../http.ts';
import { page, type Params, type Route } from '../routes.ts';
import { denied, type VaultContext } from './context.ts';
import { keyBundle, keyItem, keyNotFound } from './keyBodies.ts';

export const pageSize = (call: Call): number => Math.min(25, Number(call.query.get('maxresults') ?? 25));

function get(_call: Call, params: Params, context: VaultContext): Reply {
  const name = params('name');
  const refusal = denied('keys/read', `/keys/${name}`, context, 'get');
  if (refusal) return refusal;
  const key = liveKey(context.vault, name);
  const wanted = params('version');
  const one = key && versionOf(key, wanted);
  if (!key || !one) return keyNotFound(wanted === '' ? name : `${name}/${wanted}`);
  // unlike a secret, a disabled key can be read
  return { status: 200, body: keyBundle(key, one, context) };
}

/** Every key of the vault, as its current version stands. */
function list(call: Call, _params: Params, context: VaultContext): Reply {
  const refusal = denied('keys/read', '', context, 'list');
  if (refusal) return refusal;
  const rows = context.vault.keys.flatMap((key) => {
    const current = key.versions.at(-1);
    return current && key.deletedAt === undefined ? [keyItem(key, current, context, false)] : [];
  });
  return { status: 200, body: { nextLink: null, ...page(rows, pageSize(call), call) } };
}

/** Versions come in the order of their names, which says nothing about their age. */
function versions(call: Call, params: Params, context: VaultContext): Reply {
  const name = params('name');
  const refusal = denied('keys/read', `/keys/${name}`, context, 'list');
  if (refusal) return refusal;
  const key = liveKey(context.vault, name);
  if (!key) return keyNotFound(name);
  const rows = key.versions
    .toSorted((a, b) => (a.version < b.version ? -1 : 1))
    .map((one) => keyItem(key, one, context, true));
  return { status: 200, body: { nextLink: null, ...page(rows, pageSize(call), call) } };
}

export const keyReadRoutes: readonly Route<VaultContext>[] = [
  { method: 'GET', path: '/keys', answer: list },
  { method: 'GET', path: '/keys/{name}/versions', answer: versions },
  { method: 'GET', path: '/keys/{name}', answer: get },
  { method: 'GET', path: '/keys/{name}/{version}', answer: get },
];
