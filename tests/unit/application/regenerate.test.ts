import { describe, expect, test } from '@jest/globals';
import type { Probe } from '../../../src/application/ports/azure.ts';
import type { JournalRow } from '../../../src/application/ports/store.ts';
import type { Run, Tools } from '../../../src/application/step.ts';
import { proveIdleKey } from '../../../src/application/steps/apiKeys/proveIdleKey.ts';
import { proveOldKeyDead } from '../../../src/application/steps/apiKeys/proveOldKeyDead.ts';
import { regenerateIdleKey } from '../../../src/application/steps/apiKeys/regenerateIdleKey.ts';
import { regenerateRetiredKey } from '../../../src/application/steps/apiKeys/regenerateRetiredKey.ts';
import { fingerprint } from '../../../src/domain/ids.ts';
import type { KeyPicture } from '../../../src/domain/apiKeys/plan.ts';
import type { Step } from '../../../src/domain/steps.ts';
import { ada, bo, chen, picture, Play } from '../domain/fixtures.ts';

/** An account of two keys, secrets of which a test says what they hold, and a journal in memory. */
function world(keys: KeyPicture, secrets: Readonly<Record<string, string>>, status = 200) {
  const rows = new Map<string, JournalRow>();
  const did = { regenerated: 0, kept: 0, forgot: 0, startedWhenProbed: [] as boolean[] };
  const probe = (): Promise<Probe> => {
    did.startedWhenProbed.push(rows.size > 0);
    return Promise.resolve({ statuses: [status] });
  };
  const hand = (shown: KeyPicture) => ({ picture: shown, probe, keepRetired: () => (did.kept += 1) });
  const tools = {
    azure: {
      keys: {
        listKeys: () => Promise.resolve({ ok: true, value: hand(keys) }),
        regenerateKey: (_account: unknown, slot: 'Key1' | 'Key2') => {
          did.regenerated += 1;
          return Promise.resolve({ ok: true, value: hand({ ...keys, [slot]: fingerprint('new') }) });
        },
        probeRetired: probe,
        forget: () => (did.forgot += 1),
      },
      secrets: {
        read: (_vault: string, secret: string) =>
          Promise.resolve({
            ok: true,
            value: { version: 'v', fingerprint: fingerprint(secrets[secret] ?? ''), enabled: true },
          }),
      },
    },
    journal: {
      find: (call: string) => Promise.resolve(rows.get(call) ?? null),
      start: (call: string, _rotation: unknown, before: unknown, startedAt: number) => {
        rows.set(call, { call, state: 'started', before, startedAt, sends: 1 });
        return Promise.resolve();
      },
      finish: () => Promise.resolve(),
      withdraw: () => Promise.resolve(),
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    clock: { now: () => 0 },
    pause: () => Promise.resolve(),
    timing: {
      timeout: 1,
      margin: 1,
      settleWindow: 1,
      settleLooks: 2,
      proofAnswers: 1,
      proofEvery: 1,
      proofWithin: 0,
    },
  } as unknown as Tools;
  return { tools, did };
}

const runOf = <S extends Step>(play: Play, step: S): Run<S> => {
  const { key, attempt, ask } = play.pending(step);
  const signal = new AbortController().signal;
  return { rotation: play.rotation, salt: '', key, attempt, ask, signal } as unknown as Run<S>;
};

const approved = (): Play => {
  const play = new Play();
  play.planned();
  play.approve(bo);
  play.approve(chen);
  return play;
};

const retiring = (): Play => {
  const play = new Play();
  play.soaked();
  play.approve(bo);
  play.approve(chen);
  return play;
};

describe('just before the idle key is regenerated', () => {
  test('the secrets are read once more, and the key is ended when nobody holds it', async () => {
    const { tools, did } = world(picture('one', 'two'), { web: 'one', indexer: 'one' });
    const came = await regenerateIdleKey(tools, runOf(approved(), 'regenerateIdleKey'));
    expect(came).toMatchObject({ to: 'answer' });
    expect(did.regenerated).toBe(1);
  });

  test('a secret that was put on it since the plan leads to a new plan', async () => {
    const play = approved();
    const { tools, did } = world(picture('one', 'two'), { web: 'two', indexer: 'one' });
    const came = await regenerateIdleKey(tools, runOf(play, 'regenerateIdleKey'));
    expect(came).toMatchObject({ to: 'fault', fault: { kind: 'drifted' } });
    expect(did.regenerated).toBe(0);
    play.fail('regenerateIdleKey', 'drifted');
    play.happen({ type: 'retried', by: ada, stage: 'regenerateIdleKey' });
    expect(play.rotation.phase).toMatchObject({ at: 'working', stage: 'plan' });
  });
});

test.each(['Key1', 'Key2'] as const)(
  'a %s that is not the approved one stops the regeneration',
  async (slot) => {
    const { tools, did } = world({ ...picture('one', 'two'), [slot]: fingerprint('other') }, { web: 'one' });
    const came = await regenerateIdleKey(tools, runOf(approved(), 'regenerateIdleKey'));
    expect(came).toMatchObject({ to: 'fault', fault: { kind: 'drifted', inDoubt: [slot] } });
    expect(did.regenerated).toBe(0);
  },
);

describe('just before the old key is retired', () => {
  test('a secret that holds it again, perhaps by a deployment, halts', async () => {
    const { tools, did } = world(picture('one', 'TWO'), { web: 'TWO', indexer: 'one' });
    const came = await regenerateRetiredKey(tools, runOf(retiring(), 'regenerateRetiredKey'));
    expect(came).toMatchObject({ to: 'fault', fault: { kind: 'refused' } });
    expect(came.to === 'fault' ? came.fault.says : '').toContain('indexer');
    expect(did.regenerated).toBe(0);
  });

  test('the key in use is tried before the intent is written down, so that the request follows it at once', async () => {
    const { tools, did } = world(picture('one', 'TWO'), { web: 'TWO', indexer: 'TWO' });
    await regenerateRetiredKey(tools, runOf(retiring(), 'regenerateRetiredKey'));
    expect(did).toMatchObject({ regenerated: 1, kept: 1, forgot: 0, startedWhenProbed: [false] });
  });

  test('the value of a key that lives on is not kept', async () => {
    const { tools, did } = world(picture('one', 'TWO'), { web: 'TWO', indexer: 'TWO' }, 503);
    const came = await regenerateRetiredKey(tools, runOf(retiring(), 'regenerateRetiredKey'));
    expect(came).toMatchObject({ to: 'fault', fault: { kind: 'notProved' } });
    expect(did).toMatchObject({ regenerated: 0, kept: 1, forgot: 1 });
  });
});

test('Retry after a refused proof does not take over a key that changed meanwhile: it says so first', async () => {
  const play = approved();
  play.answer('regenerateIdleKey', { keys: picture('one', 'TWO'), found: 'answered', by: 'worker-1' });
  play.fail('proveIdleKey', 'notProved');
  play.happen({ type: 'retried', by: ada, stage: 'proveIdleKey' });
  const { tools } = world(picture('one', 'TWO again'), {});
  const came = await proveIdleKey(tools, runOf(play, 'proveIdleKey'));
  expect(came).toMatchObject({ to: 'fault', fault: { kind: 'drifted', inDoubt: ['Key2'] } });
});

test.each([
  [401, true],
  [403, false],
  [200, false],
])('a retired key that is answered %d is proved dead: %s', async (status, dead) => {
  const play = new Play();
  play.retired();
  const { tools } = world(picture('ONE', 'TWO'), {}, status);
  const came = await proveOldKeyDead(tools, runOf(play, 'proveOldKeyDead'));
  expect(came).toMatchObject({ to: 'answer', answer: { dead } });
});
