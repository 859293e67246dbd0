import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Client } from '../../../src/simulator/client.ts';
import { addChatConsumers, bo, chen, startBench, type Bench } from './bench.ts';

let bench: Bench;
let clients: readonly Client[];
let regenerations: () => readonly (string | undefined)[];

beforeAll(async () => {
  bench = await startBench(
    { timing: { newKeyDelay: 300, oldKeyDelay: 300, metricsLag: 100 } },
    {},
    { timeout: 800, margin: 200, settleWindow: 600, proofWithin: 6000 },
  );
  clients = await addChatConsumers(bench);
}, 60_000);

beforeEach(() => {
  bench.simulator.faults.clear();
  Object.assign(bench.simulator.timing, { listKeysLag: 0, newKeyDelay: 300 });
  const before = bench.simulator.effects.length;
  regenerations = () =>
    bench.simulator.effects
      .slice(before)
      .filter(({ kind }) => kind === 'regenerateKey')
      .map(({ slot }) => slot);
});

afterAll(() => bench.close());

const lose = (fault: 'lostAfter' | 'lostBefore' | 'partialBody' | { landsLate: number }, times = 1) =>
  bench.simulator.faults.next({ match: { path: '/regenerateKey' }, fault, times });

const noFailedCall = () => {
  for (const client of clients) expect(client.counts).toMatchObject({ failed: 0 });
};

test.each(['lostAfter', 'partialBody'] as const)(
  'with the answer of each regenerateKey lost (%s) there are exactly two regenerations',
  async (fault) => {
    lose(fault, 2);
    const done = await bench.finish(await bench.rotate('contoso-chat'));
    expect(regenerations()).toHaveLength(2);
    expect(done.remarks.filter((remark) => remark.includes('was lost'))).toHaveLength(2);
    noFailedCall();
  },
  60_000,
);

test('a request that was lost on its way is sent again, once', async () => {
  lose('lostBefore');
  await bench.finish(await bench.rotate('contoso-chat'));
  expect(regenerations()).toHaveLength(2);
  noFailedCall();
}, 60_000);

test('a request that lands while we are looking is adopted', async () => {
  lose({ landsLate: 1200 });
  const done = await bench.finish(await bench.rotate('contoso-chat'));
  expect(regenerations()).toHaveLength(2);
  expect(done.remarks.join()).toContain('was lost');
  noFailedCall();
}, 60_000);

test.each([2600, 3200])(
  'a request that lands %d ms late, after it was given up, never gives a consumer a dead value',
  async (ms) => {
    // It takes this long to prove the second value, so the first request lands in the middle of that.
    bench.simulator.timing.newKeyDelay = 2500;
    const given: boolean[] = [];
    const deaf = bench.simulator.onEffect(({ kind, secret }) => {
      if (kind !== 'setSecret' || secret === undefined) return;
      const { key1, key2 } = bench.simulator.currentKeys('contoso-chat');
      const value = bench.simulator.currentSecret('contoso-apps', secret)?.value;
      given.push(value === key1 || value === key2);
    });
    lose({ landsLate: ms });
    const id = await bench.rotate('contoso-chat');
    await bench.until(id, 'awaitingApproval', 'approveFirst');
    await bench.approve(id, bo, chen);
    const halted = await bench.until(id, 'halted');
    expect(['drifted', 'notProved']).toContain(halted.phase.fault.kind);
    expect(given).toEqual([]);
    await bench.say(bo, { say: 'retry', rotation: id, stage: halted.phase.stage });
    await bench.until(id, 'awaitingApproval', 'approveSecond');
    await bench.approve(id, bo, chen);
    const done = await bench.until(id, 'completed');
    deaf();
    expect(regenerations()).toHaveLength(3);
    expect(done.remarks.join()).toContain('had changed again');
    expect(given).toEqual([true, true]);
    noFailedCall();
  },
  60_000,
);

test('a list that lags behind is given time, and nothing is regenerated twice for it', async () => {
  const id = await bench.rotate('contoso-chat');
  await bench.until(id, 'awaitingApproval', 'approveFirst');
  bench.simulator.timing.listKeysLag = 500;
  await bench.finish(id);
  expect(regenerations()).toHaveLength(2);
  noFailedCall();
}, 60_000);

test('a lost answer together with a lagging list still makes one regeneration of each key', async () => {
  lose('lostAfter', 2);
  const id = await bench.rotate('contoso-chat');
  await bench.until(id, 'awaitingApproval', 'approveFirst');
  // Or the list would still lag behind the rotation before.
  await new Promise((next) => setTimeout(next, 1500));
  bench.simulator.timing.listKeysLag = 1300;
  await bench.finish(id);
  expect(regenerations()).toHaveLength(2);
  noFailedCall();
}, 60_000);

test('the answer of a secret write that is lost makes one version, not two', async () => {
  const { effects } = bench.simulator;
  const before = effects.length;
  bench.simulator.faults.next({ match: { method: 'PUT', path: '/secrets/' }, fault: 'lostAfter', times: 2 });
  await bench.finish(await bench.rotate('contoso-chat'));
  const written = effects.slice(before).filter(({ kind }) => kind === 'setSecret');
  expect(written.map(({ secret }) => secret).sort()).toEqual(['chat-web-api-key', 'search-indexer-api-key']);
  noFailedCall();
}, 60_000);

test('throttling is waited out without halting', async () => {
  bench.simulator.faults.next({ match: { path: '/regenerateKey' }, fault: { status: 429, retryAfter: 1 } });
  await bench.finish(await bench.rotate('contoso-chat'));
  expect(regenerations()).toHaveLength(2);
}, 60_000);

test('a refusal by Azure halts, names the missing action, and goes on after Retry', async () => {
  const message =
    "The client 'x' with object id 'x' does not have authorization to perform action 'Microsoft.CognitiveServices/accounts/regenerateKey/action' over scope '/x' or the scope is invalid.";
  bench.simulator.faults.next({
    match: { path: '/regenerateKey' },
    fault: { status: 403, code: 'AuthorizationFailed', message },
  });
  const id = await bench.rotate('contoso-chat');
  await bench.until(id, 'awaitingApproval', 'approveFirst');
  await bench.approve(id, bo, chen);
  const halted = await bench.until(id, 'halted');
  expect(halted.phase.fault).toMatchObject({ kind: 'denied' });
  expect(`${halted.phase.fault.says} ${halted.phase.fault.remedy}`).toContain(
    'Microsoft.CognitiveServices/accounts/regenerateKey/action',
  );
  expect(regenerations()).toHaveLength(0);
  await bench.say(chen, { say: 'retry', rotation: id, stage: 'regenerateIdleKey' });
  await bench.until(id, 'awaitingApproval', 'approveSecond');
  await bench.approve(id, bo, chen);
  await bench.until(id, 'completed');
  expect(regenerations()).toHaveLength(2);
}, 60_000);

test('keys that somebody else regenerates between the approval and the act halt it before anything is sent', async () => {
  const id = await bench.rotate('contoso-chat');
  await bench.until(id, 'awaitingApproval', 'approveFirst');
  const idle = clients[0]?.slot() === 'Key1' ? 'Key2' : 'Key1';
  bench.simulator.regenerateByHand('contoso-chat', idle);
  const byHand = regenerations().length;
  await bench.approve(id, bo, chen);
  const halted = await bench.until(id, 'halted');
  expect(halted.phase.fault.kind).toBe('drifted');
  expect(regenerations()).toHaveLength(byHand);
  await bench.say(bo, { say: 'retry', rotation: id, stage: 'regenerateIdleKey' });
  await bench.finish(id);
  noFailedCall();
}, 60_000);

test('the connection of the lock killed in mid-call leads to a look, not to a second regeneration', async () => {
  bench.simulator.faults.next({ match: { path: '/regenerateKey' }, fault: { delay: 600 } });
  const id = await bench.rotate('contoso-chat');
  await bench.until(id, 'awaitingApproval', 'approveFirst');
  await bench.approve(id, bo, chen);
  const { pool } = bench.database;
  for (;;) {
    const held = await pool.query(
      "select pid from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())",
    );
    if (
      bench.simulator.requests.some(({ path, status }) => path.endsWith('/regenerateKey') && status === 0) ||
      regenerations().length > 0
    ) {
      for (const { pid } of held.rows as { pid: number }[])
        await pool.query('select pg_terminate_backend($1)', [pid]);
      break;
    }
    await new Promise((next) => setTimeout(next, 20));
  }
  await bench.until(id, 'awaitingApproval', 'approveSecond');
  expect(regenerations()).toHaveLength(1);
  await bench.approve(id, bo, chen);
  await bench.until(id, 'completed');
  expect(regenerations()).toHaveLength(2);
  noFailedCall();
}, 60_000);

test('nothing that the program emitted in all this holds any key that was ever issued', async () => {
  const emitted = await bench.emitted();
  const issued = bench.simulator.issuedKeys();
  expect(issued.filter((key) => emitted.includes(key))).toEqual([]);
});
