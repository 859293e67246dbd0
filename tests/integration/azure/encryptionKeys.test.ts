import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { EncryptionKeys, NewKey } from '../../../src/application/ports/encryption.ts';
import type { FaultKind } from '../../../src/domain/faults.ts';
import type { Fault as Simulated } from '../../../src/simulator/index.ts';
import { faultIn, startBench, valueOf, type Bench } from './support.ts';

let bench: Bench;
let keys: EncryptionKeys;
let vault: string;
beforeAll(async () => {
  bench = await startBench({}, { callTimeout: 600 });
  keys = bench.azure.encryption.keys;
  vault = `${bench.simulator.vaultUrl('contoso-keys')}/`;
});
afterEach(() => bench.simulator.faults.clear());
afterAll(async () => bench[Symbol.asyncDispose]());

const rsa: NewKey = {
  type: 'RSA',
  bits: 2048,
  operations: ['wrapKey', 'unwrapKey'],
  expires: null,
  tags: { 'made-for': 'R-7K3FQ2' },
};

const made = (): number =>
  bench.simulator.effects.filter(({ kind }) => kind === 'createKey' || kind === 'rotateKey').length;
const vaultRow = () => {
  const found = bench.simulator.estate.vaults.find(({ name }) => name === 'contoso-keys');
  if (!found) throw new Error('no vault');
  return found;
};
const row = (name: string) => {
  const found = vaultRow().keys.find((key) => key.name === name);
  if (!found) throw new Error(`no key ${name}`);
  return found;
};

describe('reading', () => {
  test('lists every key of a vault on every page', async () => {
    const { keys: rows } = vaultRow();
    const spare = row('chat-spare');
    for (let index = 0; index < 30; index += 1)
      rows.push({ ...structuredClone(spare), name: `more-${index}` });
    const before = bench.simulator.requests.length;
    const listed = valueOf(await keys.list(vault));
    expect(listed.map(({ name }) => name).sort()).toEqual(rows.map(({ name }) => name).sort());
    expect(listed.find(({ name }) => name === 'off')?.enabled).toBe(false);
    expect(
      bench.simulator.requests.slice(before).filter(({ status }) => status === 200).length,
    ).toBeGreaterThan(1);
    rows.splice(-30);
  });

  test('gives versions newest first, whatever order and however many pages Azure gives them in', async () => {
    const key = row('chat-spare');
    const first = key.versions;
    key.versions = Array.from({ length: 30 }, (_, index) => ({
      // names that sort against the age
      version: (99 - index).toString(16).padStart(32, '0'),
      enabled: true,
      created: 1_700_000_000 + index,
    }));
    const listed = valueOf(await keys.versions(vault, 'chat-spare'));
    expect(listed.map(({ created }) => created / 1000)).toEqual(
      key.versions.map(({ created }) => created).reverse(),
    );
    key.versions = first;
  });

  test('of two versions of one second, the current one is the newer', async () => {
    const key = row('chat-spare');
    const first = key.versions;
    const two = (a: string, b: string) =>
      [a, b].map((version) => ({ version: version.repeat(32), enabled: true, created: 1_700_000_000 }));
    for (const [a, b] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      key.versions = two(a, b);
      const [newest] = valueOf(await keys.versions(vault, 'chat-spare'));
      expect(newest?.version).toBe(b.repeat(32));
    }
    key.versions = first;
  });

  test("tells the vault's own policy and its next run", async () => {
    const policy = async (name: string) => valueOf(await keys.rotationPolicy(vault, name));
    expect(await policy('chat-cmk')).toEqual({
      rotates: { after: 'P2Y' },
      nextRun: Date.UTC(2027, 4, 19),
      newVersionsLive: 'P3Y',
    });
    expect(await policy('chat-spare')).toEqual({ rotates: null, nextRun: null, newVersionsLive: null });
    const lapsed = row('lapsed');
    lapsed.rotationPolicy = { rotate: { timeBeforeExpiry: 'P1M' } };
    expect(await policy('lapsed')).toMatchObject({
      rotates: { beforeExpiry: 'P1M' },
      nextRun: Date.UTC(2025, 9, 1),
    });
    delete lapsed.rotationPolicy;
  });

  test('a key that is gone is missing; a deleted one says until when it can be recovered', async () => {
    expect(faultIn(await keys.read({ vault, name: 'nothing', version: '' })).kind).toBe('missing');
    expect(valueOf(await keys.deleted(vault, 'nothing'))).toBeNull();
    expect(valueOf(await keys.deleted(vault, 'chat-spare'))).toBeNull();
    const key = row('chat-spare');
    key.deletedAt = 1_760_000_000;
    expect(faultIn(await keys.read({ vault, name: 'chat-spare', version: '' })).kind).toBe('missing');
    expect(valueOf(await keys.deleted(vault, 'chat-spare'))).toEqual({
      purgeAt: (1_760_000_000 + 90 * 86_400) * 1000,
    });
    expect(faultIn(await keys.create(vault, 'chat-spare', rsa))).toMatchObject({
      kind: 'conflict',
      code: 'ObjectIsDeletedButRecoverable',
      says: expect.stringContaining('can still be recovered'),
    });
    delete key.deletedAt;
  });
});

describe('making', () => {
  test('a new key is of the asked type, size, operations, expiry and tags', async () => {
    const expires = Date.UTC(2099, 11, 31);
    const key = valueOf(await keys.create(vault, 'brand-new', { ...rsa, bits: 3072, expires }));
    expect(key).toMatchObject({
      name: 'brand-new',
      type: 'RSA',
      bits: 3072,
      operations: rsa.operations,
      expires,
      tags: rsa.tags,
    });
    expect(valueOf(await keys.read({ vault, name: 'brand-new', version: '' }))).toEqual(key);
    expect(bench.simulator.effects.at(-1)).toMatchObject({
      kind: 'createKey',
      key: 'brand-new',
      version: key.version,
    });
  });

  test('creating under a name that is taken makes a version, and its tags tell it from others', async () => {
    const [before] = valueOf(await keys.versions(vault, 'chat-cmk'));
    const key = valueOf(await keys.create(vault, 'chat-cmk', rsa));
    const [newest, second] = valueOf(await keys.versions(vault, 'chat-cmk'));
    expect(newest).toMatchObject({ version: key.version, tags: rsa.tags });
    expect(second).toEqual(before);
  });

  test('rotating makes a version of the same kind that expires as the policy says', async () => {
    const key = valueOf(await keys.rotate(vault, 'chat-cmk'));
    expect(key).toMatchObject({ type: 'RSA', bits: 2048 });
    const three = new Date(key.created);
    three.setUTCFullYear(three.getUTCFullYear() + 3);
    expect(key.expires).toBe(three.getTime());
    expect(faultIn(await keys.rotate(vault, 'off'))).toMatchObject({
      kind: 'refused',
      code: 'KeyDisabled',
      says: expect.stringContaining('is disabled'),
    });
  });

  test('a type that the vault cannot hold is refused', async () => {
    expect(faultIn(await keys.create(vault, 'hard', { ...rsa, type: 'RSA-HSM' }))).toMatchObject({
      kind: 'refused',
      code: 'BadParameter',
    });
  });

  test('a missing right is named', async () => {
    const grants = bench.simulator.estate.principals[0]?.grants ?? [];
    for (const grant of grants) grant.notDataActions = ['Microsoft.KeyVault/vaults/keys/create/action'];
    const fault = faultIn(await keys.create(vault, 'denied', rsa));
    for (const grant of grants) delete grant.notDataActions;
    expect(fault).toMatchObject({ kind: 'denied', action: 'Microsoft.KeyVault/vaults/keys/create/action' });
  });

  const cases: [what: string, fault: Simulated, kind: FaultKind, happened: 0 | 1][] = [
    ['500 after the effect', { status: 500, afterEffect: true }, 'unknownOutcome', 1],
    ['503 with Retry-After', { status: 503, retryAfter: 1 }, 'unknownOutcome', 0],
    ['a connection lost before the effect', 'lostBefore', 'unknownOutcome', 0],
    ['a connection lost after the effect', 'lostAfter', 'unknownOutcome', 1],
    ['half an answer', 'partialBody', 'unknownOutcome', 1],
    ['no answer at all', 'hang', 'unknownOutcome', 0],
    ['429 with Retry-After', { status: 429, retryAfter: 7 }, 'throttled', 0],
  ];
  test.each(cases)('sends once and no more: %s', async (_what, fault, kind, happened) => {
    const acts = [
      { path: '/keys/chat-cmk/create', act: () => keys.create(vault, 'chat-cmk', rsa) },
      { path: '/keys/chat-cmk/rotate', act: () => keys.rotate(vault, 'chat-cmk') },
    ];
    for (const { path, act } of acts) {
      const before = made();
      bench.simulator.faults.next({ match: { path }, fault, times: 5 });
      expect(faultIn(await act()).kind).toBe(kind);
      expect(bench.simulator.faults.pending()).toBe(4);
      expect(made() - before).toBe(happened);
      bench.simulator.faults.clear();
    }
  });
});

test('tags go on a version beside those it has, and nothing else of it changes', async () => {
  const key = { vault, name: 'chat-cmk', version: 'b1'.repeat(16) };
  Object.assign(row('chat-cmk').versions[1] ?? {}, { tags: { owner: 'contoso' } });
  const before = valueOf(await keys.read(key));
  const tagged = valueOf(await keys.tag(key, { 'keysmith-keep': 'contoso-chat' }));
  expect(tagged.tags).toEqual({ owner: 'contoso', 'keysmith-keep': 'contoso-chat' });
  expect(valueOf(await keys.read(key))).toEqual({ ...before, tags: tagged.tags });
});

test('an address that is no vault is refused without a call', async () => {
  const before = bench.simulator.requests.length;
  expect(faultIn(await keys.list('http://contoso-keys.example/')).kind).toBe('refused');
  expect(bench.simulator.requests).toHaveLength(before);
});
