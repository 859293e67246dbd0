import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { addChatConsumers, startBench, type Bench } from './bench.ts';

let bench: Bench;

beforeAll(async () => {
  bench = await startBench({ timing: { newKeyDelay: 500, oldKeyDelay: 800, metricsLag: 100 } });
  await addChatConsumers(bench);
}, 60_000);

afterAll(() => bench.close());

test('both keys are rotated under traffic without one failed call, with at most eight ARM writes', async () => {
  const before = bench.simulator.currentKeys('contoso-chat');
  const id = await bench.rotate('contoso-chat');
  const done = await bench.finish(id);
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

test('the old value is tried until it is refused everywhere, and the record says when', async () => {
  const [newest] = await bench.database.store.rotations.list(1);
  if (newest === undefined) throw new Error('no rotation');
  const oldKey = async () => {
    const rotation = await bench.rotation(newest.id);
    return rotation.procedure === 'apiKeys' ? rotation.oldKey : undefined;
  };
  while ((await oldKey())?.proof === 'trying') await new Promise((next) => setTimeout(next, 100));
  expect(await oldKey()).toMatchObject({ proof: 'dead' });
});

test('the audit record tells who approved what, in order', async () => {
  const [newest] = await bench.database.store.rotations.list(1);
  if (newest === undefined) throw new Error('no rotation');
  const events = await bench.database.store.rotations.events(newest.id);
  const votes = events.filter(({ type }) => type === 'approved');
  expect(votes.map(({ by }) => by?.name).sort()).toEqual(['Bo', 'Bo', 'Chen', 'Chen']);
  expect(events[0]).toMatchObject({ type: 'requested', by: { name: 'Ada' }, detail: { reason: 'yearly' } });
});

test('nothing that the program emitted holds any key that was ever issued', async () => {
  const emitted = await bench.emitted();
  expect(emitted).toContain('contoso-chat');
  const issued = bench.simulator.issuedKeys();
  expect(issued.length).toBeGreaterThan(10);
  expect(issued.filter((key) => emitted.includes(key))).toEqual([]);
});
