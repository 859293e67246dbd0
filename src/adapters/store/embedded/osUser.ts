import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { StoreRefused } from '../errors.ts';

/** The OS user that the server runs as. `other`: it isn't the one that runs this program. */
export type OsUser = Readonly<{ name: string; uid: number; gid: number; other: boolean }>;

const run = promisify(execFile);

/** The person's own user; for root, whom PostgreSQL refuses, `postgres` or else `nobody`. */
export async function serverUser(): Promise<OsUser> {
  const { username, uid, gid } = userInfo();
  if (uid !== 0) return { name: username, uid, gid, other: false };
  for (const name of ['postgres', 'nobody']) {
    const found = await lookUp(name);
    if (found) return found;
  }
  throw new StoreRefused(
    'PostgreSQL does not run as root, and there is neither an OS user "postgres" nor "nobody". ' +
      'Start Keysmith as another user, or set DATABASE_URL.',
  );
}

async function lookUp(name: string): Promise<OsUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { name, uid: Number(uid.stdout), gid: Number(gid.stdout), other: true };
  } catch {
    return undefined;
  }
}

/** Whether the user may walk down to `folder` and into it. Access control lists are not looked at. */
export async function canReach(user: OsUser, folder: string): Promise<boolean> {
  if (!user.other) return true;
  const { mode, uid, gid } = await stat(folder);
  // the first class that fits decides, also when a later one would allow more
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  const parent = dirname(folder);
  return parent === folder || canReach(user, parent);
}
