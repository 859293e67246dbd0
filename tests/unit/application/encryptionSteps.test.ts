import { describe, expect, test } from '@jest/globals';
import type { EncryptedAccount, KeyVault } from '../../../src/application/ports/encryption.ts';
import type { JournalRow } from '../../../src/application/ports/store.ts';
import type { Tools } from '../../../src/application/step.ts';
import { pointAccountAtKey } from '../../../src/application/steps/encryptionKey/pointAccountAtKey.ts';
import { differencesOf } from '../../../src/application/steps/encryptionKey/verifyEncryption.ts';
import { waitForWrap } from '../../../src/application/steps/encryptionKey/waitForWrap.ts';
import { watchGuarded } from '../../../src/application/steps/encryptionKey/watchGuarded.ts';
import type { Encryption, KeyAddress } from '../../../src/domain/encryptionKey/key.ts';
import type { Fault, FaultKind } from '../../../src/domain/faults.ts';
import { err, ok } from '../../../src/domain/result.ts';

const key = (version: string): KeyAddress => ({ vault: 'https://v.example/', name: 'cmk', version });
const held = (version: string): Encryption => ({
  source: 'customer',
  key: key(version),
  identityClientId: null,
});
const fault = (kind: FaultKind): Fault => ({ kind, says: kind, remedy: '' });

/** What Azure shows of the account, look by look; the last one stays. */
type Shown = readonly (readonly [version: string, state: string])[];

const settings = { timeout: 100, margin: 10, settleWindow: 60, settleLooks: 3 };

/** The ports in memory, a clock that moves only when somebody waits, and a PATCH whose answers are scripted. */
function workshop(shown: Shown, answers: readonly ('accepted' | FaultKind)[] = []) {
  const rows = new Map<string, JournalRow>();
  const world = { sends: 0, looks: 0, now: 1_000 };
  const account = (): EncryptedAccount => {
    const [version, provisioningState] = shown[Math.min(world.looks, shown.length - 1)] ?? ['', ''];
    world.looks += 1;
    return {
      id: 'a',
      name: 'chat',
      provisioningState,
      etag: null,
      encryption: held(version),
      fields: {},
    } as unknown as EncryptedAccount;
  };
  const usable = { enabled: true, expires: null, activates: null, operations: ['wrapKey', 'unwrapKey'] };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const tools = {
    log,
    timing: settings,
    clock: { now: () => world.now },
    pause: async (ms: number) => void (world.now += ms),
    journal: {
      find: async (call: string) => rows.get(call) ?? null,
      start: async (call: string, _rotation: string, before: unknown, startedAt: number) =>
        void rows.set(call, { call, state: 'started', before, startedAt, sends: 1 }),
      finish: async (call: string, after: unknown, found: 'answered' | 'adopted') =>
        void rows.set(call, { call, state: 'done', before: null, after, found, startedAt: 0, sends: 1 }),
      withdraw: async (call: string) => void rows.delete(call),
    },
    guards: { of: async () => [] },
    encryption: {
      accounts: {
        read: async () => ok(account()),
        pointAtKey: async () => {
          const answer = answers[world.sends] ?? 'accepted';
          world.sends += 1;
          return answer === 'accepted' ? ok({ operation: 'op' }) : err(fault(answer));
        },
      },
      vaults: { at: async () => ok({} as KeyVault) },
      keys: { read: async () => ok(usable) },
    },
  } as unknown as Tools;
  return { tools, world, rows };
}

const rotation = {
  id: 'R-7K3FQ2',
  found: { account: { id: 'a', name: 'chat' } },
  request: { at: 0 },
  rules: { timing: { wrapPatience: 10_000, wrapEvery: 500 } },
};

const pointing = { from: [held('old')], to: key('new'), identityClientId: null };
const run = (ask: unknown): never =>
  ({
    rotation,
    key: 'R-7K3FQ2/step/1',
    attempt: 1,
    ask,
    signal: new AbortController().signal,
  }) as unknown as never;
const point = (tools: Tools) => pointAccountAtKey(tools, run(pointing));

describe('a PATCH whose answer was lost, while Azure shows the old key until it is done', () => {
  const busy = ['old', 'Accepted'] as const;

  test('is waited for, not sent again, and adopted when it is done', async () => {
    const shown: [string, string][] = [
      ['old', 'Succeeded'],
      ['old', 'Succeeded'],
      ...Array.from({ length: 3 }, () => [...busy] as [string, string]),
    ];
    const { tools, world } = workshop([...shown, ['new', 'Succeeded']], ['unknownOutcome']);
    expect(await point(tools)).toMatchObject({ to: 'later' });
    expect(await point(tools)).toEqual({ to: 'answer', answer: { operation: null, found: 'adopted' } });
    expect(world.sends).toBe(1);
  });

  test('and that came to nothing is sent again, once', async () => {
    const shown: Shown = [['old', 'Succeeded'], ['old', 'Succeeded'], busy, busy, busy, ['old', 'Failed']];
    const { tools, world } = workshop(shown, ['unknownOutcome']);
    expect(await point(tools)).toMatchObject({ to: 'later' });
    expect(await point(tools)).toEqual({ to: 'answer', answer: { operation: 'op', found: 'answered' } });
    expect(world.sends).toBe(2);
  });

  test('is waited for as long as a wrap may take, and no longer', async () => {
    const { tools, world } = workshop([['old', 'Succeeded'], ['old', 'Succeeded'], busy], ['unknownOutcome']);
    expect(await point(tools)).toMatchObject({ to: 'later' });
    world.now += 10_000;
    expect(await point(tools)).toMatchObject({
      to: 'fault',
      fault: { says: expect.stringMatching(/"Accepted"/) },
    });
    expect(world.sends).toBe(1);
  });
});

describe('an account that shows the wanted key', () => {
  test('after a change that failed is pointed at it once more', async () => {
    const { tools, world } = workshop([['new', 'Failed']]);
    expect(await point(tools)).toEqual({ to: 'answer', answer: { operation: 'op', found: 'answered' } });
    expect(world.sends).toBe(1);
  });

  test.each(['Succeeded', 'Accepted'])('in the state %s is left alone', async (state) => {
    const { tools, world } = workshop([['new', state]]);
    expect(await point(tools)).toEqual({ to: 'answer', answer: { operation: null, found: 'unsent' } });
    expect(world.sends).toBe(0);
  });
});

test('an account that changed since it was read just before is left alone, in words', async () => {
  const { tools, rows } = workshop([['old', 'Succeeded']], ['drifted']);
  expect(await point(tools)).toMatchObject({ to: 'fault', fault: { kind: 'drifted' } });
  expect(rows.size).toBe(0);
});

describe('a change without an operation to ask', () => {
  const waiting = async (shown: Shown) => {
    const { tools } = workshop(shown);
    return waitForWrap(tools, run({ operation: null, to: key('new') }));
  };

  test('is told by the account', async () => {
    expect(await waiting([['new', 'Updating']])).toMatchObject({ answer: { is: 'inProgress' } });
    expect(await waiting([['new', 'Succeeded']])).toMatchObject({ answer: { is: 'succeeded' } });
    expect(await waiting([['old', 'Failed']])).toMatchObject({
      answer: { is: 'failed', fault: { says: expect.stringMatching(/"Failed"/) } },
    });
  });

  test('counts as failed only when the old key stays in the picture: a read can lag', async () => {
    expect(
      await waiting([
        ['old', 'Succeeded'],
        ['new', 'Succeeded'],
      ]),
    ).toMatchObject({ answer: { is: 'succeeded' } });
    expect(await waiting([['old', 'Succeeded']])).toMatchObject({
      answer: { is: 'failed', fault: { kind: 'drifted' } },
    });
  });
});

describe('a guarded version whose vault has no address any more', () => {
  const watching = async (vaultIs: 'there' | FaultKind) => {
    const { tools } = workshop([]);
    const { keys, vaults } = tools.encryption;
    Object.assign(keys, { read: async () => err(fault('unreachable')) });
    Object.assign(vaults, { at: async () => (vaultIs === 'there' ? ok({}) : err(fault(vaultIs))) });
    const came = await watchGuarded(tools, run({ versions: [key('old')] }));
    return came.to === 'answer' ? came.answer.seen[0]?.state : came;
  };

  test('counts as deleted when the vault is not there either, and as nothing otherwise', async () => {
    expect(await watching('missing')).toBe('deleted');
    expect(await watching('there')).toBe('unreadable');
    expect(await watching('throttled')).toBe('unreadable');
  });
});

test('the difference of two pictures of an account leaves out its encryption, and names what came and went', () => {
  const before = {
    'tags.a': '"1"',
    'properties.encryption.keySource': '"x"',
    'properties.encryptionScope': '1',
    sku: '"S0"',
  };
  const after = {
    'tags.b': '"2"',
    'properties.encryption.keySource': '"y"',
    'properties.encryptionScope': '2',
    sku: '"S0"',
  };
  expect(differencesOf(before, after)).toEqual([
    { field: 'properties.encryptionScope', before: '1', after: '2' },
    { field: 'tags.a', before: '"1"', after: null },
    { field: 'tags.b', before: null, after: '"2"' },
  ]);
});
