import { vaultId } from '../estate.ts';
import { field, refuse, type Call, type Reply } from '../http.ts';
import { page, type Params, type Route } from '../routes.ts';
import type { SecretVersion } from '../secretStore.ts';
import { denied, originOf, type VaultContext } from './context.ts';

function attributes(one: SecretVersion): object {
  return {
    enabled: one.enabled,
    ...(one.notBefore !== undefined && { nbf: one.notBefore }),
    ...(one.expires !== undefined && { exp: one.expires }),
    created: one.created,
    updated: one.updated,
    recoveryLevel: 'Recoverable+Purgeable',
    recoverableDays: 90,
  };
}

const item = (name: string, one: SecretVersion, context: VaultContext, withVersion: boolean): object => ({
  id: `${originOf(context)}/secrets/${name}${withVersion ? `/${one.version}` : ''}`,
  attributes: attributes(one),
  ...(one.tags && { tags: one.tags }),
  ...(one.contentType !== undefined && { contentType: one.contentType }),
});

const bundle = (name: string, one: SecretVersion, context: VaultContext): Reply => ({
  status: 200,
  body: { value: one.value, ...item(name, one, context, true) },
});

const notFound = (what: string): Reply =>
  refuse(
    404,
    'SecretNotFound',
    `A secret with (name/id) ${what} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
  );

function get(_call: Call, params: Params, context: VaultContext): Reply {
  const name = params('name');
  const refusal = denied('secrets/getSecret/action', `/secrets/${name}`, context);
  if (refusal) return refusal;
  const stored = context.world.secretsOf(context.vault).find(name);
  const wanted = params('version');
  const one =
    wanted === '' ? stored?.versions.at(-1) : stored?.versions.find(({ version }) => version === wanted);
  if (!stored || stored.deleted || !one) return notFound(wanted === '' ? name : `${name}/${wanted}`);
  if (!one.enabled) {
    return refuse(403, 'Forbidden', 'Operation get is not allowed on a disabled secret.', {
      innererror: { code: 'SecretDisabled' },
    });
  }
  return bundle(stored.name, one, context);
}

function set(call: Call, params: Params, context: VaultContext): Reply {
  const name = params('name');
  const refusal = denied('secrets/setSecret/action', `/secrets/${name}`, context);
  if (refusal) return refusal;
  const { world, vault, principal } = context;
  if (world.secretsOf(vault).find(name)?.deleted) {
    return refuse(
      409,
      'Conflict',
      `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
      { innererror: { code: 'ObjectIsDeletedButRecoverable' } },
    );
  }
  const value = field(call.body, 'value');
  if (typeof value !== 'string') return refuse(400, 'BadParameter', 'The property "value" is required.');
  const given = field(call.body, 'attributes');
  const number = (from: unknown): number | undefined => (typeof from === 'number' ? from : undefined);
  const contentType = field(call.body, 'contentType');
  const tags = field(call.body, 'tags');
  const expires = number(field(given, 'exp'));
  const notBefore = number(field(given, 'nbf'));
  const one = world.secretsOf(vault).set(name, {
    value,
    enabled: field(given, 'enabled') !== false,
    ...(typeof contentType === 'string' && { contentType }),
    ...(typeof tags === 'object' && tags !== null && { tags: tags as Record<string, string> }),
    ...(expires !== undefined && { expires }),
    ...(notBefore !== undefined && { notBefore }),
  });
  world.record({
    kind: 'setSecret',
    target: vault.name,
    id: vaultId(vault),
    secret: name,
    version: one.version,
    principal: principal.name,
  });
  return bundle(name, one, context);
}

/** Lists give metadata only. */
function list(call: Call, params: Params, context: VaultContext): Reply {
  const name = params('name');
  const refusal = denied('secrets/readMetadata/action', name === '' ? '' : `/secrets/${name}`, context);
  if (refusal) return refusal;
  const store = context.world.secretsOf(context.vault);
  const size = Math.min(25, Number(call.query.get('maxresults') ?? 25));
  if (name === '') {
    const rows = store.all().flatMap((stored) => {
      const current = stored.versions.at(-1);
      return current ? [item(stored.name, current, context, false)] : [];
    });
    return { status: 200, body: { nextLink: null, ...page(rows, size, call) } };
  }
  const stored = store.find(name);
  if (!stored || stored.deleted) return notFound(name);
  const rows = stored.versions.map((one) => item(stored.name, one, context, true));
  return { status: 200, body: { nextLink: null, ...page(rows, size, call) } };
}

export const secretRoutes: readonly Route<VaultContext>[] = [
  { method: 'GET', path: '/secrets', answer: list },
  { method: 'GET', path: '/secrets/{name}/versions', answer: list },
  { method: 'GET', path: '/secrets/{name}', answer: get },
  { method: 'GET', path: '/secrets/{name}/{version}', answer: get },
  { method: 'PUT', path: '/secrets/{name}', answer: set },
];
