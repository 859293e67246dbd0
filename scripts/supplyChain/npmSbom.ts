import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { bill } from './sbom.ts';
import type { Bill } from './sbom.ts';

const flags = [
  'sbom',
  '--sbom-format=cyclonedx',
  '--package-lock-only',
  '--offline',
  // under NODE_ENV=production npm would leave some of them out
  '--include=dev',
  '--include=optional',
  '--include=peer',
];

/** npm's bill of everything in the lock file of `root`: other platforms' packages too, nothing fetched. */
export async function npmSbom(root: string): Promise<Bill> {
  // npm says where it is when it starts a script; otherwise it is looked for on the PATH
  const npm = process.env['npm_execpath'];
  const [command, args] = npm ? [process.execPath, [npm, ...flags]] : ['npm', flags];
  const { stdout } = await promisify(execFile)(command, args, { cwd: root, maxBuffer: 2 ** 26 });
  return bill.parse(JSON.parse(stdout));
}
