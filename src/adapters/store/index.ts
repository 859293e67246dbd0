import type { Kysely } from 'kysely';
import type { Log } from '../../application/ports/ambient.ts';
import type { Store } from '../../application/ports/store.ts';
import { type Address, openDatabase } from './connections.ts';
import { guardsOf } from './guards.ts';
import { effectsOf } from './effects.ts';
import { type Embedded, startEmbedded } from './embedded/startEmbedded.ts';
import { named } from './errors.ts';
import { inboxOf, waiters } from './inbox.ts';
import { type Jobs, openJobs } from './jobs.ts';
import { journalOf } from './journal.ts';
import { listen } from './listener.ts';
import { migrate, requireMigrated } from './migrate.ts';
import { outboxOf } from './outbox.ts';
import { refuseTransactionPooler } from './pooler.ts';
import { policiesOf } from './policies.ts';
import { probesOf } from './probes.ts';
import { rotationsOf } from './reads.ts';
import type { Tables } from './schema.ts';
import { defaultTiming, type StoreTiming } from './timing.ts';
import { inTransaction } from './transaction.ts';
import { startWorker, type Worker } from './worker.ts';

export { StoreRefused, StoreUnavailable } from './errors.ts';
export { type Embedded, startEmbedded } from './embedded/startEmbedded.ts';
export type { StoreTiming } from './timing.ts';

export type StoreOptions = Readonly<{
  /** A PostgreSQL server; without it an embedded one is started in `dataFolder`. */
  url?: string;
  /** The same server without the pooler that `url` leads through. */
  directUrl?: string;
  dataFolder: string;
  log: Log;
  /** Epoch ms. */
  now?: () => number;
  timing?: Partial<StoreTiming>;
  /**
   * `chat`: for a database role that may only write into the inbox and read (see `keysmith.grant_chat`).
   * The schema must be there, and neither `transaction` nor `work` can be called.
   */
  rights?: 'all' | 'chat';
}>;

/**
 * Opens the store: starts the embedded server if need be, brings the schema up to date.
 * Rejects with `StoreRefused` when the set-up is at fault, with `StoreUnavailable` when nobody answers.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { url, log } = options;
  const timing = { ...defaultTiming, ...options.timing };
  const toClose: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of toClose.splice(0).reverse()) {
      // whatever fails, e.g. because the database is gone, the rest must be let go of as well
      await step().catch((error: unknown) => {
        log.warn({ event: 'store.close.failed', error });
      });
    }
  };
  try {
    const embedded = url === undefined ? await startEmbedded(options.dataFolder, log) : null;
    if (embedded) toClose.push(() => embedded.stop());
    return await openOn(options, timing, addressesOf(options, embedded), embedded !== null, toClose, close);
  } catch (error) {
    await close();
    throw error;
  }
}

type Addresses = Readonly<{ pooled: Address; direct: Address }>;

function addressesOf({ url, directUrl }: StoreOptions, embedded: Embedded | null): Addresses {
  if (embedded) return { pooled: embedded.connection, direct: embedded.connection };
  const pooled = { connectionString: url ?? '' };
  return { pooled, direct: directUrl === undefined ? pooled : { connectionString: directUrl } };
}

async function openOn(
  { log, rights = 'all', now = Date.now }: StoreOptions,
  timing: StoreTiming,
  { pooled, direct }: Addresses,
  alone: boolean,
  toClose: (() => Promise<void>)[],
  close: () => Promise<void>,
): Promise<Store> {
  if (!alone) await refuseTransactionPooler(direct);
  const db = openDatabase(pooled, log, timing.connections).withSchema('keysmith');
  toClose.push(() => db.destroy());
  const jobs = rights === 'all' ? await openAll(direct, log, now, timing, toClose) : null;
  if (jobs === null) await requireMigrated(db);

  let worker: Worker | undefined;
  const waiting = waiters();
  const heard = { keysmith_answer: waiting.wake, keysmith_inbox: () => worker?.wakeInbox() };
  const missed = (): void => {
    waiting.wake();
    worker?.wakeInbox();
  };
  const listener = await listen(direct, heard, missed, log).catch((error: unknown) => {
    throw named(error);
  });
  toClose.push(() => listener.close());

  return {
    transaction: (work) => inTransaction(db, granted(jobs), work),
    rotations: rotationsOf(db),
    inbox: inboxOf(db, waiting, timing.answerLook),
    effects: effectsOf(db),
    journal: journalOf(db, direct, timing.lockHeartbeat),
    outbox: outboxOf(db, now),
    probes: probesOf(db),
    guards: guardsOf(db),
    policies: policiesOf(db),
    work: async (wakers) => {
      if (worker) throw new Error('this store works already');
      // the claims of whoever had this folder before: they are dead, or this one would not be open
      if (alone) await dropClaims(db);
      const settings = { db, jobs: granted(jobs), log, now, lease: timing.lease, sweepEvery: timing.sweep };
      const started = await startWorker(settings, wakers);
      worker = started;
      toClose.push(() => started.stop(timing.stop));
    },
    close,
  };
}

async function openAll(
  direct: Address,
  log: Log,
  now: () => number,
  timing: StoreTiming,
  toClose: (() => Promise<void>)[],
): Promise<Jobs> {
  const session = openDatabase(direct, log, 2);
  try {
    await migrate(session);
  } finally {
    await session.destroy();
  }
  const jobs = await openJobs(direct, log, now, timing.poll / 1000);
  toClose.push(() => jobs.close(timing.stop));
  return jobs;
}

function granted(jobs: Jobs | null): Jobs {
  if (jobs === null) throw new Error('a store with the rights of the chat side neither saves nor works');
  return jobs;
}

async function dropClaims(db: Kysely<Tables>): Promise<void> {
  await db.updateTable('effects').set({ lease_until: null }).where('done', '=', false).execute();
  await db.updateTable('outbox').set({ lease_until: 0 }).where('state', '=', 'pending').execute();
}
