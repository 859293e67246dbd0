import { z } from 'zod';

const versions = z.record(z.string(), z.string()).default({});

export const sections = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;

/** The sections in which package.json asks for packages. */
export const manifest = z.object({
  dependencies: versions,
  devDependencies: versions,
  optionalDependencies: versions,
});
export type Manifest = z.infer<typeof manifest>;

/** What is read of one package of the lock file; `npm help package-lock.json` explains the fields. */
const entry = manifest.extend({
  name: z.string().optional(),
  version: z.string().optional(),
  license: z.string().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  inBundle: z.boolean().default(false),
  dev: z.boolean().default(false),
  hasInstallScript: z.boolean().default(false),
});

/** What is read of package-lock.json. Before its version 2 it had no `packages`. */
export const lockFile = z.object({
  lockfileVersion: z.number(),
  packages: z.record(z.string(), entry).default({}),
});
export type LockFile = z.infer<typeof lockFile>;

/** One package at one place in node_modules; `title` names it to people. */
export type Locked = z.infer<typeof entry> & { path: string; name: string; title: string };

/** Every package of the lock file but the project itself. */
export function lockedPackages(lock: LockFile): Locked[] {
  return Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .map(([path, found]) => {
      // the lock file writes a name down only where the folder is called differently (an alias)
      const name = found.name ?? path.replace(/^.*node_modules\//, '');
      return { ...found, path, name, title: `${name}@${found.version ?? '?'}` };
    });
}
