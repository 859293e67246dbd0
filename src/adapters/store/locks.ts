import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Locked } from '../../application/ports/store.ts';
import { type Address, common } from './connections.ts';
import { named, StoreUnavailable } from './errors.ts';

/** Separates our keys from everybody else's advisory locks in the same database. */
const family = 7_003_461;

/**
 * Holds a session advisory lock on `key` while `work` runs, on a connection of its own to the server
 * itself. The lock is gone the moment that connection is, so `signal` aborts when it ends, breaks, or
 * doesn't answer within `heartbeat` ms.
 */
export async function withSessionLock<T>(
  direct: Address,
  key: string,
  heartbeat: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Locked<T>> {
  const client = new pg.Client({
    ...direct,
    ...common,
    application_name: 'keysmith lock',
    query_timeout: heartbeat,
  });
  const lost = new AbortController();
  const lose = (cause?: unknown): void => {
    lost.abort(new StoreUnavailable(cause ?? new Error('the connection that held the lock ended')));
  };
  client.on('error', lose);
  client.on('end', () => {
    lose();
  });
  const done = new AbortController();
  try {
    if (!(await take(client, key))) return { held: false };
    void watch(client, heartbeat, done.signal).catch(lose);
    return { held: true, value: await work(lost.signal) };
  } finally {
    done.abort();
    // free when this returns; if the server can't be told any more, the end of the session frees it
    if (!lost.signal.aborted) await client.query('select pg_advisory_unlock_all()').catch(() => undefined);
    client.end().catch(() => undefined);
  }
}

async function take(client: pg.Client, key: string): Promise<boolean> {
  try {
    await client.connect();
    // the server, too, must notice soon that a silent holder is gone; without effect on Unix sockets
    await client.query(
      'set tcp_keepalives_idle = 5; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 3',
    );
    const { rows } = await client.query<{ held: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, $2)) as held',
      [key, family],
    );
    return rows[0]?.held === true;
  } catch (error) {
    throw named(error);
  }
}

/** A connection can die without a word, e.g. in a network that swallows packets: ask it again and again. */
async function watch(client: pg.Client, heartbeat: number, done: AbortSignal): Promise<void> {
  for (;;) {
    const ended = await wait(heartbeat, false, { signal: done, ref: false }).catch(() => true);
    if (ended) return;
    await client.query('select');
  }
}
