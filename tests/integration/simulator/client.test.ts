import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { startClient, type Client } from '../../../src/simulator/client.ts';
import { startAzure, type Azure } from './support.ts';

const account = 'contoso-chat';
const fromVault = {
  kind: 'keyVaultSecret',
  vault: 'contoso-apps',
  secret: 'chat-web-api-key',
  refreshEvery: 30,
} as const;

/** Waits for a condition on what a client does by itself, 10 s at most. */
async function until(done: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!done() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(done()).toBe(true);
}

const manual = (azure: Azure, switchesAfter?: { slot: 'Key1' | 'Key2'; ms: number }): Promise<Client> =>
  startClient({
    simulator: azure.simulator,
    account,
    every: 5,
    source: {
      kind: 'manual',
      read: () => azure.simulator.currentKeys(account).key1,
      ...(switchesAfter && { switchesAfter }),
    },
  });

test('a client of a secret follows it, and its receipt tells the version it uses', async () => {
  await using azure = await startAzure();
  const client = await startClient({
    simulator: azure.simulator,
    account,
    every: 5,
    source: fromVault,
    receiptPort: 0,
  });
  const receipt = async (): Promise<unknown> => (await fetch(client.receiptUrl ?? '')).json();
  const first = azure.simulator.currentSecret('contoso-apps', 'chat-web-api-key')?.version;
  expect(await receipt()).toEqual({ secretVersion: first });
  expect(client.slot()).toBe('Key1');

  const { key2 } = azure.simulator.currentKeys(account);
  const { properties } = await azure.secrets.setSecret('chat-web-api-key', key2);
  await until(() => client.slot() === 'Key2');
  expect(await receipt()).toEqual({ secretVersion: properties.version });
  const { calls } = client.counts;
  await until(() => client.counts.calls > calls + 3);
  await client.stop();
  expect(client.counts).toMatchObject({ failed: 0, refreshFailures: 0 });
});

test('a client keeps its key while Key Vault fails', async () => {
  await using azure = await startAzure();
  const client = await startClient({ simulator: azure.simulator, account, every: 5, source: fromVault });
  azure.simulator.faults.next({ match: { path: '/secrets/' }, times: 1_000, fault: { status: 503 } });
  await until(() => client.counts.refreshFailures > 1);
  await client.stop();
  expect(client.counts.failed).toBe(0);
});

test('a manual client fails once its key is dead, until somebody switches it', async () => {
  await using azure = await startAzure();
  const client = await manual(azure);
  azure.simulator.regenerateByHand(account, 'Key1');
  await until(() => (client.counts.byStatus['401'] ?? 0) > 2);
  expect(client.slot()).toBeUndefined();
  client.switchTo('Key2');
  const { failed, calls } = client.counts;
  await until(() => client.counts.calls > calls + 5);
  await client.stop();
  expect(client.counts.failed - failed).toBeLessThanOrEqual(1); // one call may have been under way
});

test('a manual client that watches for the idle key switches once, some time after it was regenerated', async () => {
  await using azure = await startAzure();
  const client = await manual(azure, { slot: 'Key2', ms: 50 });
  azure.simulator.regenerateByHand(account, 'Key2');
  expect(client.slot()).toBe('Key1');
  await until(() => client.slot() === 'Key2');
  const { calls } = client.counts;
  await until(() => client.counts.calls > calls + 1); // the last call with the old key is over
  azure.simulator.regenerateByHand(account, 'Key1');
  await until(() => client.counts.calls > calls + 5);
  expect(client.slot()).toBe('Key2');
  await client.stop();
  expect(client.counts.failed).toBe(0);
});

test('a naive procedure that regenerates both keys at once breaks the traffic', async () => {
  await using azure = await startAzure();
  const client = await manual(azure);
  for (const slot of ['Key1', 'Key2'] as const) azure.simulator.regenerateByHand(account, slot);
  await until(() => client.counts.failed > 0);
  await client.stop();
});

test('neither the log of effects nor that of requests holds a key', async () => {
  await using azure = await startAzure();
  const client = await startClient({ simulator: azure.simulator, account, every: 5, source: fromVault });
  azure.simulator.regenerateByHand(account, 'Key2');
  await azure.secrets.setSecret('chat-web-api-key', azure.simulator.currentKeys(account).key2);
  await until(() => client.slot() === 'Key2');
  await client.stop();
  const logs = JSON.stringify([azure.simulator.effects, azure.simulator.requests]);
  const issued = azure.simulator.issuedKeys();
  expect(issued.length).toBeGreaterThan(20);
  expect(issued.filter((key) => logs.includes(key))).toEqual([]);
});

test('a client that is stopped leaves nothing behind', async () => {
  await using azure = await startAzure();
  const client = await startClient({
    simulator: azure.simulator,
    account,
    every: 5,
    source: fromVault,
    receiptPort: 0,
  });
  await client.stop();
  const { calls } = client.counts;
  await once(AbortSignal.timeout(50), 'abort');
  expect(client.counts.calls).toBe(calls);
  await expect(fetch(client.receiptUrl ?? '')).rejects.toThrow();
});
