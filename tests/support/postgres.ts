import { join } from 'node:path';
import { findPostmaster } from '../../src/adapters/store/embedded/postmaster.ts';
import type pg from 'pg';

/** The processes of an embedded server: the postmaster first, then its backends and workers. */
async function processesOf(dataFolder: string, records: pg.Pool): Promise<readonly number[]> {
  const postmaster = await postmasterOf(dataFolder);
  const { rows } = await records.query<{ pid: number }>('select pid from pg_stat_activity');
  return [postmaster, ...rows.map(({ pid }) => pid)];
}

export async function postmasterOf(dataFolder: string): Promise<number> {
  const pid = await findPostmaster(join(dataFolder, 'postgres/data'));
  if (pid === null) throw new Error('no server runs');
  return pid;
}

/** Stops the whole server in the middle of whatever it does, as a machine that swaps; gives how to let it go on. */
export async function freezePostgres(dataFolder: string, records: pg.Pool): Promise<() => void> {
  const pids = await processesOf(dataFolder, records);
  const tell = (signal: NodeJS.Signals) => (): void => {
    for (const pid of pids) {
      try {
        process.kill(pid, signal);
      } catch {
        // one that has just ended by itself
      }
    }
  };
  tell('SIGSTOP')();
  return tell('SIGCONT');
}
