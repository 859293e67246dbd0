import pg from 'pg';
import { type Address, common } from './connections.ts';
import { named, StoreRefused } from './errors.ts';

/**
 * Refuses a pooler that hands out a server connection per transaction: session locks, which keep two
 * workers from sending one call twice, silently don't hold there. Two clients look at which server
 * process answers them: behind such a pooler they meet the same one, or one of them changes over.
 */
export async function refuseTransactionPooler(direct: Address): Promise<void> {
  const [first, second] = [connectable(direct), connectable(direct)];
  try {
    await first.connect();
    await second.connect();
    const before = await backend(first);
    // holds a server connection, most likely the one that the first has just given back
    await second.query('begin');
    const between = await backend(second);
    const after = between === before ? between : await backend(first);
    await second.query('rollback');
    if (between === before || after !== before) {
      throw new StoreRefused(
        'A connection pooler in transaction mode stands in front of the database, and session locks do not hold there. ' +
          'Set DATABASE_DIRECT_URL to the server itself, or put the pooler into session mode.',
      );
    }
  } catch (error) {
    throw error instanceof StoreRefused ? error : named(error);
  } finally {
    await Promise.allSettled([first.end(), second.end()]);
  }
}

function connectable(address: Address): pg.Client {
  const client = new pg.Client({ ...address, ...common, query_timeout: 5_000 });
  client.on('error', () => undefined);
  return client;
}

async function backend(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}
