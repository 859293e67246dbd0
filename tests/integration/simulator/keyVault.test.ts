import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SecretClient } from '@azure/keyvault-secrets';
import { demoEstate } from '../../../src/simulator/index.ts';
import { startAzure, type Azure } from './support.ts';

let azure: Azure;
beforeAll(async () => {
  const estate = demoEstate();
  const [vault] = estate.vaults;
  vault?.secrets.push(
    { name: 'disabled', value: 'x', enabled: false },
    { name: 'deleted', value: 'x', deleted: true },
  );
  estate.vaults.push({
    name: 'contoso-other',
    subscription: estate.subscriptions[1]?.id ?? '',
    resourceGroup: 'contoso-other',
    location: 'eastus2',
    secrets: [{ name: 'chat-web-api-key', value: 'of the other vault' }],
    keys: [],
  });
  azure = await startAzure({ estate });
});
afterAll(async () => {
  await azure[Symbol.asyncDispose]();
});

test('challenges a call without a token, and the client signs in to what the challenge names', async () => {
  const vault = azure.simulator.vaultUrl('contoso-apps');
  const response = await fetch(`${vault}/secrets/chat-web-api-key?api%2Dversion=7.6`);
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe(
    `Bearer authorization="https://login.microsoftonline.com/${azure.simulator.estate.tenant}", resource="https://vault.azure.net"`,
  );
  const { token } = await azure.credential.getToken('https://management.azure.com/.default');
  const wrong = await fetch(`${vault}/secrets/chat-web-api-key?api-version=7.6`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(wrong.status).toBe(401);
  await expect(azure.secrets.getSecret('chat-web-api-key')).resolves.toMatchObject({
    value: azure.simulator.currentKeys('contoso-chat').key1,
    properties: { vaultUrl: vault, contentType: 'text/plain', enabled: true },
  });
});

test('keeps every version of a secret with its value, tags, content type and expiry', async () => {
  const expiresOn = new Date('2030-01-01T00:00:00Z');
  const first = await azure.secrets.getSecret('search-indexer-api-key');
  const second = await azure.secrets.setSecret('search-indexer-api-key', 'new value', {
    tags: { app: 'search' },
    contentType: 'text/x-key',
    expiresOn,
  });
  expect(second.properties).toMatchObject({ tags: { app: 'search' }, contentType: 'text/x-key', expiresOn });
  const { version = '' } = first.properties;
  const old = await azure.secrets.getSecret('search-indexer-api-key', { version });
  expect(old.value).toBe(first.value);
  const versions: (string | undefined)[] = [];
  for await (const one of azure.secrets.listPropertiesOfSecretVersions('search-indexer-api-key')) {
    versions.push(one.version);
    expect(one).not.toHaveProperty('value');
  }
  expect(versions).toEqual([version, second.properties.version]);
  expect(azure.simulator.effects.at(-1)).toMatchObject({
    kind: 'setSecret',
    target: 'contoso-apps',
    secret: 'search-indexer-api-key',
    version: second.properties.version,
    principal: 'keysmith',
  });
});

test('pages through many versions', async () => {
  for (let index = 0; index < 30; index += 1) await azure.secrets.setSecret('many', String(index));
  const before = azure.simulator.requests.length;
  const versions: unknown[] = [];
  for await (const one of azure.secrets.listPropertiesOfSecretVersions('many')) versions.push(one.version);
  expect(new Set(versions).size).toBe(30);
  expect(azure.simulator.requests.length - before).toBe(2);
});

test('refuses missing, deleted and disabled secrets each in its own way', async () => {
  const missing = { statusCode: 404, code: 'SecretNotFound' };
  await expect(azure.secrets.getSecret('nothing')).rejects.toMatchObject(missing);
  await expect(azure.secrets.getSecret('deleted')).rejects.toMatchObject(missing);
  await expect(azure.secrets.setSecret('deleted', 'y')).rejects.toMatchObject({ statusCode: 409 });
  await expect(azure.secrets.getSecret('disabled')).rejects.toMatchObject({
    statusCode: 403,
    code: 'Forbidden',
  });
});

test('names the missing data action', async () => {
  await using other = await startAzure();
  for (const grant of other.simulator.estate.principals[0]?.grants ?? []) {
    grant.dataActions = ['Microsoft.KeyVault/vaults/secrets/readMetadata/action'];
  }
  await expect(other.secrets.getSecret('chat-web-api-key')).rejects.toMatchObject({
    statusCode: 403,
    message: expect.stringContaining("Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'"),
    details: { error: { innerError: { code: 'ForbiddenByRbac' } } },
  });
  await expect(other.secrets.listPropertiesOfSecrets().next()).resolves.toMatchObject({ done: false });
});

test('gives each vault its own address', async () => {
  const other = new SecretClient(azure.simulator.vaultUrl('contoso-other'), azure.credential, {
    disableChallengeResourceVerification: true,
  });
  await expect(other.getSecret('chat-web-api-key')).resolves.toMatchObject({ value: 'of the other vault' });
  await expect(other.getSecret('stranger')).rejects.toMatchObject({ statusCode: 404 });
});

test('shows a key and its versions', async () => {
  const key = await azure.keys.getKey('contoso-cmk');
  expect(key).toMatchObject({ keyType: 'RSA', properties: { enabled: true } });
  expect(key.key?.n).toHaveLength(256);
  const versions: unknown[] = [];
  for await (const one of azure.keys.listPropertiesOfKeyVersions('contoso-cmk')) versions.push(one.version);
  expect(versions).toEqual([key.properties.version]);
  await expect(azure.keys.getKey('nothing')).rejects.toMatchObject({ statusCode: 404, code: 'KeyNotFound' });
});

test('refuses an unknown api-version', async () => {
  const { token } = await azure.credential.getToken('https://vault.azure.net/.default');
  const response = await fetch(
    `${azure.simulator.vaultUrl('contoso-apps')}/secrets/stranger?api-version=2099-01-01`,
    { headers: { authorization: `Bearer ${token}` } },
  );
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: 'BadParameter' } });
});
