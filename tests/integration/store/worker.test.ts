import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openStore } from '../../../src/adapters/store/index.ts';
import type { Store, Wakers } from '../../../src/application/ports/store.ts';
import type { EffectKey } from '../../../src/domain/ids.ts';
import type { ApiKeysRotation } from '../../../src/domain/apiKeys/rotation.ts';
import { openTestStore, silent, soon, type TestStore } from '../../support/database.ts';
import { ada, anEffect, anEvent, aRotation } from './rotations.ts';

let opened: TestStore;
beforeEach(async () => {
  opened = await openTestStore();
}, 60_000);
afterEach(() => opened.close());

const idle: Wakers = {
  inbox: () => Promise.resolve(),
  effect: () => Promise.resolve(null),
  rotation: () => Promise.resolve(),
  outbox: () => Promise.resolve(null),
};

const begin = (rotation: ApiKeysRotation, store: Store = opened.store): Promise<void> =>
  store.transaction(async (tx) => {
    await tx.insertRotation(rotation, 's', anEvent());
    await tx.addEffects([anEffect(rotation)]);
  });

/** Resolves with what `calls` recorded once there are `n` of it. */
function recorder<T>(): Readonly<{
  calls: T[];
  add(call: T): void;
  reached(n: number): Promise<readonly T[]>;
}> {
  const calls: T[] = [];
  let changed = (): void => undefined;
  return {
    calls,
    add: (call) => {
      calls.push(call);
      changed();
    },
    reached: async (n) => {
      while (calls.length < n) await new Promise<void>((settle) => (changed = settle));
      return calls;
    },
  };
}

describe('a committed effect', () => {
  test('is begun a few milliseconds after its commit', async () => {
    const begun = recorder<number>();
    await opened.store.work({
      ...idle,
      effect: () => {
        begun.add(performance.now());
        return Promise.resolve(null);
      },
    });
    const delays: number[] = [];
    for (let n = 1; n <= 15; n++) {
      await begin(aRotation());
      const committed = performance.now();
      const at = (await begun.reached(n))[n - 1] ?? Infinity;
      delays.push(at - committed);
    }
    const median = delays.sort((a, b) => a - b)[7] ?? Infinity;
    // single milliseconds on an idle machine; without its notification a job would wait for the poll of 500
    expect(median).toBeLessThan(150);
  });

  test('does not wait for the effect of another rotation', async () => {
    const begun = recorder<string>();
    let release = (): void => undefined;
    const held = new Promise<void>((settle) => (release = settle));
    await opened.store.work({
      ...idle,
      effect: async (key) => {
        begun.add(key);
        await held;
        return null;
      },
    });
    for (let n = 0; n < 5; n++) await begin(aRotation());
    expect(new Set(await begun.reached(5)).size).toBe(5);
    release();
  });

  test('comes back at the time that its waker gave, until that gives none', async () => {
    const tries = recorder<number>();
    const rotation = aRotation();
    await opened.store.work({
      ...idle,
      effect: () => {
        tries.add(Date.now());
        return Promise.resolve(tries.calls.length < 3 ? Date.now() + 400 : null);
      },
    });
    await begin(rotation);
    const [first = 0, , third = 0] = await tries.reached(3);
    expect(third - first).toBeGreaterThanOrEqual(800);
  });

  test('is tried again, later each time, when its waker throws', async () => {
    const tries = recorder<number>();
    await opened.store.work({
      ...idle,
      effect: () => {
        tries.add(performance.now());
        return tries.calls.length < 3 ? Promise.reject(new Error('broke')) : Promise.resolve(null);
      },
    });
    await begin(aRotation());
    const [first = 0, second = 0, third = 0] = await tries.reached(3);
    expect(second - first).toBeGreaterThanOrEqual(900);
    expect(third - second).toBeGreaterThan(second - first);
  });

  test('with a time of its own is not begun before it', async () => {
    const begun = recorder<number>();
    const due = Date.now() + 700;
    await opened.store.work({
      ...idle,
      effect: () => {
        begun.add(Date.now());
        return Promise.resolve(null);
      },
    });
    const rotation = aRotation();
    await opened.store.transaction(async (tx) => {
      await tx.insertRotation(rotation, 's', anEvent());
      await tx.addEffects([anEffect(rotation, 1, due)]);
    });
    expect((await begun.reached(1))[0]).toBeGreaterThanOrEqual(due);
  });
});

test('the sweep sends every kind of job again that was lost', async () => {
  const rotation = aRotation();
  await opened.store.transaction(async (tx) => {
    await tx.insertRotation(rotation, 's', anEvent());
    await tx.addEffects([anEffect(rotation)]);
    await tx.saveRotation(rotation, anEvent('stepDone'), Date.now() - 10_000);
  });
  await opened.pool.query('delete from pgboss.job');
  const woken = recorder<string>();
  const wakers: Wakers = {
    ...idle,
    effect: (key) => {
      woken.add(key);
      return Promise.resolve(null);
    },
    rotation: async (id) => {
      woken.add(id);
      await opened.store.transaction(async (tx) => {
        await tx.lockRotation(id);
        await tx.saveRotation(rotation, null, null);
      });
    },
    outbox: async (lane) => {
      woken.add(lane);
      for (let row = await opened.store.outbox.next(lane, Date.now(), 1_000); row !== null;) {
        await opened.store.outbox.sent(row.id, null);
        row = await opened.store.outbox.next(lane, Date.now(), 1_000);
      }
      return null;
    },
  };
  await opened.store.work(wakers);
  const lane = `place:${rotation.request.place.conversation}`;
  expect([...(await woken.reached(3))].sort()).toEqual([anEffect(rotation).key, lane, rotation.id].sort());
});

test('an effect whose worker died is taken over when its claim has ended, and not before', async () => {
  const rotation = aRotation();
  await begin(rotation);
  const { key } = anEffect(rotation);
  await opened.pool.query(`update keysmith.effects set lease_until = now() + interval '1500 ms'`);
  const begun = recorder<number>();
  const began = performance.now();
  await opened.store.work({
    ...idle,
    effect: () => {
      begun.add(performance.now() - began);
      return Promise.resolve(null);
    },
  });
  const [waited = 0] = await begun.reached(1);
  expect(waited).toBeGreaterThan(1_000);
  expect(waited).toBeLessThan(6_000);
  expect(key).toContain(rotation.id);
});

test('a claim is renewed while its effect runs, so no second worker begins it', async () => {
  const other = await openStore({ url: opened.url, dataFolder: '', log: silent, timing: soon });
  try {
    const begun = recorder<EffectKey>();
    let release = (): void => undefined;
    const held = new Promise<void>((settle) => (release = settle));
    const wakers: Wakers = {
      ...idle,
      effect: async (key) => {
        begun.add(key);
        await held;
        return null;
      },
    };
    await opened.store.work(wakers);
    await other.work(wakers);
    const rotation = aRotation();
    await begin(rotation);
    await begun.reached(1);
    // twice the lease, and a handful of sweeps
    await new Promise((settle) => setTimeout(settle, 2 * soon.lease));
    expect(begun.calls).toHaveLength(1);
    release();
  } finally {
    await other.close();
  }
});

describe('the inbox', () => {
  const post = (n: number): Promise<unknown> =>
    opened.store.inbox.post(`19:x/${n}`, ada, { say: 'cancel', rotation: aRotation().id }, n);

  /** Answers every waiting row, in order, as the application does. */
  const answering =
    (store: Store, heard: (activity: string) => void): (() => Promise<void>) =>
    async () => {
      for (const row of await store.inbox.waiting(100)) {
        await store.transaction(async (tx) => {
          if (!(await tx.claimInbox(row.id))) return;
          // the first one takes long: nobody may overtake it
          if (row.activity === '19:x/0') await new Promise((settle) => setTimeout(settle, 300));
          heard(row.activity);
          await tx.answerInbox(row.id, { answer: 'noSuchRotation' });
        });
      }
    };

  test('is heard at once and in order, by two workers in turns, each row once', async () => {
    const other = await openStore({ url: opened.url, dataFolder: '', log: silent, timing: soon });
    try {
      const heard = recorder<string>();
      await opened.store.work({ ...idle, inbox: answering(opened.store, heard.add) });
      await other.work({ ...idle, inbox: answering(other, heard.add) });
      const activities = Array.from({ length: 20 }, (_, n) => `19:x/${n}`);
      for (let n = 0; n < 20; n++) await post(n);
      expect(await heard.reached(20)).toEqual(activities);
    } finally {
      await other.close();
    }
  });

  test('is heard by the next worker when none was there', async () => {
    await post(1);
    const heard = recorder<string>();
    await opened.store.work({ ...idle, inbox: answering(opened.store, heard.add) });
    expect(await heard.reached(1)).toEqual(['19:x/1']);
  });
});
