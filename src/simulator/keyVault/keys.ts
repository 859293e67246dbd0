import { createHash } from 'node:crypto';
import type { KeyRow } from '../estate.ts';
import { refuse, type Call, type Reply } from '../http.ts';
import { page, type Params, type Route } from '../routes.ts';
import { denied, originOf, type VaultContext } from './context.ts';

type KeyVersion = KeyRow['versions'][number];

const attributes = (one: KeyVersion): object => ({
  enabled: one.enabled,
  created: one.created,
  updated: one.created,
  ...(one.expires !== undefined && { exp: one.expires }),
  recoveryLevel: 'Recoverable',
  recoverableDays: 90,
});

/** A public modulus of 2048 bits made up from the version: the simulator wraps nothing. */
function modulus(version: string): string {
  const bytes = Array.from({ length: 8 }, (_, index) =>
    createHash('sha256').update(`${version} ${index}`).digest(),
  );
  return Buffer.concat(bytes).toString('base64url');
}

const notFound = (what: string): Reply =>
  refuse(404, 'KeyNotFound', `A key with (name/id) ${what} was not found in this key vault.`);

function get(_call: Call, params: Params, context: VaultContext): Reply {
  const name = params('name');
  const refusal = denied('keys/read', `/keys/${name}`, context);
  if (refusal) return refusal;
  const row = context.vault.keys.find((key) => key.name.toLowerCase() === name.toLowerCase());
  const wanted = params('version');
  const one = wanted === '' ? row?.versions.at(-1) : row?.versions.find(({ version }) => version === wanted);
  if (!row || !one) return notFound(wanted === '' ? name : `${name}/${wanted}`);
  return {
    status: 200,
    body: {
      key: {
        kid: `${originOf(context)}/keys/${row.name}/${one.version}`,
        kty: row.kty,
        key_ops: row.operations,
        n: modulus(one.version),
        e: 'AQAB',
      },
      attributes: attributes(one),
      tags: row.tags ?? {},
    },
  };
}

function list(call: Call, params: Params, context: VaultContext): Reply {
  const name = params('name');
  const refusal = denied('keys/read', `/keys/${name}`, context);
  if (refusal) return refusal;
  const row = context.vault.keys.find((key) => key.name.toLowerCase() === name.toLowerCase());
  if (!row) return notFound(name);
  const rows = row.versions.map((one) => ({
    kid: `${originOf(context)}/keys/${row.name}/${one.version}`,
    attributes: attributes(one),
    tags: row.tags ?? {},
  }));
  const size = Math.min(25, Number(call.query.get('maxresults') ?? 25));
  return { status: 200, body: { nextLink: null, ...page(rows, size, call) } };
}

export const vaultKeyRoutes: readonly Route<VaultContext>[] = [
  { method: 'GET', path: '/keys/{name}/versions', answer: list },
  { method: 'GET', path: '/keys/{name}', answer: get },
  { method: 'GET', path: '/keys/{name}/{version}', answer: get },
];
