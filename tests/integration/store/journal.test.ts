import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openStore } from '../../../src/adapters/store/index.ts';
import type { Store } from '../../../src/application/ports/store.ts';
import { openTestStore, silent, soon, type TestStore } from '../../support/database.ts';
import { relayTo } from './relay.ts';
import { newId } from './rotations.ts';
import { spawned } from './spawned.ts';

let opened: TestStore;
let other: Store;
beforeAll(async () => {
  opened = await openTestStore();
  other = await openStore({ url: opened.url, dataFolder: '', log: silent, timing: soon });
}, 60_000);
afterAll(() => other.close());

const aborted = (signal: AbortSignal): Promise<unknown> =>
  new Promise((settle) => {
    if (signal.aborted) settle(signal.reason);
    else signal.addEventListener('abort', () => settle(signal.reason));
  });

/** The lock may take a moment to be free after its holder is gone. */
async function eventuallyHeld(store: Store, key: string): Promise<void> {
  for (;;) if ((await store.journal.withLock(key, () => Promise.resolve())).held) return;
}

describe('the lock on an effect', () => {
  test('is held by one worker at a time, per effect, and free again afterwards', async () => {
    const [mine, theirs] = [opened.store.journal, other.journal];
    const inside = await mine.withLock('e/1', async () => [
      await theirs.withLock('e/1', () => Promise.resolve('never')),
      await theirs.withLock('e/2', () => Promise.resolve('another effect')),
    ]);
    expect(inside).toEqual({ held: true, value: [{ held: false }, { held: true, value: 'another effect' }] });
    expect(await theirs.withLock('e/1', () => Promise.resolve('now'))).toEqual({ held: true, value: 'now' });
  });

  test('is free again when the work throws', async () => {
    const failing = opened.store.journal.withLock('e/3', () => Promise.reject(new Error('broke')));
    await expect(failing).rejects.toThrow('broke');
    await eventuallyHeld(other, 'e/3');
  });

  test('is held against another process, until that is killed', async () => {
    const { says, kill } = await spawned(['lock', opened.url]);
    try {
      expect(says).toEqual({ held: true });
      expect(await opened.store.journal.withLock('k', () => Promise.resolve())).toEqual({ held: false });
    } finally {
      await kill();
    }
    await eventuallyHeld(opened.store, 'k');
  });

  test('tells the work when its connection is killed in the middle, and is free for others', async () => {
    const { value } = (await opened.store.journal.withLock('e/4', async (signal) => {
      await opened.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'keysmith lock' and datname = current_database()`,
      );
      const reason = await aborted(signal);
      await eventuallyHeld(other, 'e/4');
      return reason;
    })) as { value: unknown };
    expect(value).toMatchObject({ name: 'StoreUnavailable' });
  });

  test('tells the work when its connection falls silent', async () => {
    const relay = await relayTo(opened.url);
    const far = await openStore({ url: relay.url, dataFolder: '', log: silent, timing: soon });
    try {
      const began = performance.now();
      const locked = await far.journal.withLock('e/5', (signal) => {
        relay.freeze();
        return aborted(signal);
      });
      expect(locked).toMatchObject({ held: true, value: { name: 'StoreUnavailable' } });
      // one heartbeat until it is asked, one until the answer is overdue
      expect(performance.now() - began).toBeLessThan(4 * soon.lockHeartbeat);
    } finally {
      await relay.close();
      await far.close();
    }
  });
});

describe('the journal', () => {
  const fault = { kind: 'denied', says: 'No.', remedy: 'Ask.' } as const;

  test('keeps the intent, counts what was sent, and keeps the outcome', async () => {
    const { journal } = opened.store;
    const [call, rotation] = [newId(), newId()];
    expect(await journal.find(call)).toBeNull();
    await journal.start(call, rotation, { Key1: 'a' }, 1);
    await journal.start(call, rotation, { Key1: 'a' }, 2);
    expect(await journal.find(call)).toEqual({
      call,
      state: 'started',
      before: { Key1: 'a' },
      startedAt: 2,
      sends: 2,
    });
    await journal.finish(call, { Key1: 'b' }, 'adopted', 3);
    expect(await journal.find(call)).toMatchObject({ state: 'done', after: { Key1: 'b' }, found: 'adopted' });
    await expect(journal.start(call, rotation, {}, 4)).rejects.toThrow('must not be sent again');
  });

  test('takes back an intent that came to nothing, and does not count it', async () => {
    const { journal } = opened.store;
    const [call, rotation] = [newId(), newId()];
    await journal.start(call, rotation, {}, 1);
    await journal.withdraw(call, fault, 2);
    expect(await journal.find(call)).toBeNull();
    await journal.start(call, rotation, {}, 3);
    expect(await journal.find(call)).toMatchObject({ sends: 1, startedAt: 3 });
    await expect(journal.finish(newId(), {}, 'answered', 4)).rejects.toThrow('was not started');
  });
});
