import { userInfo } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../../../application/ports/ambient.ts';
import { codeOf, StoreRefused } from '../errors.ts';
import { putBinaries } from './binaries.ts';
import { putCluster } from './cluster.ts';
import { homeOf, socketFolder } from './home.ts';
import { serverUser } from './osUser.ts';
import { claim, connectAsOwner } from './owner.ts';
import {
  clearStale,
  type Cluster,
  findPostmaster,
  spawnPostmaster,
  type Started,
  stopPostmaster,
} from './postmaster.ts';

/** `connection` is for `pg` (a Unix socket, no password). `stop` ends the server; the data stays. */
export type Embedded = Readonly<{
  connection: Readonly<{ host: string; port: number; user: string; database: string }>;
  home: string;
  stop(): Promise<void>;
}>;

const startWithin = 60_000;

/**
 * Starts the real PostgreSQL inside `folder`, or adopts the one that a killed process left running.
 * One live process owns a folder: a second one is refused. While it is owned, a server that ends for any
 * reason is started again.
 */
export async function startEmbedded(folder: string, log: Log): Promise<Embedded> {
  const cluster = await prepare(folder);
  const { home, data } = cluster;
  const connection = { host: cluster.socket, port: 5432, user: userInfo().username, database: 'keysmith' };

  let stopping = false;
  let recovering: Promise<void> = Promise.resolve();
  let owner = await claimServer(cluster, connection, log);
  await createDatabase(owner, connection.database);
  watch();

  function watch(): void {
    owner.once('end', () => {
      if (stopping) return;
      log.warn({ event: 'database.lost' });
      recovering = recover();
    });
  }

  async function recover(): Promise<void> {
    while (!stopping) {
      try {
        owner = await claimServer(cluster, connection, log);
        watch();
        return;
      } catch (error) {
        log.error({ event: 'database.restart.failed', error });
        await wait(1_000);
      }
    }
  }

  const stop = async (): Promise<void> => {
    stopping = true;
    await recovering;
    await owner.end();
    await stopPostmaster(data);
    log.info({ event: 'database.stopped' });
  };
  return { connection, home, stop };
}

async function prepare(folder: string): Promise<Cluster> {
  try {
    const user = await serverUser();
    const home = await homeOf(folder, user);
    const binaries = await putBinaries(home);
    const data = await putCluster(home, binaries, user);
    return { home, data, socket: await socketFolder(home, user), binaries, user };
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof StoreRefused || code === undefined) throw error;
    // a full disk, a read-only one, a folder that is not ours: Node's own message names the path
    const why = error instanceof Error ? error.message : code;
    throw new StoreRefused(
      `The data folder ${folder} can't hold a database (${why}). Choose another KEYSMITH_DATA.`,
    );
  }
}

/** Gives the owner's connection to the cluster's server, which it starts when there is none. */
async function claimServer(
  cluster: Cluster,
  connection: Embedded['connection'],
  log: Log,
): Promise<pg.Client> {
  const began = Date.now();
  let started: Started | undefined;
  while (Date.now() - began < startWithin) {
    const client = await connectAsOwner(connection);
    if (client !== null) {
      await claim(client, cluster);
      log.info({
        event: started ? 'database.started' : 'database.adopted',
        home: cluster.home,
        ms: Date.now() - began,
      });
      return client;
    }
    const why = (await started?.gone()) ?? null;
    // one that is starting, recovering, or stopping after its last owner
    const busy = (await findPostmaster(cluster.data)) !== null;
    if (why !== null && !busy) {
      throw new StoreRefused(`The embedded database does not start. Its own last words: ${why}`);
    }
    if (!busy && started === undefined) {
      await clearStale(cluster);
      started = await spawnPostmaster(cluster);
    }
    await wait(15);
  }
  throw new StoreRefused(
    `The embedded database in ${cluster.home} was not ready within ${startWithin / 1000} s.`,
  );
}

async function createDatabase(owner: pg.Client, name: string): Promise<void> {
  try {
    const { rowCount } = await owner.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0) await owner.query(`create database ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    if (codeOf(error) !== '42P04') throw error;
  }
}
