import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { codeOf, StoreRefused } from '../errors.ts';
import { canReach, type OsUser } from './osUser.ts';

/** Says where the database of a data folder lives, relative to it or absolute: never guessed a second time. */
const pointer = 'postgres.home';

/**
 * Finds or makes the folder of the server: `<data folder>/postgres`, or a folder of its own below
 * `/var/lib/keysmith` when the server's user can't reach the data folder (root, below a 0700 folder).
 * Refuses a home that exists but that this user can't use: an empty database would start instead.
 */
export async function homeOf(dataFolder: string, user: OsUser): Promise<string> {
  await mkdir(dataFolder, { recursive: true });
  const folder = await realpath(dataFolder);
  const noted = await readNote(join(folder, pointer));
  const home = resolve(folder, noted ?? (await choose(folder, user)));
  await make(home, user, noted !== undefined);
  if (noted === undefined) {
    const inside = relative(folder, home);
    await writeFile(join(folder, pointer), `${inside.startsWith('..') ? home : inside}\n`);
  }
  return home;
}

async function readNote(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function choose(folder: string, user: OsUser): Promise<string> {
  if (await canReach(user, folder)) return 'postgres';
  // what lies in a temporary folder isn't meant to last, and is cleaned up there
  const temporary = await realpath(tmpdir());
  const base = folder.startsWith(`${temporary}/`) ? join(temporary, 'keysmith-data') : '/var/lib/keysmith';
  await mkdir(base, { recursive: true, mode: 0o711 });
  const { uid } = await lstat(base);
  if (uid !== process.getuid?.()) throw new StoreRefused(`${base} belongs to another OS user. Remove it.`);
  await chmod(base, 0o711);
  return join(base, hash(folder));
}

async function make(home: string, user: OsUser, mustExist: boolean): Promise<void> {
  try {
    const { uid } = await stat(home);
    if (uid !== user.uid) {
      throw new StoreRefused(
        `The database in ${home} belongs to another OS user. Start Keysmith as the user who started it first.`,
      );
    }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    if (mustExist) {
      throw new StoreRefused(
        `The database of this data folder should be in ${home}, but nothing is there. ` +
          `Put it back, or remove the file ${pointer} to begin with an empty one.`,
      );
    }
    await mkdir(home, { recursive: true, mode: 0o700 });
    await own(home, user);
  }
  if (!(await canReach(user, home))) {
    throw new StoreRefused(
      `The OS user ${user.name} can't reach the database in ${home}. Open the folders above it.`,
    );
  }
}

/** Longest path of a socket: 108 bytes with its end on Linux, 104 on macOS. */
const longest = 103;

/** Where the socket lies: the home, or a short folder of the server's own when its path would be too long. */
export async function socketFolder(home: string, user: OsUser): Promise<string> {
  if (fits(home)) return home;
  const folder = join(
    fits(join(tmpdir(), 'keysmith-0123456789abcdef')) ? tmpdir() : '/tmp',
    `keysmith-${hash(home)}`,
  );
  try {
    await mkdir(folder, { mode: 0o700 });
    await own(folder, user);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const found = await lstat(folder);
  // anybody may make a folder of this name in /tmp and put a server of their own into it
  if (!found.isDirectory() || found.uid !== user.uid || (found.mode & 0o077) !== 0) {
    throw new StoreRefused(`${folder} is not a private folder of the OS user ${user.name}. Remove it.`);
  }
  return folder;
}

const fits = (folder: string): boolean => Buffer.byteLength(join(folder, '.s.PGSQL.5432')) <= longest;

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Gives a file or folder to the server's user. */
export async function own(path: string, user: OsUser): Promise<void> {
  if (user.other) await chown(path, user.uid, user.gid);
}
