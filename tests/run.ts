/**
 * What `npm test` runs: the four checks, then the three kinds of tests. `npm test -- types unit` runs
 * those alone. The last line is always `N passed, N failed`, and the exit code says whether N was 0.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runNode } from './support/child.ts';
import { add, sum, tallyOfJest } from './support/tally.ts';
import type { JestReport, Tally } from './support/tally.ts';

const minute = 60_000;

/** The tools' own scripts, without a shim in between, so that they run on this very Node. */
const checks: Record<string, string[]> = {
  types: ['typescript/bin/tsc', '--noEmit'],
  lint: ['eslint/bin/eslint.js', '.'],
  boundaries: ['dependency-cruiser/bin/dependency-cruiser.mjs', 'src', 'tests', 'scripts'],
  format: ['prettier/bin/prettier.cjs', '--check', '.'],
};

/** Each kind of test and how long all of it may take: a guard against hanging, not a target. */
const kinds: Record<string, number> = { unit: 3 * minute, integration: 8 * minute, e2e: 12 * minute };

process.chdir(resolve(import.meta.dirname, '..'));
let total: Tally;
try {
  const wanted = chosen(process.argv.slice(2));
  const jobs = Object.entries(checks).filter(([name]) => wanted.has(name));
  // two at a time, for the two cores that this usually runs on; jest brings its own two workers
  total = await sum(
    2,
    jobs.map(
      ([name, command]) =>
        () =>
          check(name, command),
    ),
  );
  const suites = Object.entries(kinds).filter(([name]) => wanted.has(name));
  total = add(
    total,
    await sum(
      1,
      suites.map(
        ([name, limit]) =>
          () =>
            suite(name, limit),
      ),
    ),
  );
} catch (error) {
  console.error(error);
  total = { passed: 0, failed: 1 };
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

function chosen(names: string[]): Set<string> {
  const known = [...Object.keys(checks), ...Object.keys(kinds)];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`no such part: ${unknown.join(', ')}; there is ${known.join(', ')}`);
  return new Set(names.length > 0 ? names : known);
}

async function check(name: string, [script = '', ...args]: string[]): Promise<Tally> {
  const began = performance.now();
  const { code, late, output } = await runNode([join('node_modules', script), ...args], 4 * minute, 'kept');
  const fine = code === 0 && !late;
  report(name, fine ? 'passed' : late ? 'failed: not done in time' : 'failed', began);
  if (!fine) console.log(output);
  return { passed: fine ? 1 : 0, failed: fine ? 0 : 1 };
}

async function suite(name: string, limit: number): Promise<Tally> {
  const began = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'jest-report-'));
  try {
    const file = join(folder, 'report.json');
    const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
    // Most of the integration and end-to-end tests' time is waiting, so one more worker than the two cores.
    const workers = name === 'unit' ? '2' : '3';
    const jest = ['node_modules/jest/bin/jest.js', '--ci', '--selectProjects', name, '--maxWorkers', workers];
    const output = ['--verbose=false', '--json', '--outputFile', file];
    const ending = await runNode([...node, ...jest, ...output], limit, 'live');
    const { passed, failed, notes } = tallyOfJest(await readReport(file), ending);
    report(name, `${passed} passed, ${failed} failed`, began);
    for (const note of notes) console.log(`  ${note}`);
    return { passed, failed };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Nothing, if jest died before it could write a whole report. */
async function readReport(file: string): Promise<JestReport | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JestReport;
  } catch {
    return undefined;
  }
}

function report(name: string, outcome: string, began: number): void {
  console.log(`${name}: ${outcome} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
}
