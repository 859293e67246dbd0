import { expect, test } from '@jest/globals';
import type { Journal } from '../../../src/application/ports/store.ts';
import { isGone, stayPresent } from '../../../src/application/presence.ts';

/** Locks in memory, for the port. */
function locks(): Pick<Journal, 'withLock'> {
  const held = new Set<string>();
  return {
    withLock: async (key, work) => {
      if (held.has(key)) return { held: false };
      held.add(key);
      try {
        return { held: true, value: await work(new AbortController().signal) };
      } finally {
        held.delete(key);
      }
    },
  };
}

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const pause = () => Promise.resolve();

test('a process is there for the others until it leaves', async () => {
  const journal = locks();
  const leaving = new AbortController();
  const present = stayPresent(journal, 'one', pause, log, leaving.signal);
  expect(await isGone(journal, 'one')).toBe(false);
  expect(await isGone(journal, 'two')).toBe(true);
  leaving.abort();
  await present;
  expect(await isGone(journal, 'one')).toBe(true);
});
