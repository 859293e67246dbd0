import { expect, test } from '@jest/globals';
import { bo, chen } from './bench.ts';
import { disturbed } from './disturbedBench.ts';

const at = disturbed();

test('a list that lags behind is given time, and nothing is regenerated twice for it', async () => {
  const id = await at.bench.rotate('contoso-chat');
  await at.bench.until(id, 'awaitingApproval', 'approveFirst');
  at.bench.simulator.timing.listKeysLag = 500;
  await at.bench.finish(id);
  expect(at.regenerations()).toHaveLength(2);
  at.noFailedCall();
}, 60_000);

test('a lost answer together with a lagging list still makes one regeneration of each key', async () => {
  at.lose('lostAfter', 2);
  const id = await at.bench.rotate('contoso-chat');
  await at.bench.until(id, 'awaitingApproval', 'approveFirst');
  // Or the list would still lag behind the rotation before.
  await new Promise((next) => setTimeout(next, 1500));
  at.bench.simulator.timing.listKeysLag = 1300;
  await at.bench.finish(id);
  expect(at.regenerations()).toHaveLength(2);
  at.noFailedCall();
}, 60_000);

test('the answer of a secret write that is lost makes one version, not two', async () => {
  const { effects } = at.bench.simulator;
  const before = effects.length;
  at.bench.simulator.faults.next({
    match: { method: 'PUT', path: '/secrets/' },
    fault: 'lostAfter',
    times: 2,
  });
  await at.bench.finish(await at.bench.rotate('contoso-chat'));
  const written = effects.slice(before).filter(({ kind }) => kind === 'setSecret');
  expect(written.map(({ secret }) => secret).sort()).toEqual(['chat-web-api-key', 'search-indexer-api-key']);
  at.noFailedCall();
}, 60_000);

test('throttling is waited out without halting', async () => {
  at.bench.simulator.faults.next({
    match: { path: '/regenerateKey' },
    fault: { status: 429, retryAfter: 1 },
  });
  await at.bench.finish(await at.bench.rotate('contoso-chat'));
  expect(at.regenerations()).toHaveLength(2);
}, 60_000);

test('a refusal by Azure halts, names the missing action, and goes on after Retry', async () => {
  const message =
    "The client 'x' with object id 'x' does not have authorization to perform action 'Microsoft.CognitiveServices/accounts/regenerateKey/action' over scope '/x' or the scope is invalid.";
  at.bench.simulator.faults.next({
    match: { path: '/regenerateKey' },
    fault: { status: 403, code: 'AuthorizationFailed', message },
  });
  const id = await at.bench.rotate('contoso-chat');
  await at.bench.until(id, 'awaitingApproval', 'approveFirst');
  await at.bench.approve(id, bo, chen);
  const halted = await at.bench.until(id, 'halted');
  expect(halted.phase.fault).toMatchObject({ kind: 'denied' });
  expect(`${halted.phase.fault.says} ${halted.phase.fault.remedy}`).toContain(
    'Microsoft.CognitiveServices/accounts/regenerateKey/action',
  );
  expect(at.regenerations()).toHaveLength(0);
  await at.bench.say(chen, { say: 'retry', rotation: id, stage: 'regenerateIdleKey' });
  await at.bench.until(id, 'awaitingApproval', 'approveSecond');
  await at.bench.approve(id, bo, chen);
  await at.bench.until(id, 'completed');
  expect(at.regenerations()).toHaveLength(2);
}, 60_000);

test('keys that somebody else regenerates between the approval and the act halt it before anything is sent', async () => {
  const id = await at.bench.rotate('contoso-chat');
  await at.bench.until(id, 'awaitingApproval', 'approveFirst');
  const idle = at.clients[0]?.slot() === 'Key1' ? 'Key2' : 'Key1';
  at.bench.simulator.regenerateByHand('contoso-chat', idle);
  const byHand = at.regenerations().length;
  await at.bench.approve(id, bo, chen);
  const halted = await at.bench.until(id, 'halted');
  expect(halted.phase.fault.kind).toBe('drifted');
  expect(at.regenerations()).toHaveLength(byHand);
  await at.bench.say(bo, { say: 'retry', rotation: id, stage: 'regenerateIdleKey' });
  await at.bench.finish(id);
  at.noFailedCall();
}, 60_000);

test('the connection of the lock killed in mid-call leads to a look, not to a second regeneration', async () => {
  at.bench.simulator.faults.next({ match: { path: '/regenerateKey' }, fault: { delay: 600 } });
  const id = await at.bench.rotate('contoso-chat');
  await at.bench.until(id, 'awaitingApproval', 'approveFirst');
  await at.bench.approve(id, bo, chen);
  const { pool } = at.bench.database;
  for (;;) {
    const held = await pool.query(
      "select pid from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())",
    );
    if (
      at.bench.simulator.requests.some(
        ({ path, status }) => path.endsWith('/regenerateKey') && status === 0,
      ) ||
      at.regenerations().length > 0
    ) {
      for (const { pid } of held.rows as { pid: number }[])
        await pool.query('select pg_terminate_backend($1)', [pid]);
      break;
    }
    await new Promise((next) => setTimeout(next, 20));
  }
  await at.bench.until(id, 'awaitingApproval', 'approveSecond');
  expect(at.regenerations()).toHaveLength(1);
  await at.bench.approve(id, bo, chen);
  await at.bench.until(id, 'completed');
  expect(at.regenerations()).toHaveLength(2);
  at.noFailedCall();
}, 60_000);

test('nothing that the program emitted in all this holds any key that was ever issued', async () => {
  expect(await at.leaked()).toEqual([]);
});
