import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkSupplyChain } from '../../scripts/supplyChain/check.ts';
import type { Check } from '../../scripts/supplyChain/check.ts';
import type { Policy } from '../../scripts/supplyChain/policy.ts';
import { policy } from '../../scripts/supplyChain/policy.ts';

const sha512 = `sha512-${'A'.repeat(86)}==`;
const checks = ['licences', 'integrity', 'pins', 'installScripts', 'settings', 'installed'] as const;

type Entry = Record<string, unknown>;

/** A small project that keeps every rule; each test below breaks one thing in a copy of it. */
const innocent = () => ({
  npmrc: 'ignore-scripts = true\nomit-lockfile-registry-resolved=true\n',
  manifest: {
    dependencies: { plain: '1.2.3', ranged: '^2.0.0' } as Record<string, string>,
    devDependencies: { terms: '1.0.0' },
  },
  lock: {
    lockfileVersion: 3,
    packages: {
      '': {
        name: 'project',
        dependencies: { plain: '1.2.3', ranged: '^2.0.0' },
        devDependencies: { terms: '1.0.0' },
      },
      'node_modules/plain': { version: '1.2.3', license: 'MIT', integrity: sha512 },
      'node_modules/ranged': {
        version: '2.1.0',
        license: '(MIT OR GPL-3.0-or-later)',
        integrity: sha512,
        hasInstallScript: true,
      },
      'node_modules/terms': { version: '1.0.0', license: 'CC-BY-4.0', integrity: sha512, dev: true },
      'node_modules/@scope/silent': { version: '1.0.0', integrity: `sha1-abc= ${sha512}` },
      'node_modules/plain/node_modules/within': { version: '1.0.0', license: 'MIT', inBundle: true },
    } as Record<string, Entry>,
  },
  installed: {
    plain: { license: { type: 'MIT', url: 'https://example.com' }, scripts: { test: 'jest' } },
    ranged: { license: '(MIT OR GPL-3.0-or-later)', scripts: { postinstall: 'node more.js' } },
    '@scope/silent': { licenses: [{ type: 'MIT' }] },
  } as Record<string, Entry>,
  files: {} as Record<string, string>,
  policy: {
    licences: { MIT: 'fine', '(MIT OR GPL-3.0-or-later)': 'taken under MIT' },
    licenceExceptions: {
      terms: { declares: 'CC-BY-4.0', devOnly: true, reason: 'Not passed on.' },
      '@scope/silent': { reason: 'says so elsewhere' },
    },
    installScripts: { ranged: 'works without' },
    ranges: { ranged: 'shared' },
  } as Policy,
});

type Project = ReturnType<typeof innocent>;

let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'supply-chain-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('this project', () => {
  let found: Record<Check, string[]>;
  beforeAll(async () => {
    found = await checkSupplyChain(resolve(import.meta.dirname, '../..'), policy);
  });

  test.each(checks)('%s: nothing is found', (check) => {
    expect(found[check]).toEqual([]);
  });
});

test('finds nothing wrong with a project that keeps every rule', async () => {
  const found = await check(innocent());
  expect(Object.values(found).flat()).toEqual([]);
  expect(Object.keys(found).sort()).toEqual([...checks].sort());
});

/** Changes one package of the lock file. */
const plain = (change: Entry) => (project: Project) =>
  void Object.assign(project.lock.packages['node_modules/plain'] ?? {}, change);

const again = "Lock it again with the project's .npmrc (npm install) and commit package-lock.json.";
const registry = 'Use a version that the registry has.';
const remedy = 'Choose another package, or name the licence or the exception in policy.ts with the reason.';

const planted: [Check, string, (project: Project) => void, string][] = [
  [
    'licences',
    'a licence that is not allowed',
    plain({ license: 'GPL-3.0-only' }),
    `plain@1.2.3 is under GPL-3.0-only, which is not allowed. ${remedy}`,
  ],
  [
    'licences',
    'a choice of licences that nobody made',
    plain({ license: 'MIT OR GPL-3.0-or-later' }),
    `plain@1.2.3 is under MIT OR GPL-3.0-or-later, which is not allowed. ${remedy}`,
  ],
  [
    'licences',
    'a missing licence',
    plain({ license: undefined }),
    `plain@1.2.3 declares no licence. Read what it brings. ${remedy}`,
  ],
  [
    'licences',
    'an exception whose package changed its licence',
    ({ lock }) => void Object.assign(lock.packages['node_modules/terms'] ?? {}, { license: 'AGPL-3.0-only' }),
    'terms@1.0.0 declares AGPL-3.0-only, and its exception is for CC-BY-4.0. Read its licence again and mend the exception in policy.ts.',
  ],
  [
    'licences',
    'an exception for development that ships',
    ({ lock }) => void Object.assign(lock.packages['node_modules/terms'] ?? {}, { dev: false }),
    'terms@1.0.0 is allowed for development only, and now it ships. Keep it out of what ships: Not passed on.',
  ],
  [
    'licences',
    'an exception that nothing needs',
    ({ lock }) => void Object.assign(lock.packages['node_modules/terms'] ?? {}, { license: 'MIT' }),
    'terms needs its licence exception no longer. Remove it from policy.ts.',
  ],
  [
    'integrity',
    'an old lock file',
    ({ lock }) => void Object.assign(lock, { lockfileVersion: 1, packages: undefined }),
    `package-lock.json has version 1, not 3. ${again}`,
  ],
  [
    'integrity',
    'a missing hash',
    plain({ integrity: undefined }),
    `plain@1.2.3 has no integrity, so anything would be installed. ${again}`,
  ],
  [
    'integrity',
    'a weak hash',
    plain({ integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }),
    `plain@1.2.3 has no sha512 integrity. ${again}`,
  ],
  [
    'integrity',
    'a cut hash',
    plain({ integrity: sha512.slice(0, 40) }),
    `plain@1.2.3 has no sha512 integrity. ${again}`,
  ],
  [
    'integrity',
    'plain http',
    plain({ resolved: 'http://example.com/plain-1.2.3.tgz' }),
    `plain@1.2.3 would be fetched over plain http. ${registry}`,
  ],
  [
    'integrity',
    'a git address',
    plain({ resolved: 'git+ssh://git@example.com/plain.git#0123abc' }),
    `plain@1.2.3 comes from git+ssh://git@example.com/plain.git#0123abc, not from the registry. ${registry}`,
  ],
  [
    'integrity',
    'a file',
    plain({ resolved: 'file:../plain' }),
    `plain@1.2.3 comes from file:../plain, not from the registry. ${registry}`,
  ],
  [
    'integrity',
    'an address of its own',
    plain({ resolved: 'https://example.com/plain-1.2.3.tgz' }),
    `plain@1.2.3 has an address of its own in the lock file. ${registry} ${again}`,
  ],
  [
    'pins',
    'a lock file with another version than the pin',
    plain({ version: '1.2.4' }),
    'package.json pins plain 1.2.3, and the lock file has 1.2.4. Run npm install and commit package-lock.json.',
  ],
  [
    'pins',
    'a dependency that was never locked',
    ({ manifest }) => void (manifest.dependencies['late'] = '1.0.0'),
    'The lock file does not know late 1.0.0. Run npm install and commit package-lock.json.',
  ],
  [
    'pins',
    'a dependency that only the lock file has',
    ({ lock }) => void Object.assign(lock.packages[''] ?? {}, { optionalDependencies: { extra: '1.0.0' } }),
    'extra is in the optionalDependencies of the lock file alone. Run npm install and commit package-lock.json.',
  ],
  [
    'pins',
    'a range without a reason',
    (project) => asks(project, '^1.2.3'),
    'plain ^1.2.3 is a range. Pin the version that the lock file has.',
  ],
  [
    'pins',
    'a dependency from a repository',
    (project) => asks(project, 'github:example/plain'),
    'plain comes from github:example/plain, not from the registry. Use a version that it has.',
  ],
  [
    'pins',
    'a reason for a range that is none',
    ({ policy }) => void Object.assign(policy.ranges, { plain: 'once' }),
    'plain is no range any more. Remove it from policy.ts.',
  ],
  [
    'installScripts',
    'an install script that nobody named',
    plain({ hasInstallScript: true }),
    'plain@1.2.3 has an install script. Read it; if the package works without, name it in policy.ts with the reason, else choose another.',
  ],
  [
    'installScripts',
    'one of a package that is called like a property of every object',
    ({ lock }) =>
      void (lock.packages['node_modules/constructor'] = {
        version: '1.0.0',
        license: 'MIT',
        integrity: sha512,
        hasInstallScript: true,
      }),
    'constructor@1.0.0 has an install script. Read it; if the package works without, name it in policy.ts with the reason, else choose another.',
  ],
  [
    'installScripts',
    'a name without an install script',
    ({ policy }) => void Object.assign(policy.installScripts, { plain: 'once' }),
    'plain has no install script any more. Remove it from policy.ts.',
  ],
  [
    'settings',
    'a setting that a later line takes back',
    (project) => void (project.npmrc += 'ignore-scripts=false\n'),
    '.npmrc must say ignore-scripts=true: install scripts would run.',
  ],
  [
    'settings',
    'a setting that is missing',
    (project) => void (project.npmrc = 'ignore-scripts=true'),
    '.npmrc must say omit-lockfile-registry-resolved=true: the lock file would name one registry.',
  ],
  [
    'installed',
    'a lock file that prettifies a licence',
    ({ installed }) => void (installed['plain'] = { license: 'GPL-3.0-only' }),
    'The lock file says that plain@1.2.3 is under MIT, and the package itself GPL-3.0-only. Nobody but npm may write package-lock.json: run npm install and compare.',
  ],
  [
    'installed',
    'a lock file that hides an install script',
    ({ installed }) =>
      void (installed['plain'] = { license: 'MIT', scripts: { preinstall: 'node first.js' } }),
    'The lock file hides the install script of plain@1.2.3. Nobody but npm may write package-lock.json: run npm install and compare.',
  ],
  [
    'installed',
    'a lock file that hides what npm would compile unasked',
    ({ files }) => void (files['plain/binding.gyp'] = '{}'),
    'The lock file hides the install script of plain@1.2.3. Nobody but npm may write package-lock.json: run npm install and compare.',
  ],
];

test.each(planted)('%s: finds %s', async (name, _, plant, sentence) => {
  const project = innocent();
  plant(project);
  expect((await check(project))[name]).toContain(sentence);
});

/** Puts `spec` for plain into package.json and the lock file alike. */
function asks({ manifest, lock }: Project, spec: string): void {
  manifest.dependencies['plain'] = spec;
  Object.assign(lock.packages[''] ?? {}, { dependencies: manifest.dependencies });
}

function check({ npmrc, manifest, lock, installed, files, policy }: Project) {
  const root = mkdtempSync(join(home, 'project-'));
  const put = (file: string, text: string) => {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  put('.npmrc', npmrc);
  put('package.json', JSON.stringify(manifest));
  put('package-lock.json', JSON.stringify(lock));
  for (const [name, own] of Object.entries(installed))
    put(`node_modules/${name}/package.json`, JSON.stringify(own));
  for (const [name, text] of Object.entries(files)) put(`node_modules/${name}`, text);
  return checkSupplyChain(root, policy);
}
