import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, jest } from '@jest/globals';
import pg from 'pg';
import { codeOf } from '../../src/adapters/store/errors.ts';
import { openStore, startEmbedded, type StoreOptions } from '../../src/adapters/store/index.ts';
import { stopPostmaster } from '../../src/adapters/store/embedded/postmaster.ts';
import type { Log } from '../../src/application/ports/ambient.ts';
import type { Store } from '../../src/application/ports/store.ts';

export type TestStore = Readonly<{
  store: Store;
  /** For looking into the database past the store. */
  pool: pg.Pool;
  /** Of this store's own database, e.g. to open a second store on it. */
  url: string;
  close(): Promise<void>;
}>;

/** Drops every event. */
export const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Timings for tests: everything soon, nothing skipped. */
export const soon = {
  lease: 1_000,
  sweep: 300,
  poll: 500,
  lockHeartbeat: 1_000,
  answerLook: 1_000,
  stop: 5_000,
};

type Cluster = Readonly<{ urlOf(database: string): string; admin: pg.Pool; stop(): Promise<void> }>;

// a first start of the server takes seconds on a busy machine
jest.setTimeout(60_000);

let cluster: Promise<Cluster> | undefined;
let template: Promise<string> | undefined;

/** Hooks of this file run before those of the test that imports it: it closes what is still open. */
const stillOpen = new Set<TestStore>();

afterAll(async () => {
  for (const each of stillOpen) await each.close();
  const opened = await cluster?.catch(() => undefined);
  const copied = await template?.catch(() => undefined);
  if (copied !== undefined) await opened?.admin.query(`drop database if exists ${copied} with (force)`);
  await opened?.stop();
}, 30_000);

/**
 * A store on a fresh database: on DATABASE_URL when it is set, else on an embedded server that the tests
 * of this file share. Close it, or leave that to the end of the file.
 */
export async function openTestStore(options: Partial<StoreOptions> = {}): Promise<TestStore> {
  const { url, drop } = await freshDatabase();
  const store = await openStore({ dataFolder: '', log: silent, timing: soon, url, ...options });
  const pool = poolOn(url);
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    stillOpen.delete(opened);
    await pool.end();
    await store.close();
    await drop();
  };
  const opened: TestStore = { store, pool, url, close: () => (closing ??= close()) };
  stillOpen.add(opened);
  return opened;
}

/** A database with the schema in it and nothing else. */
export async function freshDatabase(): Promise<Readonly<{ url: string; drop(): Promise<void> }>> {
  cluster ??= startCluster();
  const { admin, urlOf } = await cluster;
  template ??= makeTemplate(await cluster);
  const name = `keysmith_${randomBytes(6).toString('hex')}`;
  await createFrom(admin, name, await template);
  return {
    url: urlOf(name),
    drop: async () => {
      await admin.query(`drop database if exists ${name} with (force)`);
    },
  };
}

const prefix = 'keysmith-test-';
const ownerFile = 'test.pid';

/** A data folder that the embedded server's user can reach, also for root: `mkdtemp` alone makes it 0700. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  await chmod(folder, 0o711);
  await writeFile(join(folder, ownerFile), String(process.pid));
  return folder;
}

/** Ends the servers of test runs that were killed: a server outlives its owner, and is meant to. */
async function clearKilledRuns(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const folder = join(tmpdir(), name);
    if (!name.startsWith(prefix) || !(await isOwnerDead(folder))) continue;
    await stopPostmaster(join(folder, 'postgres/data')).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
}

async function isOwnerDead(folder: string): Promise<boolean> {
  try {
    process.kill(Number(await readFile(join(folder, ownerFile), 'utf8')), 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

/** Every row of every table as text, pg-boss's among them: what a thief of the database would read. */
export async function dump(pool: pg.Pool): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', nspname, relname) as name
     from pg_class join pg_namespace n on n.oid = relnamespace
     where relkind in ('r', 'p') and not relispartition and nspname in ('keysmith', 'pgboss') order by 1`,
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<{ line: string }>(`select t::text as line from ${name} t`);
    parts.push(`-- ${name}`, ...rows.map(({ line }) => line));
  }
  return parts.join('\n');
}

async function startCluster(): Promise<Cluster> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') {
    const admin = poolOn(given);
    const urlOf = (database: string): string => {
      const url = new URL(given);
      url.pathname = `/${database}`;
      return url.toString();
    };
    return { admin, urlOf, stop: () => admin.end() };
  }
  await clearKilledRuns();
  const folder = await temporaryFolder();
  const { connection, stop } = await startEmbedded(folder, silent);
  const { host, user } = connection;
  const urlOf = (database: string): string =>
    `postgresql://${encodeURIComponent(user)}@${encodeURIComponent(host)}/${database}`;
  const admin = poolOn(urlOf('postgres'));
  return {
    admin,
    urlOf,
    stop: async () => {
      await admin.end();
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Migrating takes a second, copying a migrated database a few dozen milliseconds. */
async function makeTemplate({ admin, urlOf }: Cluster): Promise<string> {
  const name = `keysmith_template_${randomBytes(6).toString('hex')}`;
  await admin.query(`create database ${name}`);
  const store = await openStore({ dataFolder: '', log: silent, url: urlOf(name) });
  await store.close();
  return name;
}

async function createFrom(admin: pg.Pool, name: string, from: string): Promise<void> {
  for (let tries = 50; ; tries--) {
    try {
      await admin.query(`create database ${name} template ${from}`);
      return;
    } catch (error) {
      // the last connection to the template is still being taken down
      const busy = error instanceof pg.DatabaseError && error.code === '55006';
      if (!busy || tries === 0) throw error;
      await wait(50);
    }
  }
}

function poolOn(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
