import type { Log, Pause } from './ports/ambient.ts';
import type { Journal } from './ports/store.ts';

const presence = (process: string): string => `process/${process}`;

/** Between two tries to be present again after the connection of the lock was lost (ms). */
const again = 1000;

/**
 * Shows the other processes that this one lives, for as long as it does: it holds a lock of its own name.
 * Resolves when `stop` aborts.
 */
export async function stayPresent(
  journal: Pick<Journal, 'withLock'>,
  process: string,
  pause: Pause,
  log: Log,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    try {
      await journal.withLock(presence(process), (lost) => untilAborted(AbortSignal.any([lost, stop])));
    } catch (error) {
      log.warn({ event: 'presence.lost', error });
    }
    await pause(again, stop).catch(() => undefined);
  }
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Whether that process is gone: then nobody holds its lock, and what only its memory held is lost. */
export async function isGone(journal: Pick<Journal, 'withLock'>, process: string): Promise<boolean> {
  const { held } = await journal.withLock(presence(process), () => Promise.resolve());
  return held;
}
