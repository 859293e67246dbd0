import { describe, expect, test } from '@jest/globals';
import type { Journal, JournalRow } from '../../../src/application/ports/store.ts';
import { type Call, sendOnce } from '../../../src/application/sendOnce.ts';
import type { Tools } from '../../../src/application/step.ts';
import type { Fault, FaultKind } from '../../../src/domain/faults.ts';
import { parseRotationId } from '../../../src/domain/ids.ts';
import { err, ok, type Result } from '../../../src/domain/result.ts';

const id = parseRotationId('R-7K3FQ2');
if (!id.ok) throw new Error('bad fixture');
const rotation = id.value;
const fault = (kind: FaultKind): Fault => ({ kind, says: kind, remedy: '' });

/** A journal in memory, for the port; a clock that only moves when somebody waits. */
function workshop() {
  const rows = new Map<string, JournalRow>();
  const waits: number[] = [];
  let now = 1000;
  const journal: Pick<Journal, 'find' | 'start' | 'finish' | 'withdraw'> = {
    find: (call) => Promise.resolve(rows.get(call) ?? null),
    start: (call, _rotation, before, startedAt) => {
      rows.set(call, { call, state: 'started', before, startedAt, sends: (rows.get(call)?.sends ?? 0) + 1 });
      return Promise.resolve();
    },
    finish: (call, after, found) => {
      const row = rows.get(call);
      if (row) rows.set(call, { ...row, state: 'done', after, found });
      return Promise.resolve();
    },
    withdraw: (call) => {
      rows.delete(call);
      return Promise.resolve();
    },
  };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const tools = {
    journal,
    log,
    clock: { now: () => now },
    pause: (ms: number) => {
      waits.push(ms);
      now += ms;
      return Promise.resolve();
    },
    timing: { timeout: 10_000, margin: 5000, settleWindow: 8000, settleLooks: 3 },
  } as unknown as Tools;
  return { rows, waits, tools, at: () => now };
}

/** A world of one number that a call increments; `script` says how each send ends. */
function counter(script: readonly ('answered' | 'lostAfter' | 'lostBefore' | FaultKind)[], lag = 0) {
  const world = { value: 0, sends: 0, looks: 0, shown: [] as number[] };
  const call: Call<number, number, number> = {
    name: 'R-7K3FQ2/count/1',
    rotation,
    look: () => {
      world.looks += 1;
      const stale = world.looks <= lag + 1 && world.sends > 0 ? 0 : world.value;
      return Promise.resolve(ok(stale));
    },
    before: (seen) => ok(seen),
    compare: (before, seen) =>
      seen === before
        ? { is: 'absent' }
        : seen === before + 1
          ? { is: 'happened', after: seen }
          : { is: 'strange', fault: fault('drifted') },
    send: (): Promise<Result<number, Fault>> => {
      const end = script[world.sends] ?? 'answered';
      world.sends += 1;
      if (end === 'answered' || end === 'lostAfter') world.value += 1;
      return Promise.resolve(
        end === 'answered'
          ? ok(world.value)
          : err(fault(end === 'lostAfter' || end === 'lostBefore' ? 'unknownOutcome' : end)),
      );
    },
  };
  return { world, call };
}

const live = new AbortController().signal;

describe('a call that must not happen twice', () => {
  test('is sent once and written down as answered', async () => {
    const { tools, rows } = workshop();
    const { world, call } = counter(['answered']);
    expect(await sendOnce(tools, call, live)).toEqual(ok({ after: 1, found: 'answered' }));
    expect(world.sends).toBe(1);
    expect(rows.get(call.name)).toMatchObject({ state: 'done', before: 0, after: 1 });
  });

  test('whose answer was lost is adopted after a look, and not sent again', async () => {
    const { tools } = workshop();
    const { world, call } = counter(['lostAfter']);
    expect(await sendOnce(tools, call, live)).toEqual(ok({ after: 1, found: 'adopted' }));
    expect(world).toMatchObject({ sends: 1, value: 1 });
  });

  test('whose request was lost is sent again only after several equal looks over the settle window', async () => {
    const { tools, waits } = workshop();
    const { world, call } = counter(['lostBefore', 'answered']);
    expect(await sendOnce(tools, call, live)).toEqual(ok({ after: 1, found: 'answered' }));
    expect(world).toMatchObject({ sends: 2, value: 1, looks: 4 });
    expect(waits).toEqual([15_000, 4000, 4000]);
  });

  test('is not sent again while a list lags behind its effect', async () => {
    const { tools } = workshop();
    const { world, call } = counter(['lostAfter'], 2);
    expect(await sendOnce(tools, call, live)).toEqual(ok({ after: 1, found: 'adopted' }));
    expect(world).toMatchObject({ sends: 1, value: 1 });
  });

  test('that another process began is not looked at before its time-out and margin have passed', async () => {
    const { tools, rows, waits } = workshop();
    const { world, call } = counter([]);
    rows.set(call.name, { call: call.name, state: 'started', before: 0, startedAt: 1000, sends: 1 });
    world.value = 1;
    expect(await sendOnce(tools, call, live)).toEqual(ok({ after: 1, found: 'adopted' }));
    expect(waits).toEqual([15_000]);
    expect(world.sends).toBe(0);
  });

  test('that was finished before is answered from the journal without a look', async () => {
    const { tools } = workshop();
    const { world, call } = counter([]);
    await sendOnce(tools, call, live);
    const looks = world.looks;
    expect(await sendOnce(tools, call, live)).toEqual(ok({ after: 1, found: 'answered' }));
    expect(world).toMatchObject({ sends: 1, looks });
  });

  test.each(['denied', 'throttled', 'conflict', 'unreachable', 'refused'] as const)(
    'that was %s leaves nothing behind in the journal',
    async (kind) => {
      const { tools, rows } = workshop();
      const { world, call } = counter([kind]);
      expect(await sendOnce(tools, call, live)).toEqual(err(fault(kind)));
      expect(rows.size).toBe(0);
      expect(world.sends).toBe(1);
    },
  );

  test('that never lands is given up after a few sends, and can be retried', async () => {
    const { tools } = workshop();
    const { world, call } = counter(['lostBefore', 'lostBefore', 'lostBefore', 'answered']);
    const first = await sendOnce(tools, call, live);
    expect(first).toMatchObject({ ok: false, error: { kind: 'unknownOutcome' } });
    expect(world.sends).toBe(3);
    expect(await sendOnce(tools, call, live)).toEqual(ok({ after: 1, found: 'answered' }));
  });

  test('that finds something else than its own effect halts instead of guessing', async () => {
    const { tools, rows } = workshop();
    const { world, call } = counter([]);
    rows.set(call.name, { call: call.name, state: 'started', before: 0, startedAt: 0, sends: 1 });
    world.value = 7;
    expect(await sendOnce(tools, call, live)).toEqual(err(fault('drifted')));
    expect(world.sends).toBe(0);
  });

  test.each([
    ['and is sent after a look when nobody did it meanwhile', 0, 'answered', 1],
    ['and is adopted when somebody did', 1, 'adopted', 0],
  ] as const)(
    'is not sent by a process that stood still after the intent, %s',
    async (_what, meanwhile, found, sends) => {
      const { tools } = workshop();
      const { world, call } = counter([]);
      let frozen = false;
      const start: Journal['start'] = async (...intent) => {
        await tools.journal.start(...intent);
        if (frozen) return;
        frozen = true;
        await tools.pause(60_000, live);
        world.value += meanwhile;
      };
      const slow = { ...tools, journal: { ...tools.journal, start } };
      expect(await sendOnce(slow, call, live)).toEqual(ok({ after: 1, found }));
      expect(world.sends).toBe(sends);
    },
  );

  test('is not sent when its lock was lost between the intent and the send', async () => {
    const { tools } = workshop();
    const { world, call } = counter([]);
    const lock = new AbortController();
    const start = (): Promise<void> => {
      lock.abort(new Error('lock lost'));
      return Promise.resolve();
    };
    const losing = { ...tools, journal: { ...tools.journal, start } };
    await expect(sendOnce(losing as unknown as Tools, call, lock.signal)).rejects.toThrow('lock lost');
    expect(world.sends).toBe(0);
  });
});
