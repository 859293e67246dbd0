import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Locked } from './lockFile.ts';

/** What is read of an installed package's own package.json; old ones write `{ type, url }` for a licence. */
const own = z.object({
  license: z
    .union([z.string(), z.object({ type: z.string() }).transform(({ type }) => type)])
    .optional()
    .catch(undefined),
  scripts: z.record(z.string(), z.unknown()).default({}),
});

const mend = 'Nobody but npm may write package-lock.json: run npm install and compare.';

/**
 * Where an installed package itself says otherwise than the lock file. npm verifies the content against
 * `integrity`, but takes the lock file's word for the licence and the install script.
 * @param root the folder with node_modules; packages that are not in it (other platforms') are passed over
 */
export async function installedFindings(root: string, packages: Locked[]): Promise<string[]> {
  const findings = await Promise.all(packages.map((found) => compare(join(root, found.path), found)));
  return findings.flat();
}

async function compare(folder: string, locked: Locked): Promise<string[]> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  const { license, scripts } = own.parse(JSON.parse(text));
  const findings: string[] = [];
  if (license !== locked.license) {
    const said = `${locked.license ?? 'no licence'}, and the package itself ${license ?? 'none'}`;
    findings.push(`The lock file says that ${locked.title} is under ${said}. ${mend}`);
  }
  const named = ['preinstall', 'install', 'postinstall'].some((name) => Object.hasOwn(scripts, name));
  // npm compiles a package with a binding.gyp without being told to
  if ((named || (await exists(join(folder, 'binding.gyp')))) && !locked.hasInstallScript) {
    findings.push(`The lock file hides the install script of ${locked.title}. ${mend}`);
  }
  return findings;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
