import { afterEach, describe, expect, test } from '@jest/globals';
import type { RotationId } from '../../../src/domain/ids.ts';
import type { KeyVersionRow } from '../../../src/simulator/keyRows.ts';
import { becomesTrue, bo, encryptionBench } from './bench.ts';

const at = encryptionBench({}, { guardEvery: 150 });
const chat = 'contoso-chat';
const first = 'b1'.repeat(16);

const version = (key: string, name: string): KeyVersionRow => {
  const found = at.keyRow(key).versions.find((one) => one.version === name);
  if (!found) throw new Error(`no version ${name}`);
  return found;
};

const move = async (key: string): Promise<RotationId> => {
  const id = await at.plan(chat, at.existing(key));
  await at.approve(id);
  await at.stay(id);
  return id;
};

/** Resolves after that many further looks at this key's versions. */
async function looks(count: number, key: string): Promise<void> {
  const seen = () => at.simulator.requests.filter(({ path }) => path.includes(`/keys/${key}/`)).length;
  const until = seen() + count;
  await becomesTrue(() => seen() >= until);
}

/** Resolves once the rotation's record says so of that version. */
async function becomes(
  of: RotationId,
  name: string,
  what: Readonly<{ key?: string; state?: string; alarmed: string | null }>,
) {
  await becomesTrue(async () => {
    const seen = await guardedOf(of, name, what.key);
    return seen?.alarmed === what.alarmed && (what.state ?? seen.state) === seen.state;
  });
}

const toldOf = (words: string): number => at.told().filter((text) => text.includes(words)).length;
const alarms = (): number => toldOf('ALARM');
/** The thread hears of it a little later than the record. */
const alarmed = (): Promise<void> => becomesTrue(() => alarms() > 0);
const mended = (): number => toldOf('in order again');

const guardedOf = async (of: RotationId, name: string, key?: string) =>
  (await at.rotation(of)).guarded.find(
    (one) => one.key.version === name && (key ?? one.key.name) === one.key.name,
  );

let id: RotationId;

describe('a version that the data of an account still depends on', () => {
  afterEach(() => {
    delete at.keyRow('chat-cmk').deletedAt;
    Object.assign(version('chat-cmk', first), { enabled: true, expires: 4_102_444_800 });
  });

  test('disabled behind our back, long after the rotation is over: one alarm; mended, it is said once', async () => {
    id = await move('chat-spare');
    const old = version('chat-cmk', first);
    old.enabled = false;
    await becomes(id, first, { state: 'disabled', alarmed: 'disabled' });
    await alarmed();
    await looks(8, 'chat-cmk');
    expect([alarms(), mended()]).toEqual([1, 0]);
    old.enabled = true;
    await becomes(id, first, { state: 'enabled', alarmed: null });
    await becomesTrue(() => mended() > 0);
    await looks(4, 'chat-cmk');
    expect([alarms(), mended()]).toEqual([1, 1]);
  }, 30_000);

  test('expired, by the clock', async () => {
    const old = version('chat-cmk', first);
    old.expires = Math.floor(Date.now() / 1000) - 5;
    await becomes(id, first, { state: 'expired', alarmed: 'expired' });
    old.expires = 4_102_444_800;
    await becomes(id, first, { state: 'enabled', alarmed: null });
  }, 30_000);

  test('deleted with its key', async () => {
    const key = at.keyRow('chat-cmk');
    key.deletedAt = Date.now() / 1000;
    await becomes(id, first, { state: 'deleted', alarmed: 'deleted' });
    delete key.deletedAt;
    await becomes(id, first, { state: 'enabled', alarmed: null });
  }, 30_000);

  test.each([
    ['refuses', { status: 403, code: 'Forbidden' }],
    ['is asked too often', { status: 429, retryAfter: 1 }],
    ['gives no answer', 'lostBefore'],
  ] as const)(
    'a vault that %s says nothing of a version: no alarm',
    async (_what, fault) => {
      at.simulator.faults.next({ match: { method: 'GET', path: '/keys/chat-cmk/' }, fault, times: 4 });
      await becomesTrue(() => at.simulator.faults.pending() === 0);
      await looks(2, 'chat-cmk');
      expect(await guardedOf(id, first)).toMatchObject({ state: 'enabled', alarmed: null });
    },
    30_000,
  );

  test('of which the current one expires soon: an alarm before it is too late', async () => {
    const current = version('chat-spare', 'a1'.repeat(16));
    current.expires = Math.floor(Date.now() / 1000) + 5 * 86_400;
    await becomes(id, current.version, { state: 'enabled', alarmed: 'expiresSoon' });
    delete current.expires;
    await becomes(id, current.version, { state: 'enabled', alarmed: null });
  }, 30_000);
});

test('a second rotation of the account takes all of it over, and the first one stops looking', async () => {
  const spare = at.keyRow('chat-spare');
  at.vaultRow().keys.push({ ...structuredClone(spare), name: 'chat-third' });
  const second = await move('chat-third');
  const { guarded } = await at.rotation(second);
  expect(guarded.map(({ key }) => key.name)).toEqual(
    expect.arrayContaining(['chat-cmk', 'chat-spare', 'chat-third']),
  );
  expect(guarded.every(({ tagged }) => tagged)).toBe(true);
  await becomesTrue(async () => (await at.rotation(id)).chains.guard === undefined);
  expect((await at.rotation(id)).remarks.join()).toContain(`${second} watches over the key versions`);
  version('chat-cmk', first).enabled = false;
  await becomes(second, first, { state: 'disabled', alarmed: 'disabled' });
  await alarmed();
  await looks(4, 'chat-cmk');
  expect(alarms()).toBe(1);
  expect(await guardedOf(id, first)).toMatchObject({ alarmed: null });
  version('chat-cmk', first).enabled = true;
}, 30_000);

test('a rotation that was left in the middle, with the account moved, goes on watching', async () => {
  const third = await at.plan(chat, at.existing('chat-spare'));
  at.simulator.timing.wrapTime = 600;
  await at.approve(third);
  await at.until(third, 'wrapping');
  Object.assign(at.accountRow(chat).tags, { owner: 'somebody' });
  const { phase } = await at.until(third, 'halted');
  await at.say(bo, { say: 'cancel', rotation: third, stage: phase.stage });
  version('chat-spare', 'a1'.repeat(16)).enabled = false;
  await becomes(third, 'a1'.repeat(16), { key: 'chat-spare', state: 'disabled', alarmed: 'disabled' });
  version('chat-spare', 'a1'.repeat(16)).enabled = true;
}, 30_000);
