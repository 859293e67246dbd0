import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { accountPath, group, production, startAzure, type Azure } from './support.ts';

const version = '?api-version=2025-09-01';
let azure: Azure;
beforeAll(async () => {
  azure = await startAzure();
});
afterAll(async () => {
  await azure[Symbol.asyncDispose]();
});

describe('Azure Resource Manager', () => {
  test('lists accounts page by page, only those of the subscription', async () => {
    const before = azure.simulator.requests.length;
    const found: string[] = [];
    for await (const { id } of azure.accounts.list()) found.push(id ?? '');
    expect(found).toHaveLength(11);
    expect(new Set(found).size).toBe(11);
    expect(azure.simulator.requests.slice(before).filter(({ surface }) => surface === 'arm')).toHaveLength(3);
    expect(found.every((id) => id.startsWith(`/subscriptions/${production}/`))).toBe(true);
  });

  test('lists the accounts of one resource group', async () => {
    const found: (string | undefined)[] = [];
    for await (const { name } of azure.accounts.listByResourceGroup('contoso-ai-east')) found.push(name);
    expect(found).toEqual(['contoso-twin']);
  });

  test('leaves out of a list what the caller may not read', async () => {
    await using other = await startAzure();
    const [grant] = other.simulator.estate.principals[0]?.grants ?? [];
    if (grant) grant.scope += '/resourceGroups/contoso-ai-east';
    const found: (string | undefined)[] = [];
    for await (const { name } of other.accounts.list()) found.push(name);
    expect(found).toEqual(['contoso-twin']);
  });

  test('lists the subscriptions that the caller has a role in', async () => {
    const { status, body } = await azure.arm('GET', '/subscriptions?api-version=2022-12-01');
    expect(status).toBe(200);
    expect(body.value).toMatchObject([
      { displayName: 'Contoso Production' },
      { displayName: 'Contoso Development' },
    ]);
  });

  test('takes addresses in any case but the name of a key only as Key1 or Key2', async () => {
    const path = accountPath('contoso-chat');
    expect((await azure.arm('GET', `${path.toUpperCase()}${version}`)).status).toBe(200);
    const { status, body } = await azure.arm('POST', `${path}/regenerateKey${version}`, {
      body: { keyName: 'key1' },
    });
    expect(status).toBe(400);
    expect(body.error).toEqual({
      code: 'BadRequest',
      message: "The key name 'key1' is invalid. Valid values are 'Key1' and 'Key2'.",
    });
  });

  test('refuses a missing and an unknown api-version', async () => {
    const missing = await azure.arm('GET', accountPath('contoso-chat'));
    expect([missing.status, missing.body.error.code]).toEqual([400, 'MissingApiVersionParameter']);
    const unknown = await azure.arm('GET', `${accountPath('contoso-chat')}?api-version=2099-01-01`);
    expect([unknown.status, unknown.body.error.code]).toEqual([400, 'NoRegisteredProviderFound']);
    const own = await azure.arm('GET', '/subscriptions?api-version=2099-01-01');
    expect([own.status, own.body.error.code]).toEqual([400, 'InvalidApiVersionParameter']);
  });

  test('names the missing action when the caller lacks it', async () => {
    await using other = await startAzure();
    const grants = other.simulator.estate.principals[0]?.grants ?? [];
    for (const grant of grants) grant.notActions = ['Microsoft.CognitiveServices/accounts/regenerateKey/*'];
    await expect(other.accounts.regenerateKey(group, 'contoso-chat', 'Key1')).rejects.toMatchObject({
      statusCode: 403,
      code: 'AuthorizationFailed',
      message: expect.stringContaining(
        "perform action 'Microsoft.CognitiveServices/accounts/regenerateKey/action'",
      ),
    });
    expect(other.simulator.effects).toEqual([]);
  });

  test('answers 404 for an account that is not there', async () => {
    await expect(azure.accounts.get(group, 'contoso-gone')).rejects.toMatchObject({
      statusCode: 404,
      code: 'ResourceNotFound',
    });
  });

  test('refuses listKeys and regenerateKey below a ReadOnly lock, but not reading', async () => {
    await expect(azure.accounts.get(group, 'contoso-locked')).resolves.toBeDefined();
    const refusal = { statusCode: 409, code: 'ScopeLocked' };
    await expect(azure.accounts.listKeys(group, 'contoso-locked')).rejects.toMatchObject(refusal);
    await expect(azure.accounts.regenerateKey(group, 'contoso-locked', 'Key1')).rejects.toMatchObject(
      refusal,
    );
  });

  test('shows locks and permissions at an account', async () => {
    const scope = `${accountPath('contoso-locked')}/providers/Microsoft.Authorization`;
    const locks = await azure.arm('GET', `${scope}/locks?api-version=2020-05-01`);
    expect(locks.body.value[0].properties.level).toBe('ReadOnly');
    const permissions = await azure.arm('GET', `${scope}/permissions?api-version=2022-04-01`);
    expect(permissions.body.value[0].actions).toContain(
      'Microsoft.CognitiveServices/accounts/regenerateKey/action',
    );
    const none = await azure.arm('GET', `${scope.replace('locked', 'chat')}/locks?api-version=2020-05-01`);
    expect(none.body.value).toEqual([]);
  });

  test('lists no keys while local authentication is off', async () => {
    await expect(azure.accounts.listKeys(group, 'contoso-noauth')).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('disableLocalAuth is set to be true'),
    });
  });

  test('regenerates nothing while the account is moving', async () => {
    await expect(azure.accounts.regenerateKey(group, 'contoso-moving', 'Key1')).rejects.toMatchObject({
      statusCode: 409,
      code: 'AccountProvisioningStateInvalid',
    });
  });

  test('lists connections and deployments of an account', async () => {
    const connections: unknown[] = [];
    for await (const one of azure.management.accountConnections.list(group, 'contoso-chat')) {
      connections.push(one.properties.category);
    }
    expect(connections).toEqual(['CognitiveSearch']);
    const deployments: unknown[] = [];
    for await (const one of azure.management.deployments.list(group, 'contoso-chat'))
      deployments.push(one.name);
    expect(deployments).toEqual(['gpt-4o']);
  });

  test('refuses a call without a token and with the token of another audience', async () => {
    const path = `${accountPath('contoso-chat')}${version}`;
    const missing = await azure.arm('GET', path, { authorization: '' });
    expect([missing.status, missing.body.error.code]).toEqual([401, 'AuthenticationFailed']);
    expect(missing.headers.get('www-authenticate')).toContain('authorization_uri');
    const { token } = await azure.credential.getToken('https://vault.azure.net/.default');
    const other = await azure.arm('GET', path, { authorization: `Bearer ${token}` });
    expect([other.status, other.body.error.code]).toEqual([401, 'InvalidAuthenticationTokenAudience']);
  });

  test('counts listKeys as a write and says how many are left', async () => {
    const before = azure.simulator.requests.length;
    const { headers } = await azure.arm('POST', `${accountPath('contoso-chat')}/listKeys${version}`);
    expect(Number(headers.get('x-ms-ratelimit-remaining-subscription-writes'))).toBeLessThan(200);
    expect(headers.get('x-ms-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(azure.simulator.requests.slice(before).filter(({ armWrite }) => armWrite)).toHaveLength(1);
    const read = await azure.arm('GET', `${accountPath('contoso-chat')}${version}`);
    expect(read.headers.has('x-ms-ratelimit-remaining-subscription-reads')).toBe(true);
  });
});

test('throttles ARM writes with Retry-After, and lets them through when the bucket has filled', async () => {
  let now = Date.now();
  await using other = await startAzure({
    now: () => now,
    throttle: { writes: { capacity: 2, refillPerSecond: 0.5 } },
  });
  const list = (): ReturnType<Azure['arm']> =>
    other.arm('POST', `${accountPath('contoso-chat')}/listKeys${version}`);
  expect([(await list()).status, (await list()).status]).toEqual([200, 200]);
  const third = await list();
  expect(third.status).toBe(429);
  expect(third.headers.get('retry-after')).toBe('2');
  now += 2_000;
  expect((await list()).status).toBe(200);
});

test('refuses an expired token', async () => {
  let now = Date.now();
  await using other = await startAzure({ now: () => now, timing: { tokenLifetime: 3_600_000 } });
  const query = '?resource=https%3A%2F%2Fmanagement.azure.com&api-version=2019-08-01';
  const { endpoint, header } = other.simulator.identityOf('keysmith');
  const issued: unknown = await fetch(`${endpoint}${query}`, {
    headers: { 'x-identity-header': header },
  }).then((response) => response.json());
  const { access_token: token } = issued as { access_token: string };
  const get = (): ReturnType<Azure['arm']> =>
    other.arm('GET', `${accountPath('contoso-chat')}${version}`, { authorization: `Bearer ${token}` });
  expect((await get()).status).toBe(200);
  now += 3_600_001;
  const late = await get();
  expect([late.status, late.body.error.code]).toEqual([401, 'ExpiredAuthenticationToken']);
});
