import { expect, test } from '@jest/globals';
import { bo, chen } from './bench.ts';
import { disturbed } from './disturbedBench.ts';

const at = disturbed();

test.each(['lostAfter', 'partialBody'] as const)(
  'with the answer of each regenerateKey lost (%s) there are exactly two regenerations',
  async (fault) => {
    at.lose(fault, 2);
    const done = await at.bench.finish(await at.bench.rotate('contoso-chat'));
    expect(at.regenerations()).toHaveLength(2);
    expect(done.remarks.filter((remark) => remark.includes('was lost'))).toHaveLength(2);
    at.noFailedCall();
  },
  60_000,
);

test('a request that was lost on its way is sent again, once', async () => {
  at.lose('lostBefore');
  await at.bench.finish(await at.bench.rotate('contoso-chat'));
  expect(at.regenerations()).toHaveLength(2);
  at.noFailedCall();
}, 60_000);

test('a request that lands while we are looking is adopted', async () => {
  at.lose({ landsLate: 1200 });
  const done = await at.bench.finish(await at.bench.rotate('contoso-chat'));
  expect(at.regenerations()).toHaveLength(2);
  expect(done.remarks.join()).toContain('was lost');
  at.noFailedCall();
}, 60_000);

test.each([2600, 3200])(
  'a request that lands %d ms late, after it was given up, never gives a consumer a dead value',
  async (ms) => {
    // It takes this long to prove the second value, so the first request lands in the middle of that.
    at.bench.simulator.timing.newKeyDelay = 2500;
    const given: boolean[] = [];
    const deaf = at.bench.simulator.onEffect(({ kind, secret }) => {
      if (kind !== 'setSecret' || secret === undefined) return;
      const { key1, key2 } = at.bench.simulator.currentKeys('contoso-chat');
      const value = at.bench.simulator.currentSecret('contoso-apps', secret)?.value;
      given.push(value === key1 || value === key2);
    });
    at.lose({ landsLate: ms });
    const id = await at.bench.rotate('contoso-chat');
    await at.bench.until(id, 'awaitingApproval', 'approveFirst');
    await at.bench.approve(id, bo, chen);
    const halted = await at.bench.until(id, 'halted');
    expect(['drifted', 'notProved']).toContain(halted.phase.fault.kind);
    expect(given).toEqual([]);
    await at.bench.say(bo, { say: 'retry', rotation: id, stage: halted.phase.stage });
    await at.bench.until(id, 'awaitingApproval', 'approveSecond');
    await at.bench.approve(id, bo, chen);
    const done = await at.bench.until(id, 'completed');
    deaf();
    expect(at.regenerations()).toHaveLength(3);
    expect(done.remarks.join()).toContain('had changed again');
    expect(given).toEqual([true, true]);
    at.noFailedCall();
  },
  60_000,
);

test('nothing that the program emitted in all this holds any key that was ever issued', async () => {
  expect(await at.leaked()).toEqual([]);
});
