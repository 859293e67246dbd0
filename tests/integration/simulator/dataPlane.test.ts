import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startAzure, type Azure } from './support.ts';

let azure: Azure;
beforeAll(async () => {
  azure = await startAzure();
});
afterAll(async () => {
  await azure[Symbol.asyncDispose]();
});

const keyOf = (account: string): string => azure.simulator.currentKeys(account).key1;

test('lists models for either key, at the versioned and at the v1 address', async () => {
  const { key1, key2 } = azure.simulator.currentKeys('contoso-chat');
  for (const path of ['openai/v1/models', 'openai/models?api-version=2024-10-21']) {
    for (const key of [key1, key2]) expect((await azure.call('contoso-chat', key, path)).status).toBe(200);
  }
  expect((await azure.call('contoso-chat', key1, 'openai/models')).status).toBe(404);
});

test('refuses a wrong key with 401 and the known body', async () => {
  const { status, body, headers } = await azure.call('contoso-chat', '0'.repeat(32));
  expect(status).toBe(401);
  expect(body.error).toMatchObject({
    code: '401',
    message: expect.stringMatching(/^Access denied due to invalid subscription key or wrong API endpoint\./),
  });
  expect(headers.has('apim-request-id')).toBe(true);
});

test('does not take the key of another account', async () => {
  expect((await azure.call('contoso-chat', keyOf('contoso-vision'))).status).toBe(401);
});

test('tells accounts of the same name apart by their endpoint', async () => {
  const [west, east] = azure.simulator.estate.accounts
    .filter(({ name }) => name === 'contoso-twin')
    .map(
      (row) =>
        `/subscriptions/${row.subscription}/resourceGroups/${row.resourceGroup}/providers/Microsoft.CognitiveServices/accounts/${row.name}`,
    );
  expect((await azure.call(west ?? '', keyOf(west ?? ''))).status).toBe(200);
  expect((await azure.call(east ?? '', keyOf(west ?? ''))).status).toBe(401);
});

test('refuses keys while local authentication is off', async () => {
  const { status, body } = await azure.call('contoso-noauth', keyOf('contoso-noauth'));
  expect([status, body.error.code]).toEqual([403, 'AuthenticationTypeDisabled']);
});

test('refuses callers from outside when there is a private endpoint', async () => {
  const { status, body } = await azure.call('contoso-private', keyOf('contoso-private'));
  expect([status, body.error.message]).toEqual([
    403,
    'Public access is disabled. Please configure private endpoint.',
  ]);
});

test('has no model list for a kind without that surface', async () => {
  expect((await azure.call('contoso-forms', keyOf('contoso-forms'))).status).toBe(404);
  expect((await azure.call('contoso-forms', 'wrong')).status).toBe(401);
});
