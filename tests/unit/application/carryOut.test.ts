import { expect, test } from '@jest/globals';
import { carryOut } from '../../../src/application/carryOut.ts';
import type { EffectRow, Store, Tx } from '../../../src/application/ports/store.ts';
import type { Tools } from '../../../src/application/step.ts';
import type { FaultKind } from '../../../src/domain/faults.ts';
import type { Rotation } from '../../../src/domain/rotation.ts';
import { plan, Play, tools as pure } from '../domain/fixtures.ts';

/** One rotation that waits for its plan, in memory; `find` of Azure's accounts does what the test says. */
function workshop(
  find: () => Promise<unknown>,
  save: (rotation: Rotation) => void = () => undefined,
  runningOn: string | null = null,
  vault?: FaultKind,
) {
  const play = new Play();
  const effect = play.pending('plan');
  const kept: { rotation: Rotation; done: boolean } = { rotation: play.rotation, done: false };
  const lock = new AbortController();
  const tx = {
    lockRotation: () => Promise.resolve(kept.rotation),
    saveRotation: (rotation: Rotation) => {
      save(rotation);
      kept.rotation = rotation;
      return Promise.resolve();
    },
    runningOn: () => Promise.resolve(runningOn),
    addEffects: () => Promise.resolve(),
    addOutbox: () => Promise.resolve(),
    finishEffect: () => {
      kept.done = true;
      return Promise.resolve();
    },
  } as unknown as Tx;
  const store = {
    effects: {
      find: () => Promise.resolve({ ...effect, rotation: play.rotation.id, done: kept.done } as EffectRow),
    },
    rotations: { find: () => Promise.resolve(kept.rotation), salt: () => Promise.resolve('salt') },
    journal: {
      withLock: async (_key: string, work: (signal: AbortSignal) => Promise<unknown>) => ({
        held: true,
        value: await work(lock.signal),
      }),
    },
    transaction: (work: (tx: Tx) => Promise<unknown>) => work(tx),
  } as unknown as Store;
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const good = <T>(value: T) => Promise.resolve({ ok: true, value });
  const accounts = {
    find,
    read: () =>
      good({
        account: plan.account,
        provisioningState: 'Succeeded',
        localAuthDisabled: false,
        publicNetwork: true,
      }),
    missingActions: () => good([]),
    locks: () => good([]),
    encryptionTrouble: () => good(null),
  };
  const keys = {
    listKeys: () => good({ picture: plan.keys, probe: () => Promise.resolve({ statuses: [200] }) }),
    probeRandomKey: () => Promise.resolve({ statuses: [401] }),
  };
  const traffic = { minutes: () => good([]) };
  const broken = { ok: false, error: { kind: vault, says: 'The vault.', remedy: '' } };
  const secrets = {
    read: () =>
      vault === undefined
        ? good({ version: '1', fingerprint: plan.keys.Key1, enabled: true })
        : Promise.resolve(broken),
  };
  const policies = { rulesFor: () => play.rotation.rules };
  const tools = {
    azure: { accounts, keys, traffic, secrets },
    policies,
    clock: { now: () => play.at },
    log,
    nearest: () => [],
  };
  const directory = { members: nobody, memberOf: nobody };
  const on = { store, tools: tools as unknown as Tools, pure, directory };
  return { kept, lock, run: () => carryOut(on, effect.key), now: play.at };
}

/** The rules of these tests name no groups. */
const nobody = (): Promise<never> => Promise.reject(new Error('nobody asks'));

const missing = { ok: true, value: { found: [], otherNames: [] } };

const found = { ok: true, value: { found: [plan.account], otherNames: [] } };

test('a plan opens the first gate', async () => {
  const { kept, run } = workshop(() => Promise.resolve(found));
  await run();
  expect(kept.rotation.phase).toMatchObject({ at: 'awaitingApproval', stage: 'approveFirst' });
});

test('a vault that is out of reach for a while halts the plan, with Retry, and does not block its gate', async () => {
  const { kept, run } = workshop(() => Promise.resolve(found), undefined, null, 'unreachable');
  await run();
  expect(kept.rotation.phase).toMatchObject({ at: 'halted', stage: 'plan' });
});

test('a secret that may not be read is named at the gate', async () => {
  const { kept, run } = workshop(() => Promise.resolve(found), undefined, null, 'denied');
  await run();
  expect(kept.rotation.phase.at).toBe('awaitingApproval');
  const consumers = kept.rotation.procedure === 'apiKeys' ? kept.rotation.consumers : [];
  expect(consumers.map(({ holds }) => holds)).toEqual(['unreadable', 'unreadable']);
});

test('a plan for an account that another rotation has, under another name, is refused and names that one', async () => {
  const { kept, run } = workshop(() => Promise.resolve(found), undefined, 'R-000001');
  await run();
  const { phase } = kept.rotation;
  expect(phase).toMatchObject({ at: 'ended', outcome: 'refused' });
  expect(phase.at === 'ended' ? phase.says : '').toContain('R-000001');
});

test('a call that ended with the lock is no failure of the step: it is carried out again', async () => {
  const { kept, lock, run, now } = workshop(() => {
    lock.abort(new Error('lock lost'));
    return Promise.resolve({ ok: false, error: { kind: 'unreachable', says: '', remedy: '' } });
  });
  expect(await run()).toBeGreaterThan(now);
  expect(kept).toMatchObject({ done: false, rotation: { phase: { at: 'working' } } });
});

test('an answer that cannot be saved halts the rotation, or it would wait for it for ever', async () => {
  const { kept, run } = workshop(
    () => Promise.resolve(missing),
    ({ phase }) => {
      if (phase.at === 'ended') throw new TypeError('a mistake of ours');
    },
  );
  expect(await run()).toBeNull();
  expect(kept).toMatchObject({ done: true, rotation: { phase: { at: 'halted', fault: { kind: 'bug' } } } });
});

test('a store that is gone for a while is no fault: the effect stays as it is', async () => {
  const gone = Object.assign(new Error('gone'), { name: 'StoreUnavailable' });
  const { kept, run } = workshop(
    () => Promise.resolve(missing),
    () => {
      throw gone;
    },
  );
  await expect(run()).rejects.toBe(gone);
  expect(kept).toMatchObject({ done: false, rotation: { phase: { at: 'working' } } });
});
