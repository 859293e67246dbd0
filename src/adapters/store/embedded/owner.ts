import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { codeOf, StoreRefused } from '../errors.ts';
import type { Cluster } from './postmaster.ts';

/** Every owner of an embedded server holds this session lock, which the server drops the moment its holder dies. */
const ownerLock = 1_801_812_333;

/**
 * Connects to the maintenance database as the folder's owner-to-be.
 * Null when nobody listens, or the server is starting or stopping.
 */
export async function connectAsOwner(
  connection: Readonly<{ host: string; port: number; user: string }>,
): Promise<pg.Client | null> {
  const client = new pg.Client({
    ...connection,
    database: 'postgres',
    application_name: `keysmith, process ${process.pid}`,
    connectionTimeoutMillis: 5_000,
  });
  // without a listener the end of the server would be an uncaught exception; 'end' follows and is heard
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    if (error instanceof pg.DatabaseError && !error.code?.startsWith('57P')) {
      throw new StoreRefused(
        `The embedded database in ${connection.host} refuses this user: ${error.message}.`,
      );
    }
    if (codeOf(error) === 'EACCES') {
      throw new StoreRefused(`The embedded database in ${connection.host} belongs to another OS user.`);
    }
    return null;
  }
}

/** Takes the owner's lock, or refuses with the name of whoever holds it. Closes the connection when it refuses. */
export async function claim(client: pg.Client, { home, data }: Cluster): Promise<void> {
  try {
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    if (rows[0]?.data_directory !== data) {
      throw new StoreRefused(`Another PostgreSQL answers in place of the one in ${home}.`);
    }
    // the server may take a moment to notice that its last owner was killed
    for (const until = Date.now() + 2_000; Date.now() < until;) {
      const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [
        ownerLock,
      ]);
      if (rows[0]?.held) return;
      await wait(100);
    }
    throw new StoreRefused(
      `The data folder is in use by another Keysmith (${await holder(client)}). ` +
        'Stop that one, choose another KEYSMITH_DATA, or give both the same DATABASE_URL.',
    );
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

async function holder(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ application_name: string }>(
    `select application_name from pg_locks join pg_stat_activity using (pid)
     where locktype = 'advisory' and objid = $1 and granted`,
    [ownerLock],
  );
  return rows[0]?.application_name ?? 'unknown';
}
