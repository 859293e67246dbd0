import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { readFile, rename, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { codeOf, StoreRefused } from '../errors.ts';
import type { Binaries } from './binaries.ts';
import type { OsUser } from './osUser.ts';

/**
 * Makes the database cluster in `<home>/data` unless it is there, and gives its path. The one role in it
 * has the name of the OS user who runs this program: peer authentication compares the two.
 */
export async function putCluster(home: string, binaries: Binaries, user: OsUser): Promise<string> {
  const data = join(home, 'data');
  const version = await versionOf(data);
  if (version === undefined) await initialise(home, data, binaries, user);
  else if (version !== binaries.major) {
    throw new StoreRefused(
      `The database in ${data} was made by PostgreSQL ${version}, and this program carries ${binaries.major}. ` +
        'Upgrade it with pg_upgrade, or serve it yourself and set DATABASE_URL.',
    );
  }
  return data;
}

async function versionOf(data: string): Promise<string | undefined> {
  try {
    return (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Built beside and renamed: a half-made cluster never stands under the right name. */
async function initialise(home: string, data: string, binaries: Binaries, user: OsUser): Promise<void> {
  const draft = `${data}.${randomUUID()}`;
  const names = ['--username', userInfo().username, '--auth', 'peer'];
  const child = spawn(
    binaries.initdb,
    ['--pgdata', draft, ...names, '--encoding', 'UTF8', '--no-locale', '--no-instructions'],
    { ...runAs(user), cwd: home, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const said = text(child.stderr);
  const code = await new Promise<number | null>((settle, fail) => {
    child.once('error', fail);
    child.once('exit', settle);
  }).catch((error: unknown) => {
    throw new StoreRefused(
      `The embedded database can't be run from ${home}: ${codeOf(error) ?? 'no reason given'}.`,
      {
        cause: error,
      },
    );
  });
  if (code !== 0)
    throw new StoreRefused(`initdb could not make a database in ${home}: ${(await said).trim()}`);
  try {
    await rename(draft, data);
  } catch (error) {
    // somebody else's was finished first
    if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
    await rm(draft, { recursive: true, force: true });
  }
}

/** How every program of the server is spawned: as its user, and with none of the PG… variables of ours. */
export function runAs({
  uid,
  gid,
  other,
}: OsUser): Readonly<{ env: NodeJS.ProcessEnv; uid?: number; gid?: number }> {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
  return other ? { env, uid, gid } : { env };
}
