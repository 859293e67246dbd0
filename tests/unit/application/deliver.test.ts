import { expect, test } from '@jest/globals';
import { deliver, type Deliver } from '../../../src/application/deliver.ts';
import type { Delivery } from '../../../src/application/ports/messenger.ts';
import type { CardName, OutboxRow, Tx } from '../../../src/application/ports/store.ts';
import { dana, Play, tools as pure } from '../domain/fixtures.ts';

const refused: Delivery = { ok: false, when: 'never', status: 403, why: 'status 403' };

/** One direct message to Dana, which Teams refuses for good; `save` is what happens to the transaction. */
function workshop(save: () => void) {
  const { rotation, at } = new Play();
  const row: OutboxRow = {
    id: '1/1',
    rotation: rotation.id,
    lane: 'person',
    content: { kind: 'direct', person: dana, text: 'Please switch batch.' },
    attempts: 0,
  };
  const did = { parked: false, said: [] as unknown[] };
  const tx = {
    lockRotation: () => Promise.resolve(rotation),
    saveRotation: () => Promise.resolve(),
    addEffects: () => Promise.resolve(),
    addOutbox: (_id: unknown, contents: readonly unknown[]) => {
      save();
      did.said.push(...contents);
      return Promise.resolve();
    },
  } as unknown as Tx;
  const on = {
    store: {
      rotations: { find: () => Promise.resolve(rotation) },
      outbox: {
        next: () => Promise.resolve(did.parked ? null : row),
        recentSends: () => Promise.resolve([]),
        sentCard: () => Promise.resolve(null),
        park: () => {
          did.parked = true;
          return Promise.resolve();
        },
      },
      transaction: (work: (tx: Tx) => Promise<unknown>) => work(tx),
    },
    messenger: { send: () => Promise.resolve(refused) },
    digest: pure.digest,
    clock: { now: () => at },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    lease: 1,
    backoff: { least: 1, most: 1 },
    random: () => 0,
  } as unknown as Deliver;
  return { did, run: () => deliver(on, row.lane) };
}

test('a direct message that Teams refuses for good is said in the channel, with a mention', async () => {
  const { did, run } = workshop(() => undefined);
  expect(await run()).toBeNull();
  expect(did.parked).toBe(true);
  expect(did.said).toContainEqual(expect.objectContaining({ kind: 'message', mentions: [dana] }));
});

test('it is not let go of before the channel has it', async () => {
  const gone = new Error('the database is gone');
  const { did, run } = workshop(() => {
    throw gone;
  });
  await expect(run()).rejects.toBe(gone);
  expect(did.parked).toBe(false);
});

test('a card whose message somebody deleted is forgotten, so that the next delivery posts it anew', async () => {
  const { rotation, at } = new Play();
  const card = { card: 'living', conversation: 'channel', activityId: '1' } as const;
  const did = { sent: [] as unknown[], forgotten: 0, postponed: 0 };
  const row: OutboxRow = {
    id: '1/1',
    rotation: rotation.id,
    lane: 'place',
    content: { kind: 'card', card: 'living' },
    attempts: 0,
  };
  const on = {
    store: {
      rotations: { find: () => Promise.resolve(rotation) },
      outbox: {
        next: () => Promise.resolve(did.postponed > 0 ? null : row),
        recentSends: () => Promise.resolve([]),
        sentCard: () => Promise.resolve(card),
        forgetCard: () => Promise.resolve(void (did.forgotten += 1)),
        postpone: () => Promise.resolve(void (did.postponed += 1)),
      },
    },
    messenger: { send: () => Promise.resolve({ ...refused, status: 404 }) },
    clock: { now: () => at },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    lease: 1,
    backoff: { least: 1, most: 1 },
    random: () => 0,
  } as unknown as Deliver;
  expect(await deliver(on, row.lane)).toBe(at);
  expect(did).toMatchObject({ forgotten: 1, postponed: 1 });
});

/** A direct message that brings a card to somebody who has one already. */
function cardAgain(card: CardName) {
  const { rotation, at } = new Play();
  const before = { card, conversation: 'a:dana', activityId: 'old' } as const;
  const did = { sent: [] as unknown[], added: [] as unknown[] };
  const row: OutboxRow = {
    id: '1/1',
    rotation: rotation.id,
    lane: 'person',
    content: { kind: 'direct', person: dana, text: 'Please decide.', card },
    attempts: 0,
  };
  const tx = {
    addOutbox: (_id: unknown, contents: readonly unknown[]) =>
      Promise.resolve(void did.added.push(...contents)),
  } as unknown as Tx;
  const on = {
    store: {
      rotations: { find: () => Promise.resolve(rotation) },
      outbox: {
        next: () => Promise.resolve(did.sent.length > 0 ? null : row),
        recentSends: () => Promise.resolve([]),
        sentCard: () => Promise.resolve(before),
        sent: (_id: unknown, sent: unknown) => Promise.resolve(void did.sent.push(sent)),
      },
      transaction: (work: (tx: Tx) => Promise<unknown>) => work(tx),
    },
    messenger: { send: () => Promise.resolve({ ok: true, conversation: 'a:dana', activityId: 'new' }) },
    clock: { now: () => at },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    lease: 1,
    backoff: { least: 1, most: 1 },
    random: () => 0,
  } as unknown as Deliver;
  return { did, run: () => deliver(on, row.lane) };
}

test('a gate that asks anew leaves no second truth: the older card says where the newer one is', async () => {
  const { did, run } = cardAgain(`gate:prepare:${dana.objectId}`);
  await run();
  expect(did.sent).toMatchObject([{ activityId: 'new' }]);
  expect(did.added).toEqual([{ kind: 'replaced', activityId: 'old', person: dana }]);
});

test('a consumer’s older card stays as its owner last saw it', async () => {
  const { did, run } = cardAgain(`consumer:batch:${dana.objectId}`);
  await run();
  expect(did.added).toEqual([]);
});
