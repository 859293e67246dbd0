import { setTimeout as wait } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Log } from '../../application/ports/ambient.ts';
import type { Wakers } from '../../application/ports/store.ts';
import type { RotationId } from '../../domain/ids.ts';
import { type Claim, claimEffect, releaseEffect, renewEffect } from './effects.ts';
import type { Jobs, Queue } from './jobs.ts';
import { oneAtATime } from './oneAtATime.ts';
import type { Tables } from './schema.ts';
import { sweep } from './sweep.ts';

export type WorkerSettings = Readonly<{
  db: Kysely<Tables>;
  jobs: Jobs;
  log: Log;
  now: () => number;
  /** ms that an effect stays with a worker that doesn't renew its claim. */
  lease: number;
  /** ms between two looks for rows whose job was lost. */
  sweepEvery: number;
}>;

export interface Worker {
  /** Something may be in the inbox. */
  wakeInbox(): void;
  /** Takes nothing new, and resolves when what was begun is done, or after `withinMs`. */
  stop(withinMs: number): Promise<void>;
}

/** The longest pause after a waker threw, and throws again (ms). */
const mostBackoff = 60_000;

/** Connects jobs, notifications and the sweep to the wakers. Nothing that a waker throws ends it. */
export async function startWorker(settings: WorkerSettings, wakers: Wakers): Promise<Worker> {
  const { db, jobs, log, now } = settings;
  const failures = new Map<string, Readonly<{ times: number; until: number }>>();
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;

  const runners = {
    effect: oneAtATime((id) => guarded('effect', id, () => runEffect(settings, wakers, id))),
    rotation: oneAtATime((id) => guarded('rotation', id, () => wakers.rotation(id as RotationId))),
    outbox: oneAtATime((lane) =>
      guarded('outbox', lane, async () => {
        const comeBack = await wakers.outbox(lane);
        if (comeBack !== null)
          await jobs.send([{ queue: 'outbox', id: lane, at: notBefore(now(), comeBack) }]);
      }),
    ),
  } satisfies Record<Queue, unknown>;
  const inbox = oneAtATime(() => guarded('inbox', '', () => takeTurns(db, () => wakers.inbox())));

  async function guarded(queue: Queue | 'inbox', id: string, run: () => Promise<void>): Promise<void> {
    const name = `${queue} ${id}`;
    try {
      await run();
      failures.delete(name);
    } catch (error) {
      const times = (failures.get(name)?.times ?? 0) + 1;
      const pause = Math.min(mostBackoff, 500 * 2 ** Math.min(times, 16));
      failures.set(name, { times, until: now() + pause });
      log.error({ event: 'worker.failed', queue, id, times, pause, error });
      // when this fails too, the sweep is there
      if (queue !== 'inbox') await jobs.send([{ queue, id, at: now() + pause }]).catch(() => undefined);
    }
  }

  const mayRun = (queue: Queue | 'inbox', id: string): boolean =>
    (failures.get(`${queue} ${id}`)?.until ?? 0) <= now() &&
    (queue === 'inbox' || !runners[queue].isRunning(id));

  const wakeInbox = (): void => {
    if (!isStopping()) void inbox.run('');
  };

  for (const queue of Object.keys(runners) as Queue[]) {
    // a job that comes while we stop is let go: its row stays, for whoever works next
    await jobs.work(queue, async (id) => {
      if (!isStopping()) await runners[queue].run(id);
    });
  }
  const sweeping = keepSweeping();
  wakeInbox();

  async function keepSweeping(): Promise<void> {
    while (!isStopping()) {
      await wait(settings.sweepEvery, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (isStopping()) return;
      try {
        await sweep(settings, mayRun, wakeInbox);
      } catch (error) {
        log.warn({ event: 'sweep.failed', error });
      }
    }
  }

  return {
    wakeInbox,
    stop: async (withinMs) => {
      stopping.abort();
      const idle = [inbox, ...Object.values(runners)].map((runner) => runner.idle());
      const limit = new AbortController();
      await Promise.race([
        Promise.all([sweeping, ...idle]),
        wait(withinMs, undefined, { signal: limit.signal }).catch(() => undefined),
      ]);
      limit.abort();
    },
  };
}

/** Carries out an effect under a claim that is renewed until the waker returns. */
async function runEffect(
  { db, jobs, log, now, lease }: WorkerSettings,
  wakers: Wakers,
  key: string,
): Promise<void> {
  const claim = await claimEffect(db, key, now(), lease);
  if (claim === null) return;
  let heldUntil = performance.now() + lease;
  const renewing = setInterval(() => {
    const until = performance.now() + lease;
    renewEffect(db, claim, lease).then(
      () => {
        heldUntil = until;
      },
      (error: unknown) => {
        log.warn({ event: 'effect.notRenewed', key, error });
      },
    );
  }, lease / 3);
  let comeBack: number | null;
  try {
    comeBack = await wakers.effect(claim.key);
  } catch (error) {
    await letGo(db, claim, now(), heldUntil).catch(() => undefined);
    throw error;
  } finally {
    clearInterval(renewing);
  }
  const at = comeBack === null ? null : notBefore(now(), comeBack);
  await letGo(db, claim, at, heldUntil);
  if (at !== null) await jobs.send([{ queue: 'effect', id: key, at }]);
}

/** Between two tries to let go of a claim (ms). */
const retryAfter = 500;

/**
 * Lets go of a claim: else it would hold, also against ourselves, until its lease ends. When the database
 * is away this is tried again for as long as the claim is certainly ours (`heldUntil`, by performance.now).
 */
async function letGo(
  db: Kysely<Tables>,
  claim: Claim,
  comeBack: number | null,
  heldUntil: number,
): Promise<void> {
  for (;;) {
    try {
      await releaseEffect(db, claim, comeBack);
      return;
    } catch (error) {
      if (performance.now() + 2 * retryAfter > heldUntil) throw error;
      await wait(retryAfter);
    }
  }
}

/** "Come back at once" would turn a waker that waits for something into a spinning one. */
const notBefore = (now: number, at: number): number => Math.max(at, now + 50);

/** One worker at a time goes through the inbox, whatever process it is in: the order of its rows is theirs. */
async function takeTurns(db: Kysely<Tables>, work: () => Promise<void>): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`set local lock_timeout = '20s'`.execute(trx);
    await sql`select pg_advisory_xact_lock(7003464)`.execute(trx);
    await work();
  });
}
