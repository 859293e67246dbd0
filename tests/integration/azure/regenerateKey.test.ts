import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { FaultKind } from '../../../src/domain/faults.ts';
import type { Fault as Simulated } from '../../../src/simulator/index.ts';
import { faultIn, salt, startBench, valueOf, type Bench } from './support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench(
    { throttle: { writes: { capacity: 1000, refillPerSecond: 1000 } } },
    { callTimeout: 600 },
  );
});
afterEach(() => bench.simulator.faults.clear());
afterAll(async () => bench[Symbol.asyncDispose]());

const sends = (): number =>
  bench.simulator.requests.filter(({ path }) => path.endsWith('/regenerateKey')).length;
const effects = (): number => bench.simulator.effects.filter(({ kind }) => kind === 'regenerateKey').length;

test('gives both slots as fingerprints, of which only the asked one is new', async () => {
  const chat = bench.account('contoso-chat');
  const before = valueOf(bench.keep(await bench.azure.keys.listKeys(chat, salt)));
  const after = valueOf(bench.keep(await bench.azure.keys.regenerateKey(chat, 'Key2', salt)));
  expect(after.picture.Key1).toBe(before.picture.Key1);
  expect(after.picture.Key2).not.toBe(before.picture.Key2);
  expect(after.picture.Key2).toMatch(/^[0-9a-f]{64}$/);
  expect(valueOf(await bench.azure.keys.listKeys(chat, salt)).picture).toEqual(after.picture);
  expect(valueOf(await bench.azure.keys.listKeys(chat, 'b0'.repeat(32))).picture.Key1).not.toBe(
    after.picture.Key1,
  );
});

/** What the simulated Azure does, how the adapter names it, and whether a key was regenerated. */
const cases: [what: string, fault: Simulated, kind: FaultKind, happened: 0 | 1][] = [
  ['500 before the effect', { status: 500 }, 'unknownOutcome', 0],
  ['500 after the effect', { status: 500, afterEffect: true }, 'unknownOutcome', 1],
  ['503 with Retry-After', { status: 503, retryAfter: 1 }, 'unknownOutcome', 0],
  ['504 after the effect', { status: 504, afterEffect: true }, 'unknownOutcome', 1],
  ['408 after the effect', { status: 408, afterEffect: true }, 'unknownOutcome', 1],
  ['a connection lost before the effect', 'lostBefore', 'unknownOutcome', 0],
  ['a connection lost after the effect', 'lostAfter', 'unknownOutcome', 1],
  ['half an answer', 'partialBody', 'unknownOutcome', 1],
  ['a 200 without keys', { status: 200, afterEffect: true }, 'unknownOutcome', 1],
  ['no answer at all', 'hang', 'unknownOutcome', 0],
  ['an answer later than the time-out', { delay: 1500 }, 'unknownOutcome', 1],
  ['429 with Retry-After', { status: 429, retryAfter: 7 }, 'throttled', 0],
  ['429 without Retry-After', { status: 429 }, 'throttled', 0],
  ['403', { status: 403, code: 'AuthorizationFailed' }, 'denied', 0],
  ['401', { status: 401, code: 'InvalidAuthenticationToken' }, 'denied', 0],
  ['404', { status: 404, code: 'ResourceNotFound' }, 'missing', 0],
  ['409', { status: 409, code: 'AccountProvisioningStateInvalid' }, 'conflict', 0],
  ['a lock', { status: 409, code: 'ScopeLocked' }, 'conflict', 0],
  ['400', { status: 400, code: 'BadRequest' }, 'refused', 0],
];

describe('one send and the right fault for', () => {
  test.each(cases)('%s', async (_what, fault, kind, happened) => {
    const before = { sends: sends(), effects: effects() };
    // enough for every re-send there could be
    bench.simulator.faults.next({ match: { path: '/regenerateKey' }, fault, times: 5 });
    const result = bench.keep(
      await bench.azure.keys.regenerateKey(bench.account('contoso-chat'), 'Key2', salt),
    );
    expect(faultIn(result).kind).toBe(kind);
    expect(sends() - before.sends).toBe(1);
    expect(effects() - before.effects).toBe(happened);
  });
});

test('an effect that lands after the time-out is an unknown outcome, sent once', async () => {
  const before = sends();
  const landed = new Promise<void>((resolve) => {
    const stop = bench.simulator.onEffect(() => {
      stop();
      resolve();
    });
  });
  bench.simulator.faults.next({
    match: { path: '/regenerateKey' },
    fault: { landsLate: 900, socket: 'hang' },
  });
  const result = await bench.azure.keys.regenerateKey(bench.account('contoso-chat'), 'Key1', salt);
  expect(faultIn(result)).toMatchObject({ kind: 'unknownOutcome', code: 'TimeoutError' });
  await landed;
  expect(sends() - before).toBe(1);
});

test('an aborted call is an unknown outcome, sent once', async () => {
  const before = sends();
  const lease = new AbortController();
  bench.simulator.faults.next({ match: { path: '/regenerateKey' }, fault: 'hang' });
  const asked = bench.azure.keys.regenerateKey(bench.account('contoso-chat'), 'Key1', salt, lease.signal);
  while (bench.simulator.faults.pending() > 0) await new Promise((resolve) => setImmediate(resolve));
  lease.abort();
  expect(faultIn(await asked)).toMatchObject({ kind: 'unknownOutcome', code: 'AbortError' });
  expect(sends() - before).toBe(1);
});

test('a call aborted beforehand sends nothing', async () => {
  const before = bench.simulator.requests.length;
  const result = await bench.azure.keys.regenerateKey(
    bench.account('contoso-chat'),
    'Key1',
    salt,
    AbortSignal.abort(),
  );
  expect(faultIn(result).kind).toBe('unreachable');
  expect(bench.simulator.requests).toHaveLength(before);
});

test('says how long Azure asks to wait, in seconds or as a date', async () => {
  const ask = async (retryAfter: number | string): Promise<number | undefined> => {
    bench.simulator.faults.next({ match: { path: '/regenerateKey' }, fault: { status: 429, retryAfter } });
    return faultIn(await bench.azure.keys.regenerateKey(bench.account('contoso-chat'), 'Key1', salt))
      .retryAfter;
  };
  expect(await ask(7)).toBe(7000);
  const byDate = (await ask(new Date(Date.now() + 30_000).toUTCString())) ?? 0;
  expect(byDate).toBeGreaterThan(25_000);
  expect(byDate).toBeLessThanOrEqual(30_000);
});

test('a real refusal names the missing action and a remedy', async () => {
  const [service] = bench.simulator.estate.principals;
  const grants = service?.grants ?? [];
  const kept = structuredClone(grants);
  for (const grant of grants)
    grant.actions = grant.actions.filter((action) => !action.includes('regenerateKey'));
  const fault = faultIn(
    bench.keep(await bench.azure.keys.regenerateKey(bench.account('contoso-chat'), 'Key1', salt)),
  );
  grants.splice(0, grants.length, ...kept);
  expect(fault).toMatchObject({
    kind: 'denied',
    code: 'AuthorizationFailed',
    action: 'Microsoft.CognitiveServices/accounts/regenerateKey/action',
    says: expect.stringContaining('lacks Microsoft.CognitiveServices/accounts/regenerateKey/action'),
    remedy: expect.stringContaining('Grant it, for example with the role Cognitive Services Contributor'),
  });
});

test('a ReadOnly lock is a conflict that says so', async () => {
  const fault = faultIn(await bench.azure.keys.listKeys(bench.account('contoso-locked'), salt));
  expect(fault).toMatchObject({
    kind: 'conflict',
    code: 'ScopeLocked',
    remedy: expect.stringContaining('lock'),
  });
});

test('listKeys may be stale, and is given as Azure gave it', async () => {
  const vision = bench.account('contoso-vision');
  const before = valueOf(await bench.azure.keys.listKeys(vision, salt)).picture;
  bench.simulator.timing.listKeysLag = 60_000;
  const after = valueOf(await bench.azure.keys.regenerateKey(vision, 'Key2', salt)).picture;
  expect(valueOf(await bench.azure.keys.listKeys(vision, salt)).picture).toEqual(before);
  bench.simulator.timing.listKeysLag = 0;
  expect(valueOf(await bench.azure.keys.listKeys(vision, salt)).picture).toEqual(after);
});

test('listKeys, which is safe to repeat, is repeated after a 500', async () => {
  bench.simulator.faults.next({ match: { path: '/listKeys' }, fault: { status: 500 }, times: 2 });
  expect((await bench.azure.keys.listKeys(bench.account('contoso-chat'), salt)).ok).toBe(true);
});

test('a read that Azure throttles beyond its time is throttled, not unknown', async () => {
  bench.simulator.faults.next({
    match: { path: '/listKeys' },
    fault: { status: 429, retryAfter: 60 },
    times: 9,
  });
  const fault = faultIn(await bench.azure.keys.listKeys(bench.account('contoso-chat'), salt));
  expect(fault).toMatchObject({ kind: 'throttled', retryAfter: 60_000 });
});

test('no key stood in anything that was given out', () => {
  expect(bench.simulator.issuedKeys().length).toBeGreaterThan(10);
  expect(bench.leaked()).toEqual([]);
});
