import { execFile, spawn } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { codeOf, StoreRefused } from '../errors.ts';
import type { Binaries } from './binaries.ts';
import { runAs } from './cluster.ts';
import { own } from './home.ts';
import type { OsUser } from './osUser.ts';

/** Everything needed to start or stop the server of one cluster. */
export type Cluster = Readonly<{
  home: string;
  data: string;
  socket: string;
  binaries: Binaries;
  user: OsUser;
}>;

/** Why a server that was just started is gone again: the end of its own log. Null while it runs. */
export type Started = Readonly<{ gone(): Promise<string | null> }>;

const settings = {
  listen_addresses: '',
  port: '5432',
  unix_socket_permissions: '0700',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  max_connections: '150',
  shared_buffers: '32MB',
  max_wal_size: '256MB',
  log_checkpoints: 'off',
  // statements stay out of the log: nothing a person typed belongs there
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/**
 * Starts `postgres` in a process group of its own: Ctrl-C reaches Keysmith alone, which stops it last.
 * Its log is a file: a pipe would break when this process is killed and the server goes on.
 */
export async function spawnPostmaster({ home, data, socket, binaries, user }: Cluster): Promise<Started> {
  const file = join(home, 'postgres.log');
  const log = await open(file, 'w', 0o600);
  try {
    await own(file, user);
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(binaries.postgres, ['-D', data, '-k', socket, ...options], {
      ...runAs(user),
      cwd: home,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    child.unref();
    let ended = false;
    const end = (): void => {
      ended = true;
    };
    child.once('exit', end);
    child.once('error', end);
    return { gone: async () => (ended ? (await readFile(file, 'utf8')).trim().slice(-2000) : null) };
  } finally {
    await log.close();
  }
}

/** The running server's process id, from `postmaster.pid`; null when there is none, or the file is a dead one's. */
export async function findPostmaster(data: string): Promise<number | null> {
  const pid = await readPid(join(data, 'postmaster.pid'));
  return pid !== null && (await isPostmasterOf(pid, data)) ? pid : null;
}

/**
 * Removes the lock files of a dead server. PostgreSQL believes that their owner is alive when the number
 * belongs to another program by now, as happens after every restart of a container, or to a killed
 * process that nobody has waited for.
 */
export async function clearStale({ data, socket }: Pick<Cluster, 'data' | 'socket'>): Promise<void> {
  for (const file of [join(data, 'postmaster.pid'), join(socket, '.s.PGSQL.5432.lock')]) {
    const pid = await readPid(file);
    if (pid === null || (await isPostmasterOf(pid, data))) continue;
    // not the one that somebody else has put there meanwhile
    if ((await readPid(file)) === pid) await rm(file, { force: true });
  }
}

async function readPid(file: string): Promise<number | null> {
  try {
    const pid = Number.parseInt(await readFile(file, 'utf8'), 10);
    return pid > 0 ? pid : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Stops the server as Ctrl-C would (SIGINT: clients are cut off, nothing is lost), and waits until it is gone. */
export async function stopPostmaster(data: string, withinMs = 20_000): Promise<void> {
  const pid = await findPostmaster(data);
  if (pid === null) return;
  const steps: readonly [NodeJS.Signals, number][] = [
    ['SIGINT', withinMs],
    ['SIGQUIT', 5_000],
  ];
  for (const [signal, limit] of steps) {
    tell(pid, signal);
    for (const until = Date.now() + limit; Date.now() < until;) {
      if (!(await isPostmasterOf(pid, data))) return;
      await wait(20);
    }
  }
  throw new StoreRefused(`The embedded database (process ${pid}) does not stop.`);
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}

/** A process id alone proves nothing: numbers are used again. A dead process has no command line any more. */
async function isPostmasterOf(pid: number, data: string): Promise<boolean> {
  const command = await commandOf(pid);
  return command.includes('postgres') && command.includes(data);
}

async function commandOf(pid: number): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    try {
      return (await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)])).stdout;
    } catch {
      return '';
    }
  }
}
