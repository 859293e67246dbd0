import { Agent } from 'node:https';
import { expect, test } from '@jest/globals';
import { group, startAzure, type Azure } from './support.ts';

const account = 'contoso-chat';

/** How many of 40 fresh connections let the key in. */
async function accepted(azure: Azure, key: string): Promise<number> {
  let count = 0;
  for (let index = 0; index < 40; index += 1) {
    const { status } = await azure.call(account, key);
    if (status === 200) count += 1;
  }
  return count;
}

test('gateway nodes disagree about a new key until the slowest has it', async () => {
  let now = Date.now();
  await using azure = await startAzure({ now: () => now, timing: { newKeyDelay: 9_000, gatewayNodes: 3 } });
  const { key2 = '' } = await azure.accounts.regenerateKey(group, account, 'Key2');
  expect(await accepted(azure, key2)).toBe(0);
  now += 4_000; // one of three
  const some = await accepted(azure, key2);
  expect(some).toBeGreaterThan(0);
  expect(some).toBeLessThan(40);
  now += 5_000;
  expect(await accepted(azure, key2)).toBe(40);
});

test('an old key lives on at some gateway nodes, for as long as was said for each', async () => {
  let now = Date.now();
  await using azure = await startAzure({
    now: () => now,
    timing: { oldKeyDelay: [0, 60_000], gatewayNodes: 2 },
  });
  const { key1 } = azure.simulator.currentKeys(account);
  await azure.accounts.regenerateKey(group, account, 'Key1');
  const some = await accepted(azure, key1);
  expect(some).toBeGreaterThan(0);
  expect(some).toBeLessThan(40);
  now += 60_000;
  expect(await accepted(azure, key1)).toBe(0);
});

test('a connection stays with its gateway node', async () => {
  await using azure = await startAzure({ timing: { newKeyDelay: [0, 3_600_000], gatewayNodes: 2 } });
  const { key2 = '' } = await azure.accounts.regenerateKey(group, account, 'Key2');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const seen = new Set<number>();
  for (let index = 0; index < 10; index += 1) {
    seen.add((await azure.call(account, key2, undefined, agent)).status);
  }
  agent.destroy();
  expect(seen.size).toBe(1);
});

test('listKeys may answer the keys before a regeneration until the lag is over', async () => {
  let now = Date.now();
  await using azure = await startAzure({ now: () => now, timing: { listKeysLag: 5_000 } });
  const before = azure.simulator.currentKeys(account);
  const { key2 } = await azure.accounts.regenerateKey(group, account, 'Key2');
  now += 4_999;
  expect(await azure.accounts.listKeys(group, account)).toMatchObject(before);
  now += 2;
  expect((await azure.accounts.listKeys(group, account)).key2).toBe(key2);
});

test('stale and fresh answers of listKeys can alternate', async () => {
  await using azure = await startAzure({ timing: { listKeysLag: 60_000, listKeysStaleShare: 0.5 } });
  await azure.accounts.regenerateKey(group, account, 'Key2');
  const seen = new Set<string | undefined>();
  for (let index = 0; index < 30; index += 1) seen.add((await azure.accounts.listKeys(group, account)).key2);
  expect(seen.size).toBe(2);
});
