import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bo, chen, startBench, type Bench } from './bench.ts';

let bench: Bench;

beforeAll(async () => {
  bench = await startBench({ timing: { newKeyDelay: 500, oldKeyDelay: 800, metricsLag: 100 } });
  const vault = 'contoso-apps';
  const web = await bench.addClient({
    account: 'contoso-chat',
    source: { kind: 'keyVaultSecret', vault, secret: 'chat-web-api-key', refreshEvery: 200 },
    receiptPort: 0,
  });
  await bench.addClient({
    account: 'contoso-chat',
    source: { kind: 'keyVaultSecret', vault, secret: 'search-indexer-api-key', refreshEvery: 200 },
  });
  const owners = [chen];
  bench.consumers.push(
    {
      kind: 'keyVaultSecret',
      name: 'chat-web',
      vault: bench.simulator.vaultUrl(vault),
      secret: 'chat-web-api-key',
      ...(web.receiptUrl === undefined ? {} : { receipt: web.receiptUrl }),
      owners,
      deputies: [],
    },
    {
      kind: 'keyVaultSecret',
      name: 'search-indexer',
      vault: bench.simulator.vaultUrl(vault),
      secret: 'search-indexer-api-key',
      pickupWithin: 1500,
      owners,
      deputies: [],
    },
  );
}, 60_000);

afterAll(() => bench.close());

test('both keys are rotated under traffic without one failed call, with at most eight ARM writes', async () => {
  const before = bench.simulator.currentKeys('contoso-chat');
  const id = await bench.rotate('contoso-chat');
  await bench.until(id, 'awaitingApproval');
  await bench.approve(id, bo, chen);
  await bench.until(id, 'awaitingApproval', 'approveSecond');
  await bench.approve(id, bo, chen);
  const done = await bench.until(id, 'completed');
  expect(done.phase.outcome).toBe('rotated');
  const after = bench.simulator.currentKeys('contoso-chat');
  expect(after.key1).not.toBe(before.key1);
  expect(after.key2).not.toBe(before.key2);
  const regenerations = bench.simulator.effects.filter(({ kind }) => kind === 'regenerateKey');
  expect(regenerations.map(({ slot }) => slot)).toEqual(['Key2', 'Key1']);
  for (const client of bench.clients) {
    expect(client.counts.calls).toBeGreaterThan(20);
    expect(client.counts).toMatchObject({ failed: 0, refreshFailures: 0 });
    expect(client.slot()).toBe('Key2');
  }
  expect(bench.simulator.requests.filter(({ armWrite }) => armWrite).length).toBeLessThanOrEqual(8);
}, 60_000);
