/**
 * `npm run sbom` writes sbom.cdx.json: every package that ships, as CycloneDX, from the lock file, offline.
 * `npm run sbom -- <file>` writes it there.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { lockFile } from './supplyChain/lockFile.ts';
import { npmSbom } from './supplyChain/npmSbom.ts';
import { billFindings, productionOnly } from './supplyChain/sbom.ts';

const root = resolve(import.meta.dirname, '..');
const target = process.argv[2] ?? join(root, 'sbom.cdx.json');

const lock = lockFile.parse(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')));
const made = productionOnly(await npmSbom(root), lock, lock.packages['']?.name ?? 'keysmith');
const findings = billFindings(made, lock);
if (findings.length === 0) {
  await writeFile(target, `${JSON.stringify(made, null, 2)}\n`);
  console.log(`${target}: ${made.components.length} packages`);
} else {
  console.error(['No bill was written:', ...findings].join('\n  '));
  process.exitCode = 1;
}
