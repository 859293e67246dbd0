import { expect, test } from '@jest/globals';
import { CognitiveServicesManagementClient } from '@azure/arm-cognitiveservices';
import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';
import { group, production, startAzure } from './support.ts';

test('the credentials of @azure/identity sign in by the managed identity endpoint', async () => {
  await using azure = await startAzure();
  const options = { endpoint: azure.simulator.url };
  for (const credential of [new ManagedIdentityCredential(), new DefaultAzureCredential()]) {
    // the scope is the one that a client makes of its own endpoint
    const client = new CognitiveServicesManagementClient(credential, production, options);
    await expect(client.accounts.get(group, 'contoso-chat')).resolves.toMatchObject({ kind: 'AIServices' });
  }
  const identity = azure.simulator.requests.filter(({ surface }) => surface === 'identity');
  expect(identity.map(({ status, principal }) => [status, principal])).toContainEqual([200, 'keysmith']);
});

test('the managed identity endpoint refuses a stranger and a wrong client id', async () => {
  await using azure = await startAzure();
  const { endpoint, header } = azure.simulator.identityOf('keysmith');
  const ask = async (sent: string, more = ''): Promise<number> => {
    const query = `?resource=https%3A%2F%2Fvault.azure.net&api-version=2019-08-01${more}`;
    return (await fetch(`${endpoint}${query}`, { headers: { 'x-identity-header': sent } })).status;
  };
  expect([await ask(header), await ask('guess'), await ask(header, '&client_id=other')]).toEqual([
    200, 401, 400,
  ]);
});

test('the real SDK clients find, read, rotate, store and measure', async () => {
  await using azure = await startAzure();
  const { simulator } = azure;

  const names: (string | undefined)[] = [];
  for await (const account of azure.accounts.list()) names.push(account.name);
  expect(names).toContain('contoso-twin');
  expect(names.filter((name) => name === 'contoso-twin')).toHaveLength(2);

  const account = await azure.accounts.get(group, 'contoso-chat');
  expect(account.properties?.endpoint).toBe(simulator.endpoint('contoso-chat'));

  const before = await azure.accounts.listKeys(group, 'contoso-chat');
  const after = await azure.accounts.regenerateKey(group, 'contoso-chat', 'Key2');
  expect(after.key1).toBe(before.key1);
  expect(after.key2).not.toBe(before.key2);

  expect((await azure.call('contoso-chat', after.key2 ?? '')).status).toBe(200);
  expect((await azure.call('contoso-chat', before.key2 ?? '')).status).toBe(401);

  const secret = await azure.secrets.getSecret('chat-web-api-key');
  expect(secret.value).toBe(before.key1);
  const stored = await azure.secrets.setSecret('chat-web-api-key', after.key2 ?? '', { tags: { a: 'b' } });
  expect(stored.properties.version).not.toBe(secret.properties.version);

  const [result] = await azure.metrics.queryResources(
    [account.id ?? ''],
    ['AzureOpenAIRequests'],
    'Microsoft.CognitiveServices/accounts',
    { interval: 'PT1M', aggregation: 'Total', filter: "StatusCode eq '*'" },
  );
  const series = result?.getMetricByName('AzureOpenAIRequests')?.timeseries ?? [];
  expect(series.map(({ metadatavalues }) => metadatavalues?.[0]?.value).sort()).toEqual(['200', '401']);
});
