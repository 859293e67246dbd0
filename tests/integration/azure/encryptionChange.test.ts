import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { EncryptedAccount, EncryptedAccounts } from '../../../src/application/ports/encryption.ts';
import type { KeyAddress } from '../../../src/domain/encryptionKey/key.ts';
import type { Fault } from '../../../src/domain/faults.ts';
import type { Result } from '../../../src/domain/result.ts';
import type { Effect } from '../../../src/simulator/index.ts';
import { faultIn, startBench, valueOf, type Bench } from './support.ts';

let bench: Bench;
let accounts: EncryptedAccounts;
beforeAll(async () => {
  bench = await startBench(
    { throttle: { writes: { capacity: 1000, refillPerSecond: 1000 } } },
    { callTimeout: 600 },
  );
  accounts = bench.azure.encryption.accounts;
});
beforeEach(async () => {
  await settled();
  Object.assign(bench.simulator.timing, { wrapTime: 0, grantDelay: 0, keyLookedAt: 'atOnce' });
});
afterEach(() => bench.simulator.faults.clear());
afterAll(async () => bench[Symbol.asyncDispose]());

const name = 'contoso-chat';
const old = 'c0'.repeat(16);
const current = 'b1'.repeat(16);

const id = () => bench.account(name).id;
const vault = (): string => `${bench.simulator.vaultUrl('contoso-keys')}/`;
const key = (version: string, of = 'chat-cmk'): KeyAddress => ({ vault: vault(), name: of, version });
const read = async (): Promise<EncryptedAccount> => valueOf(await accounts.read(id()));

const patches = (): number =>
  bench.simulator.requests.filter(({ method, path }) => method === 'PATCH' && path.endsWith(`/${name}`))
    .length;
const polls = (): number =>
  bench.simulator.requests.filter(({ path }) => path.includes('/operationResults/')).length;
const effectsOf = (kind: Effect['kind']): number =>
  bench.simulator.effects.filter((effect) => effect.kind === kind && effect.target === name).length;
const changes = (): number => effectsOf('updateAccount');

/** Points the account at a key, as a step would: the account is read just before. */
const point = async (
  to: KeyAddress,
  identityClientId: string | null = null,
): Promise<Result<Readonly<{ operation: string | null }>, Fault>> =>
  accounts.pointAtKey(await read(), { key: to, identityClientId });

const accepted = async (to: KeyAddress): Promise<string> => {
  const { operation } = valueOf(await point(to));
  if (operation === null) throw new Error('no operation');
  return operation;
};

/** Resolves when nothing goes on at the account any more. */
async function settled(): Promise<void> {
  for (;;) {
    const effect = nextEffect();
    if ((await read()).provisioningState !== 'Accepted') return;
    await effect;
  }
}

const nextEffect = (): Promise<void> =>
  new Promise((resolve) => {
    const stop = bench.simulator.onEffect(() => {
      stop();
      resolve();
    });
  });

const versionOf = ({ encryption }: EncryptedAccount): string =>
  encryption.source === 'customer' ? encryption.key.version : '';

/** The version of the two that the account does not have. */
const other = async (): Promise<string> => (versionOf(await read()) === old ? current : old);

describe('pointing an account at a key', () => {
  test('sends one PATCH and no poll, and gives an operation that outlives the process', async () => {
    bench.simulator.timing.wrapTime = 300;
    const before = { patches: patches(), polls: polls(), changes: changes() };
    const operation = await accepted(key(old));
    expect([patches() - before.patches, polls() - before.polls]).toEqual([1, 0]);

    expect(valueOf(await accounts.progress(id(), operation))).toEqual({ state: 'inProgress' });
    const meanwhile = await read();
    expect(meanwhile.provisioningState).toBe('Accepted');
    expect(meanwhile.encryption).toMatchObject({ source: 'customer', key: key(old) });

    await settled();
    // another process: nothing but the text
    const restarted = bench.open({}).encryption.accounts;
    const resumed = valueOf(await restarted.progress(id(), JSON.parse(JSON.stringify(operation)) as string));
    expect(resumed).toEqual({ state: 'succeeded' });
    expect(patches() - before.patches).toBe(1);
    expect(changes() - before.changes).toBe(1);
    expect(bench.simulator.effects.at(-1)).toMatchObject({ kind: 'wrapData', key: 'chat-cmk', version: old });
    expect((await read()).provisioningState).toBe('Succeeded');
  });

  test('holds no token in the text of the operation', async () => {
    const operation = await accepted(key(current));
    expect(operation).not.toMatch(/Bearer|eyJ/);
  });

  test('changes nothing but the encryption', async () => {
    const before = await read();
    await accepted(key(old));
    await settled();
    const after = await read();
    const changed = Object.keys({ ...before.fields, ...after.fields }).filter(
      (field) => before.fields[field] !== after.fields[field],
    );
    expect(changed).toEqual(['properties.encryption.keyVaultProperties.keyVersion']);
    expect(after.etag).not.toBe(before.etag);
  });

  test('follows the newest version when the version is empty, and is pinned again', async () => {
    await accepted(key(''));
    await settled();
    expect((await read()).encryption).toMatchObject({ key: { version: '' } });
    await accepted(key(current));
    await settled();
    expect((await read()).encryption).toMatchObject({ key: { version: current } });
  });

  test('takes another key of the same vault', async () => {
    await accepted(key('a1'.repeat(16), 'chat-spare'));
    await settled();
    expect((await read()).encryption).toMatchObject({ key: { name: 'chat-spare' } });
    await accepted(key(current));
  });
});

describe('an answer that is lost', () => {
  test.each([
    ['before the effect', 'lostBefore', 0],
    ['after the effect', 'lostAfter', 1],
    ['by a 500 after the effect', { status: 500, afterEffect: true }, 1],
    ['half-way through', 'partialBody', 1],
    ['in silence', 'hang', 0],
  ] as const)(
    '%s is an unknown outcome, sent once, and the account tells',
    async (_when, fault, happened) => {
      const wanted = await other();
      const before = { version: versionOf(await read()), patches: patches(), changes: changes() };
      bench.simulator.faults.next({ match: { method: 'PATCH', path: `accounts/${name}` }, fault, times: 4 });
      expect(faultIn(await point(key(wanted))).kind).toBe('unknownOutcome');
      expect(patches() - before.patches).toBe(1);
      expect(changes() - before.changes).toBe(happened);
      bench.simulator.faults.clear();
      await settled();
      expect(versionOf(await read())).toBe(happened === 1 ? wanted : before.version);
    },
  );

  test('a poll that fails says nothing about the change', async () => {
    bench.simulator.timing.wrapTime = 200;
    const before = changes();
    const operation = await accepted(key(await other()));
    bench.simulator.faults.next({
      match: { path: 'operationResults' },
      fault: { status: 403, code: 'AuthorizationFailed' },
    });
    expect(faultIn(await accounts.progress(id(), operation)).kind).toBe('denied');
    bench.simulator.faults.next({
      match: { path: 'operationResults' },
      fault: { status: 404, code: 'NotFound' },
    });
    expect(faultIn(await accounts.progress(id(), operation)).kind).toBe('missing');
    await settled();
    // the result is read, and what the SDK reads behind it is lost
    const path = 'operationResults';
    bench.simulator.faults.next({ match: { path }, fault: { delay: 0 } });
    bench.simulator.faults.next({ match: { path }, fault: { status: 500 }, times: 9 });
    expect(valueOf(await accounts.progress(id(), operation))).toEqual({ state: 'succeeded' });
    expect(changes() - before).toBe(1);
  });
});

describe('refused', () => {
  const says = async (to: KeyAddress, identity: string | null = null): Promise<Fault> =>
    faultIn(bench.keep(await point(to, identity)));

  test('at once: with the words of Azure, and nothing changed', async () => {
    const before = changes();
    expect(await says(key('f'.repeat(32)))).toMatchObject({
      kind: 'refused',
      says: expect.stringContaining('Key version not supported'),
    });
    expect(await says(key('a1'.repeat(16), 'curve'))).toMatchObject({
      says: expect.stringContaining('Key version not supported'),
    });
    expect(await says({ ...key(current), name: '' })).toMatchObject({
      says: expect.stringContaining('KeyVaultProperties is invalid'),
    });
    expect(await says({ ...key(current), vault: bench.simulator.vaultUrl('contoso-apps') })).toMatchObject({
      kind: 'refused',
      says: expect.stringContaining('key vault of a customer-managed key cannot be changed'),
    });
    expect(changes()).toBe(before);
  });

  test('another region is "Key store not found", a vault without purge protection not recoverable', async () => {
    const refused = async (account: string): Promise<Fault> => {
      const state = valueOf(await accounts.read(bench.account(account).id));
      if (state.encryption.source !== 'customer') throw new Error('no key');
      return faultIn(
        await accounts.pointAtKey(state, {
          key: { ...state.encryption.key, version: '' },
          identityClientId: null,
        }),
      );
    };
    expect(await refused('lab-far')).toMatchObject({
      kind: 'refused',
      says: expect.stringContaining('Key store not found'),
    });
    expect(await refused('lab-purgeable')).toMatchObject({
      says: expect.stringContaining('must be recoverable and not purgeable'),
    });
    expect(await refused('lab-powerless')).toMatchObject({
      kind: 'denied',
      code: 'Forbidden',
      says: expect.stringContaining('wrapKey, unwrapKey'),
    });
    expect(await refused('lab-foreign')).toMatchObject({ kind: 'denied' });
    expect(await refused('lab-walled')).toMatchObject({
      kind: 'denied',
      says: expect.stringContaining('firewall'),
    });
    expect(await refused('lab-busy')).toMatchObject({
      kind: 'conflict',
      code: 'AccountProvisioningStateInvalid',
    });
  });

  test('after it was accepted: the reason comes with the progress, and the old key stays', async () => {
    bench.simulator.timing.keyLookedAt = 'afterAcceptance';
    const before = (await read()).encryption;
    const operation = await accepted(key('f'.repeat(32)));
    await settled();
    const progress = valueOf(bench.keep(await accounts.progress(id(), operation)));
    expect(progress).toMatchObject({
      state: 'failed',
      fault: {
        kind: 'refused',
        code: 'BadRequest',
        says: expect.stringContaining('Key version not supported'),
      },
    });
    const after = await read();
    expect([after.encryption, after.provisioningState]).toEqual([before, 'Failed']);
    // and it goes on from there
    await accepted(key(current));
    await settled();
    expect((await read()).provisioningState).toBe('Succeeded');
  });

  test('a right lost half-way is denied after the acceptance, without an action of Keysmith', async () => {
    bench.simulator.timing.wrapTime = 150;
    const operation = await accepted(key(old));
    const { estate } = bench.simulator;
    const kept = estate.roleAssignments ?? [];
    estate.roleAssignments = [];
    await settled();
    estate.roleAssignments = kept;
    const progress = valueOf(await accounts.progress(id(), operation));
    expect(progress).toMatchObject({ state: 'failed', fault: { kind: 'denied', code: 'Forbidden' } });
    expect(progress).not.toHaveProperty('fault.action');
  });

  test('a right granted a minute ago is denied until it counts', async () => {
    const granted = bench.simulator.estate.roleAssignments?.find(({ scope }) =>
      scope.endsWith('/contoso-keys'),
    );
    if (!granted) throw new Error('no assignment');
    granted.grantedAt = Date.now();
    bench.simulator.timing.grantDelay = 60_000;
    const fault = await says(key(current));
    expect(fault).toMatchObject({ kind: 'denied', remedy: expect.stringContaining('10 minutes') });
    expect(fault).not.toHaveProperty('action');
    bench.simulator.timing.grantDelay = 0;
    expect((await point(key(current))).ok).toBe(true);
  });

  test('names the action when it is Keysmith who lacks the right', async () => {
    const grants = bench.simulator.estate.principals[0]?.grants ?? [];
    for (const grant of grants) grant.notActions = ['Microsoft.CognitiveServices/accounts/write'];
    const fault = await says(key(current));
    for (const grant of grants) delete grant.notActions;
    expect(fault).toMatchObject({ kind: 'denied', action: 'Microsoft.CognitiveServices/accounts/write' });
  });

  test('canceled by somebody', async () => {
    bench.simulator.timing.wrapTime = 60_000;
    const operation = await accepted(key(old));
    bench.simulator.cancelByHand(name);
    expect(valueOf(await accounts.progress(id(), operation))).toMatchObject({
      state: 'canceled',
      fault: { code: 'Canceled' },
    });
    expect((await read()).provisioningState).toBe('Canceled');
  });
});

describe("somebody else's PATCH in between", () => {
  test('before ours: drifted, nothing sent into it', async () => {
    const seen = await read();
    const before = changes();
    bench.simulator.changeByHand(name, { tags: { owner: 'somebody' } });
    const result = await accounts.pointAtKey(seen, { key: key(current), identityClientId: null });
    expect(faultIn(result)).toMatchObject({ kind: 'drifted', code: 'PreconditionFailed' });
    expect(changes() - before).toBe(1);
  });

  test('while theirs runs: a conflict', async () => {
    bench.simulator.timing.wrapTime = 100;
    bench.simulator.changeByHand(name, {
      properties: {
        encryption: {
          keySource: 'Microsoft.KeyVault',
          keyVaultProperties: { keyVaultUri: vault(), keyName: 'chat-cmk', keyVersion: old },
        },
      },
    });
    expect(faultIn(await point(key(current)))).toMatchObject({
      kind: 'conflict',
      code: 'AccountProvisioningStateInvalid',
    });
    await settled();
  });
});
