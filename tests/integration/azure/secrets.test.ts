import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { SealedKey } from '../../../src/application/ports/azure.ts';
import type { FaultKind } from '../../../src/domain/faults.ts';
import type { Fault as Simulated } from '../../../src/simulator/index.ts';
import { faultIn, salt, startBench, valueOf, vaultName, type Bench } from './support.ts';

const secret = 'search-indexer-api-key';

let bench: Bench;
let key: SealedKey;
beforeAll(async () => {
  bench = await startBench({}, { callTimeout: 600 });
  key = valueOf(await bench.azure.keys.listKeys(bench.account('contoso-chat'), salt)).sealed('Key2');
  bench.keep(key);
});
afterEach(() => bench.simulator.faults.clear());
afterAll(async () => bench[Symbol.asyncDispose]());

const stored = () => {
  const found = bench.simulator.currentSecret(vaultName, secret);
  if (!found) throw new Error('no such secret');
  return found;
};
/** Writes that Key Vault would act upon. */
const sends = (): number =>
  bench.simulator.requests.filter(({ method, principal }) => method === 'PUT' && principal !== undefined)
    .length;
const effects = (): number => bench.simulator.effects.filter(({ kind }) => kind === 'setSecret').length;
const give = async (replaces = stored().version) =>
  bench.keep(await bench.azure.secrets.give(bench.vault, secret, key, replaces));

test('read gives version and fingerprint, comparable with those of the keys', async () => {
  const keys = valueOf(await bench.azure.keys.listKeys(bench.account('contoso-chat'), salt));
  const read = valueOf(bench.keep(await bench.azure.secrets.read(bench.vault, secret, salt)));
  expect(read).toEqual({ version: stored().version, fingerprint: keys.picture.Key1, enabled: true });
});

test('give writes the key as a new version and keeps everything else as it was', async () => {
  const { simulator } = bench;
  const before = { ...stored(), notBefore: 1_700_000_000 };
  Object.assign(stored(), { notBefore: before.notBefore });
  const { version } = valueOf(await give());
  const after = stored();
  expect(after.version).toBe(version);
  expect(version).not.toBe(before.version);
  expect(after.value).toBe(simulator.currentKeys('contoso-chat').key2);
  const kept = ({ contentType, tags, expires, notBefore, enabled }: typeof after) => ({
    contentType,
    tags,
    expires,
    notBefore,
    enabled,
  });
  expect(kept(after)).toEqual(kept(before));
  expect(after.expires).toBe(4102444800);
  expect(valueOf(await bench.azure.secrets.read(bench.vault, secret, salt)).fingerprint).toBe(
    key.fingerprint,
  );
});

test('give leaves alone what somebody else has written since', async () => {
  const before = { effects: effects(), version: stored().version };
  const fault = faultIn(await give('0123456789abcdef0123456789abcdef'));
  expect(fault).toMatchObject({ kind: 'drifted', says: expect.stringContaining(secret) });
  expect({ effects: effects(), version: stored().version }).toEqual(before);
});

const cases: [what: string, fault: Simulated, kind: FaultKind, happened: 0 | 1][] = [
  ['500 before the effect', { status: 500 }, 'unknownOutcome', 0],
  ['503 after the effect', { status: 503, afterEffect: true }, 'unknownOutcome', 1],
  ['a connection lost before the effect', 'lostBefore', 'unknownOutcome', 0],
  ['a connection lost after the effect', 'lostAfter', 'unknownOutcome', 1],
  ['half an answer', 'partialBody', 'unknownOutcome', 1],
  ['no answer at all', 'hang', 'unknownOutcome', 0],
  ['429 with Retry-After', { status: 429, retryAfter: 1 }, 'throttled', 0],
  ['403', { status: 403, code: 'Forbidden' }, 'denied', 0],
  ['409', { status: 409, code: 'Conflict' }, 'conflict', 0],
  ['400', { status: 400, code: 'BadParameter' }, 'refused', 0],
];

describe('one write and the right fault for', () => {
  test.each(cases)('%s', async (_what, fault, kind, happened) => {
    const before = { sends: sends(), effects: effects() };
    bench.simulator.faults.next({ match: { method: 'PUT', path: '/secrets/' }, fault, times: 5 });
    expect(faultIn(await give()).kind).toBe(kind);
    expect(sends() - before.sends).toBe(1);
    expect(effects() - before.effects).toBe(happened);
  });
});

test('versions come newest first, also those of one second', async () => {
  const before = valueOf(await bench.azure.secrets.versions(bench.vault, secret));
  const first = valueOf(await give()).version;
  const second = valueOf(await give()).version;
  const third = valueOf(await give()).version;
  const after = valueOf(await bench.azure.secrets.versions(bench.vault, secret));
  expect(after[0]).toBe(third);
  expect(new Set(after)).toEqual(new Set([first, second, third, ...before]));
});

test('a secret that is not there, one that is disabled and one that is forbidden are told apart', async () => {
  const read = async (name: string) => faultIn(await bench.azure.secrets.read(bench.vault, name, salt));
  expect(await read('nobody')).toMatchObject({ kind: 'missing', code: 'SecretNotFound' });

  const disabled = bench.simulator.currentSecret(vaultName, 'stranger');
  if (!disabled) throw new Error('no such secret');
  disabled.enabled = false;
  expect(await read('stranger')).toMatchObject({ kind: 'refused', code: 'SecretDisabled' });
  disabled.enabled = true;

  const service = bench.simulator.estate.principals[0];
  const { grants = [] } = service ?? {};
  const rights = grants.map(({ dataActions }) => dataActions);
  for (const grant of grants) grant.dataActions = [];
  expect(bench.keep(await read('stranger'))).toMatchObject({
    kind: 'denied',
    code: 'ForbiddenByRbac',
    action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action',
    remedy: expect.stringContaining('Key Vault Secrets Officer'),
  });
  grants.forEach((grant, index) => Object.assign(grant, { dataActions: rights[index] }));
});

test("a vault's address without https is refused", async () => {
  const result = await bench.azure.secrets.read('http://vault.example', secret, salt);
  expect(faultIn(result)).toMatchObject({ kind: 'refused', code: 'NotAVault' });
});

test('only a key that the adapter sealed itself can be given', async () => {
  const stranger = { fingerprint: key.fingerprint };
  const before = effects();
  expect((await bench.azure.secrets.give(bench.vault, secret, stranger, stored().version)).ok).toBe(false);
  expect(effects()).toBe(before);
});

test('no key stood in anything that was given out', () => expect(bench.leaked()).toEqual([]));
