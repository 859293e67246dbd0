import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lockFile } from '../../scripts/supplyChain/lockFile.ts';
import type { Bill } from '../../scripts/supplyChain/sbom.ts';
import { bill, billFindings, productionOnly } from '../../scripts/supplyChain/sbom.ts';

describe('npm run sbom', () => {
  const root = resolve(import.meta.dirname, '../..');
  const lock = lockFile.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  let folder = '';
  let text = '';
  let made: Bill;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sbom-'));
    const file = join(folder, 'sbom.cdx.json');
    // from another folder and as on a server, where npm leaves out what is for development
    const env = { ...process.env, NODE_ENV: 'production' };
    await promisify(execFile)(process.execPath, [join(root, 'scripts/sbom.ts'), file], { cwd: folder, env });
    text = await readFile(file, 'utf8');
    made = bill.parse(JSON.parse(text));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('writes a CycloneDX bill with every package that ships, its purl and its hash, and no other', () => {
    expect(billFindings(made, lock)).toEqual([]);
    expect(made.components.length).toBeGreaterThan(300);
  });

  test('keeps what the program and its tests both need', () => {
    expect(made.components.map(({ name }) => name)).toEqual(expect.arrayContaining(['ms', 'debug', 'tslib']));
  });

  test('has every dependency that it refers to', () => {
    const refs = new Set(made.dependencies.map(({ ref }) => ref));
    expect(made.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.has(ref))).toEqual(
      [],
    );
    expect(refs.size).toBe(made.components.length + 1);
  });

  test('names the project, and no folder of the machine', () => {
    expect(made.metadata.component.name).toBe('keysmith');
    expect(text).not.toContain(root);
  });
});

describe('a small bill', () => {
  const sha512 = `sha512-${'A'.repeat(86)}==`;
  const shared = { version: '1.0.0', integrity: sha512 };
  const lock = lockFile.parse({
    lockfileVersion: 3,
    packages: {
      '': { name: 'project' },
      // the same package twice: the first is there for development alone
      'node_modules/a-tool/node_modules/@scope/shared': { ...shared, dev: true },
      'node_modules/@scope/shared': shared,
      'node_modules/a-tool': { version: '2.0.0', integrity: sha512, dev: true },
    },
  });
  const part = {
    'bom-ref': '@scope/shared@1.0.0',
    name: '@scope/shared',
    purl: 'pkg:npm/%40scope/shared@1.0.0',
    properties: [{ name: 'cdx:npm:package:development', value: 'true' }],
    hashes: [{ alg: 'SHA-512', content: '0'.repeat(128) }],
    licenses: [{ license: { id: 'MIT' } }],
  };
  const withPart = (change: Record<string, unknown>, head: Record<string, unknown> = {}) =>
    bill.parse({
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      metadata: { component: { 'bom-ref': 'project@1.0.0', name: 'the folder' } },
      components: [
        { ...part, ...change },
        { 'bom-ref': 'a-tool@2.0.0', name: 'a-tool' },
      ],
      dependencies: [
        { ref: 'project@1.0.0', dependsOn: ['@scope/shared@1.0.0', 'a-tool@2.0.0'] },
        { ref: 'a-tool@2.0.0', dependsOn: ['@scope/shared@1.0.0'] },
        { ref: '@scope/shared@1.0.0', dependsOn: [] },
      ],
      ...head,
    });
  const judge = (found: Bill) => billFindings(productionOnly(found, lock, 'project'), lock);

  test('keeps what ships from one folder and not from another, and everything that it says of it', () => {
    const made = productionOnly(withPart({}), lock, 'project');
    expect(judge(withPart({}))).toEqual([]);
    expect(made.components).toEqual([{ ...part, properties: [] }]);
    expect(made.metadata.component.name).toBe('project');
    expect(made.dependencies).toEqual([
      { ref: 'project@1.0.0', dependsOn: ['@scope/shared@1.0.0'] },
      { ref: '@scope/shared@1.0.0', dependsOn: [] },
    ]);
  });

  test('is found wanting with a package for development in it', () => {
    const ships = 'The bill names a-tool@2.0.0, which does not ship. Lock and install again.';
    const known = { hashes: [{ alg: 'SHA-512', content: '0'.repeat(128) }] };
    expect(billFindings(withPart(known), lock)).toEqual([ships]);
  });

  test.each([
    [
      'a package is left out',
      withPart({ 'bom-ref': 'other@1.0.0' }),
      'The bill leaves out @scope/shared@1.0.0. Lock and install again.',
    ],
    [
      'a purl is missing',
      withPart({ purl: undefined }),
      'The bill has no purl of @scope/shared@1.0.0. Update npm.',
    ],
    [
      'a hash is another',
      withPart({ hashes: [{ alg: 'SHA-512', content: '1'.repeat(128) }] }),
      'The bill lacks the hash that the lock file has of @scope/shared@1.0.0. Update npm.',
    ],
    [
      'it is no CycloneDX',
      withPart({}, { bomFormat: 'SPDX', specVersion: '2.3' }),
      'The bill is SPDX 2.3, not CycloneDX 1.4 or newer. Update npm.',
    ],
  ])('is found wanting when %s', (_, found, sentence) => {
    expect(judge(found)).toEqual([sentence]);
  });
});
