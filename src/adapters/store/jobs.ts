import type { Transaction } from 'kysely';
import { fromKysely, type Job, PgBoss } from 'pg-boss';
import type { Log } from '../../application/ports/ambient.ts';
import type { Address } from './connections.ts';
import { StoreUnavailable, named } from './errors.ts';
import { plain } from './json.ts';
import type { Tables } from './schema.ts';

/** What a job wakes, and how many of each one process wakes at a time. The inbox has a trigger and needs no job. */
export const queues = { effect: 24, rotation: 4, outbox: 8 } as const;
export type Queue = keyof typeof queues;

/** A job: what is to be looked at, and when (epoch ms by our clock). It decides nothing. */
export type WakeUp = Readonly<{ queue: Queue; id: string; at: number }>;

export interface Jobs {
  /** Sends wake-ups, in the transaction when there is one. */
  send(wakeUps: readonly WakeUp[], trx?: Transaction<Tables>): Promise<void>;
  /** Whether a job for it lies ready to be taken. */
  isQueued(queue: Queue, id: string): Promise<boolean>;
  /** Calls `handle` for every job of the queue from now on. It must not throw. */
  work(queue: Queue, handle: (id: string) => Promise<void>): Promise<void>;
  close(withinMs: number): Promise<void>;
}

type Data = Readonly<{ id: string }>;

/** @param poll seconds between two looks at the queues; timers are that late at most */
export async function openJobs(address: Address, log: Log, now: () => number, poll: number): Promise<Jobs> {
  const boss = new PgBoss({
    ...address,
    application_name: 'keysmith jobs',
    useListenNotify: true,
    schedule: false,
    registerInstance: false,
    monitorVacuum: false,
    openTelemetry: { enabled: false },
  });
  boss.on(
    'error',
    sparingly((error) => log.warn({ event: 'jobs.error', name: error.name, says: error.message })),
  );
  boss.on('warning', ({ message }) => log.warn({ event: 'jobs.warning', says: message }));
  try {
    await boss.start();
    for (const queue of Object.keys(queues)) await boss.createQueue(queue, settings);
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => undefined);
    throw named(error);
  }
  return {
    send: async (wakeUps, trx) => {
      for (const queue of Object.keys(queues) as Queue[]) {
        const jobs = wakeUps
          .filter((wakeUp) => wakeUp.queue === queue)
          .map(({ id, at }) => ({ data: { id }, singletonKey: plain(id), ...startAfter(at - now()) }));
        if (jobs.length === 0) continue;
        if (trx) await boss.insert(queue, jobs, { db: fromKysely(trx) });
        else await reaching(() => boss.insert(queue, jobs));
      }
    },
    isQueued: async (queue, id) => {
      const jobs = await reaching(() => boss.findJobs(queue, { key: plain(id), queued: true }));
      return jobs.some(({ startAfter }) => startAfter.getTime() <= Date.now());
    },
    work: async (queue, handle) => {
      const polling = { pollingIntervalSeconds: poll, notifyPollingIntervalSeconds: poll };
      const options = { ...polling, batchSize: 1, localConcurrency: queues[queue] };
      await boss.work(queue, options, async (batch: Job<Data>[]) => {
        for (const { data } of batch) await handle(data.id);
      });
    },
    close: (withinMs) => boss.stop({ graceful: true, timeout: withinMs }),
  };
}

/**
 * The rows know what is to be done, so a job is never retried, and a dead worker's job may lie about:
 * the sweep sends a new one. Kept for an hour after its end, for whoever looks into the database.
 */
const settings = {
  notify: true,
  retryLimit: 0,
  expireInSeconds: 3_600,
  deleteAfterSeconds: 3_600,
  // the default of 14 days would drop the timers of a long rotation unfired
  retentionSeconds: 365 * 24 * 3_600,
};

/** Nothing for what is due; else by the clock of this machine, whatever clock of ours the time came from. */
const startAfter = (inMs: number): { startAfter?: Date } =>
  inMs <= 0 ? {} : { startAfter: new Date(Date.now() + inMs) };

async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof StoreUnavailable ? error : named(error);
  }
}

/** While the database is away, twenty workers say so every second: once in ten seconds is enough. */
function sparingly(say: (error: Error) => void): (error: Error) => void {
  let last = -Infinity;
  return (error) => {
    if (performance.now() - last < 10_000) return;
    last = performance.now();
    say(error);
  };
}
