import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { KeyClient } from '@azure/keyvault-keys';
import { accountPath, group, startAzure, type Azure } from './support.ts';

/** Accounts and their keys, met by the real SDK clients. */
let azure: Azure;
let keys: KeyClient;
let at: number;
beforeAll(async () => {
  at = Date.now();
  azure = await startAzure({ now: () => at });
  keys = clientOf('contoso-keys');
});
afterEach(async () => {
  at += 1_000_000;
  await azure.accounts.get(group, name);
  Object.assign(azure.simulator.timing, { wrapTime: 0, grantDelay: 0, keyLookedAt: 'atOnce' });
});
afterAll(async () => {
  await azure[Symbol.asyncDispose]();
});

const name = 'contoso-chat';
const old = 'c0'.repeat(16);
const current = 'b1'.repeat(16);
const version = '?api-version=2025-09-01';

const clientOf = (vault: string): KeyClient =>
  new KeyClient(azure.simulator.vaultUrl(vault), azure.credential, {
    disableChallengeResourceVerification: true,
  });

const encryption = (keyVersion: string, more: object = {}) => ({
  properties: {
    encryption: {
      keySource: 'Microsoft.KeyVault' as const,
      keyVaultProperties: {
        keyVaultUri: `${azure.simulator.vaultUrl('contoso-keys')}/`,
        keyName: 'chat-cmk',
        keyVersion,
        ...more,
      },
    },
  },
});

const held = async () => (await azure.accounts.get(group, name)).properties?.encryption?.keyVaultProperties;
const state = async () => (await azure.accounts.get(group, name)).properties?.provisioningState;
const kinds = (from: number): string[] => azure.simulator.effects.slice(from).map(({ kind }) => kind);
const data = async (account = name): Promise<number> =>
  (await azure.call(account, azure.simulator.currentKeys(account).key1)).status;
const rowOf = (account: string) => {
  const row = azure.simulator.estate.accounts.find((one) => one.name === account);
  if (!row) throw new Error(`no account ${account}`);
  return row;
};

describe('PATCH of an account', () => {
  test('of its key is 202 with both addresses, no Retry-After, and the state Accepted', async () => {
    azure.simulator.timing.wrapTime = 5_000;
    const from = azure.simulator.effects.length;
    const { status, headers, body } = await azure.arm('PATCH', `${accountPath(name)}${version}`, {
      body: encryption(old),
    });
    expect([status, body.properties.provisioningState]).toEqual([202, 'Accepted']);
    const operation = headers.get('azure-asyncoperation') ?? '';
    expect(operation).toMatch(
      /\/locations\/WESTUS3\/operationResults\/[0-9a-f-]{36}\?api-version=2017-04-18$/,
    );
    expect(headers.get('location')).toBe(`${operation}&operationResultResponseType=Location`);
    expect(headers.has('retry-after')).toBe(false);

    const poll = (more = '') => azure.arm('GET', operation.replace(azure.simulator.url, '') + more);
    expect((await poll()).body).toEqual({
      id: expect.any(String),
      name: expect.any(String),
      status: 'Updating',
      startTime: expect.any(String),
    });
    expect(await held()).toMatchObject({ keyVersion: old });
    expect(await state()).toBe('Accepted');
    expect(kinds(from)).toEqual(['updateAccount']);

    at += 5_000;
    expect((await poll()).body).toMatchObject({ status: 'Succeeded', endTime: expect.any(String) });
    expect((await poll('&operationResultResponseType=Location')).body).toMatchObject({ name });
    expect(await state()).toBe('Succeeded');
    expect(kinds(from)).toEqual(['updateAccount', 'wrapData']);
    expect(azure.simulator.effects.at(-1)).toMatchObject({ key: 'chat-cmk', version: old });
  });

  test('of its tags alone is 200 and done', async () => {
    const { status, body } = await azure.arm('PATCH', `${accountPath(name)}${version}`, {
      body: { tags: { owner: 'contoso' } },
    });
    expect([status, body.properties.provisioningState]).toEqual([200, 'Succeeded']);
    expect(azure.simulator.effects.at(-1)).toMatchObject({ kind: 'updateAccount', change: 'tags' });
  });

  test('by the SDK waits until it is done, and fails with the reason of Azure', async () => {
    const account = await azure.accounts.beginUpdateAndWait(group, name, encryption(current), {
      updateIntervalInMs: 5,
    });
    expect(account.properties?.encryption?.keyVaultProperties?.keyVersion).toBe(current);
    azure.simulator.timing.keyLookedAt = 'afterAcceptance';
    await expect(
      azure.accounts.beginUpdateAndWait(group, name, encryption('f'.repeat(32)), { updateIntervalInMs: 5 }),
    ).rejects.toThrow('The long-running operation has failed. BadRequest. Key version not supported.');
    expect(await held()).toMatchObject({ keyVersion: current });
    expect(await state()).toBe('Failed');
    expect(azure.simulator.effects.at(-1)).toMatchObject({ kind: 'updateFailed' });
  });

  test('resumes from its text without another PATCH', async () => {
    azure.simulator.timing.wrapTime = 5_000;
    const poller = await azure.accounts.beginUpdate(group, name, encryption(old));
    at += 5_000;
    const from = azure.simulator.effects.length;
    await azure.accounts.beginUpdateAndWait(
      group,
      name,
      {},
      { resumeFrom: poller.toString(), updateIntervalInMs: 5 },
    );
    expect(kinds(from)).toEqual(['wrapData']);
  });

  test('is refused while another one runs, after somebody changed it, and below a lock', async () => {
    const { etag = '' } = await azure.accounts.get(group, name);
    azure.simulator.timing.wrapTime = 5_000;
    azure.simulator.changeByHand(name, encryption(current));
    await expect(azure.accounts.beginUpdate(group, name, encryption(old))).rejects.toMatchObject({
      statusCode: 409,
      code: 'AccountProvisioningStateInvalid',
    });
    at += 5_000;
    const requestOptions = { customHeaders: { 'If-Match': etag } };
    await expect(
      azure.accounts.beginUpdate(group, name, encryption(old), { requestOptions }),
    ).rejects.toMatchObject({ statusCode: 412, code: 'PreconditionFailed' });
    await expect(azure.accounts.beginUpdate(group, 'contoso-locked', encryption(old))).rejects.toMatchObject({
      statusCode: 409,
      code: 'ScopeLocked',
    });
  });

  test('never goes back to a key of Microsoft, nor to another vault', async () => {
    await expect(
      azure.accounts.beginUpdate(group, name, {
        properties: { encryption: { keySource: 'Microsoft.CognitiveServices' } },
      }),
    ).rejects.toMatchObject({ statusCode: 400, message: expect.stringContaining('not supported') });
    const keyVaultUri = azure.simulator.vaultUrl('contoso-apps');
    await expect(
      azure.accounts.beginUpdate(group, name, encryption(current, { keyVaultUri })),
    ).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('cannot be changed'),
    });
  });

  test('takes a first key of a vault, once the identity may use it', async () => {
    const vision = () => azure.accounts.beginUpdate(group, 'contoso-vision', encryption(current));
    await expect(vision()).rejects.toMatchObject({
      statusCode: 403,
      message: expect.stringContaining('get, wrapKey, unwrapKey'),
    });
    const { identity } = await azure.accounts.get(group, 'contoso-vision');
    const { estate } = azure.simulator;
    const chat = estate.roleAssignments?.find(({ scope }) => scope.endsWith('/contoso-keys'));
    if (!chat) throw new Error('no assignment');
    estate.roleAssignments?.push({ ...chat, principalId: identity?.principalId ?? '', grantedAt: at });
    azure.simulator.timing.grantDelay = 60_000;
    await expect(vision()).rejects.toMatchObject({ statusCode: 403 });
    at += 60_000;
    await vision();
    expect((await azure.accounts.get(group, 'contoso-vision')).properties?.encryption?.keySource).toBe(
      'Microsoft.KeyVault',
    );
  });

  test('keeps a stored version when the body leaves it out, and drops it for an empty one', async () => {
    const { keyVersion: _left, ...without } = encryption('').properties.encryption.keyVaultProperties;
    const before = (await held())?.keyVersion;
    await azure.arm('PATCH', `${accountPath(name)}${version}`, {
      body: { properties: { encryption: { keySource: 'Microsoft.KeyVault', keyVaultProperties: without } } },
    });
    expect((await held())?.keyVersion).toBe(before);
    await azure.accounts.beginUpdate(group, name, encryption(''));
    expect((await held())?.keyVersion).toBe('');
    at += 1;
    await azure.accounts.beginUpdate(group, name, encryption(current));
  });

  test('needs the right to write', async () => {
    const grants = azure.simulator.estate.principals[0]?.grants ?? [];
    for (const grant of grants) grant.notActions = ['Microsoft.CognitiveServices/accounts/write'];
    await expect(azure.accounts.beginUpdate(group, name, encryption(old))).rejects.toMatchObject({
      code: 'AuthorizationFailed',
    });
    for (const grant of grants) delete grant.notActions;
  });
});

describe('an account without a version in its key', () => {
  test('follows each new one by itself, with every other that does', async () => {
    const from = azure.simulator.effects.length;
    const made = await clientOf('contoso-lab-keys').rotateKey('shared');
    const followed = azure.simulator.effects.slice(from);
    expect(followed.map(({ kind, target, version: to }) => [kind, target, to])).toEqual([
      ['rotateKey', 'contoso-lab-keys', made.properties.version],
      ['followKey', 'lab-auto-one', made.properties.version],
      ['followKey', 'lab-auto-two', made.properties.version],
    ]);
  });

  test('does not follow a version that is disabled or not active yet', async () => {
    const from = azure.simulator.effects.length;
    const client = clientOf('contoso-lab-keys');
    await client.createRsaKey('shared', { enabled: false });
    await client.createRsaKey('shared', { notBefore: new Date(at + 86_400_000) });
    expect(kinds(from)).toEqual(['createKey', 'createKey']);
    expect(await data('lab-auto-one')).toBe(200);
  });
});

describe('the data of an account', () => {
  test('is out of reach when a version that it ever used is disabled, expired or deleted', async () => {
    await azure.accounts.beginUpdate(group, name, encryption(old));
    await azure.accounts.get(group, name);
    await azure.accounts.beginUpdate(group, name, encryption(current));
    await azure.accounts.get(group, name);
    expect(await data()).toBe(200);

    await keys.updateKeyProperties('chat-cmk', old, { enabled: false });
    expect(await data()).toBe(403);
    await keys.updateKeyProperties('chat-cmk', old, { enabled: true });
    expect(await data()).toBe(200);

    await keys.updateKeyProperties('chat-cmk', current, { expiresOn: new Date(at - 1000) });
    expect(await data()).toBe(403);
    await keys.updateKeyProperties('chat-cmk', current, { expiresOn: new Date(at + 86_400_000_0) });
    expect(await data()).toBe(200);
  });

  test('of a follower depends on the version before the last as well', async () => {
    const vault = azure.simulator.estate.vaults.find((row) => row.name === 'contoso-lab-keys');
    const first = vault?.keys.find((key) => key.name === 'shared')?.versions[0];
    if (!first) throw new Error('no version');
    first.enabled = false;
    expect(await data('lab-auto-one')).toBe(403);
    first.enabled = true;
    expect(await data('lab-auto-one')).toBe(200);
  });

  test('is out of reach without the right of the identity', async () => {
    const { estate } = azure.simulator;
    const kept = estate.roleAssignments ?? [];
    estate.roleAssignments = [];
    expect(await data()).toBe(403);
    estate.roleAssignments = kept;
    expect(await data()).toBe(200);
    expect(await data('lab-powerless')).toBe(403);
    expect(await data('lab-policies')).toBe(200);
    expect(rowOf('contoso-forms').encryption).toBeUndefined();
  });
});
