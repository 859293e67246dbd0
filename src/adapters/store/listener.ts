import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../../application/ports/ambient.ts';
import { type Address, common } from './connections.ts';

/** A connection that hears notifications, and comes back after it was lost. */
export type Listener = Readonly<{ close(): Promise<void> }>;

const retryAfter = 500;
const askEvery = 10_000;

/**
 * LISTENs on `channels` over a direct connection. Notifications sent while it was lost are gone, so
 * `onGap` is called after every reconnection. Rejects when the first connection can't be made.
 */
export async function listen(
  direct: Address,
  channels: Readonly<Record<string, (payload: string) => void>>,
  onGap: () => void,
  log: Log,
): Promise<Listener> {
  const closed = new AbortController();
  const isClosed = (): boolean => closed.signal.aborted;
  let client = await connect();
  let reconnecting: Promise<void> = Promise.resolve();

  async function connect(): Promise<pg.Client> {
    const next = new pg.Client({
      ...direct,
      ...common,
      application_name: 'keysmith listener',
      query_timeout: 5_000,
    });
    next.on('error', () => undefined);
    next.on('notification', ({ channel, payload }) => channels[channel]?.(payload ?? ''));
    try {
      await next.connect();
      for (const channel of Object.keys(channels)) await next.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      await next.end().catch(() => undefined);
      throw error;
    }
    next.once('end', () => {
      if (!isClosed()) reconnecting = reconnect();
    });
    void keepAsking(next);
    return next;
  }

  async function reconnect(): Promise<void> {
    log.warn({ event: 'database.listener.lost' });
    while (!isClosed()) {
      await wait(retryAfter, undefined, { signal: closed.signal }).catch(() => undefined);
      if (isClosed()) return;
      try {
        client = await connect();
        log.info({ event: 'database.listener.back' });
        onGap();
        return;
      } catch {
        // tried again after the wait, and said once above
      }
    }
  }

  /** A connection that died without a word is ended here, which brings the next one. */
  async function keepAsking(current: pg.Client): Promise<void> {
    try {
      for (;;) {
        await wait(askEvery, undefined, { signal: closed.signal, ref: false });
        await current.query('select');
      }
    } catch {
      if (!isClosed()) await current.end().catch(() => undefined);
    }
  }

  return {
    close: async () => {
      closed.abort();
      await reconnecting;
      // says goodbye, but doesn't wait for an answer that may never come
      await Promise.race([client.end().catch(() => undefined), wait(1_000, undefined, { ref: false })]);
    },
  };
}
