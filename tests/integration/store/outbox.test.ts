import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { OutboxContent, OutboxRow } from '../../../src/application/ports/store.ts';
import { digest } from '../../../src/domain/ids.ts';
import type { Rotation } from '../../../src/domain/rotation.ts';
import { openTestStore, type TestStore } from '../../support/database.ts';
import { anEvent, aRotation, ben } from './rotations.ts';

let opened: TestStore;
let rotation: Rotation;
let lane: string;

beforeAll(async () => {
  opened = await openTestStore();
}, 60_000);

/** A rotation in a place of its own, whose first living card is sent already. */
beforeEach(async () => {
  const fresh = aRotation();
  const place = { ...fresh.request.place, conversation: `19:${fresh.id}` };
  rotation = { ...fresh, request: { ...fresh.request, place } };
  lane = `place:19:${fresh.id}`;
  await opened.store.transaction((tx) => tx.insertRotation(rotation, 's', anEvent()));
  const card = await take();
  expect(card.content).toEqual({ kind: 'card', card: 'living' });
  await opened.store.outbox.sent(card.id, { card: 'living', conversation: lane, activityId: 'a1' });
});

const now = 1_000_000;
const next = (at = now): Promise<OutboxRow | null> => opened.store.outbox.next(lane, at, 1_000);
const take = async (at = now): Promise<OutboxRow> => {
  const row = await next(at);
  if (row === null) throw new Error('the lane is empty');
  return row;
};
const say = (text: string): OutboxContent => ({ kind: 'message', text, mentions: [] });
const add = (...contents: OutboxContent[]): Promise<void> =>
  opened.store.transaction((tx) => tx.addOutbox(rotation.id, contents));
const save = (type: string, changed: Rotation = rotation): Promise<void> =>
  opened.store.transaction(async (tx) => {
    await tx.lockRotation(rotation.id);
    await tx.saveRotation(changed, anEvent(type), null);
  });
const rest = async (at = now): Promise<readonly OutboxContent[]> => {
  const contents: OutboxContent[] = [];
  for (let row = await next(at); row !== null; row = await next(at)) {
    contents.push(row.content);
    await opened.store.outbox.sent(row.id, null);
  }
  return contents;
};

describe('a lane', () => {
  test('is delivered in the order in which things were said', async () => {
    await add(say('one'), say('two'));
    await add(say('three'));
    expect(await rest()).toEqual([say('one'), say('two'), say('three')]);
  });

  test('is in one pair of hands at a time, also when two ask at the same instant', async () => {
    await add(say('one'), say('two'));
    const rows = await Promise.all([next(), next(), next()]);
    expect(rows.filter((row) => row !== null)).toHaveLength(1);
    expect(await next()).toBeNull();
  });

  test('goes to somebody else when its deliverer was not heard of for the length of the lease', async () => {
    await add(say('one'));
    const first = await take();
    const second = await take(now + 1_001);
    expect([first.attempts, second.attempts]).toEqual([0, 1]);
    // the first one is late: it can't take the row out of the second one's hands
    await opened.store.outbox.postpone(first.id, now, 'late');
    expect(await next(now + 1_002)).toBeNull();
    await opened.store.outbox.sent(second.id, null);
    expect(await rest(now + 99_000)).toEqual([]);
  });

  test('waits for a postponed row, so that nothing overtakes it', async () => {
    await add(say('one'), say('two'));
    const { id } = await take();
    await opened.store.outbox.postpone(id, now + 500, 'throttled');
    expect(await next(now + 499)).toBeNull();
    expect(await opened.store.outbox.lanes(now + 499)).not.toContain(lane);
    expect(await opened.store.outbox.lanes(now + 500)).toContain(lane);
    expect(await rest(now + 500)).toEqual([say('one'), say('two')]);
  });

  test('goes on past a parked row', async () => {
    await add(say('one'), say('two'));
    const { id } = await take();
    await opened.store.outbox.park(id, '403');
    expect(await rest()).toEqual([say('two')]);
  });

  test('remembers when something was sent into it, newest first', async () => {
    const began = Date.now();
    await add(say('one'), say('two'));
    await rest();
    const sends = await opened.store.outbox.recentSends(lane, began);
    expect(sends).toHaveLength(2);
    expect(sends[0]).toBeGreaterThanOrEqual(sends[1] ?? Infinity);
  });
});

describe('the living card', () => {
  test('is drawn once for many changes, in the place of the first, before what was said later', async () => {
    await save('approved');
    await add(say('approved'));
    await save('stepDone');
    await save('stepDone');
    expect(await rest()).toEqual([{ kind: 'card', card: 'living' }, say('approved')]);
  });

  test('is drawn again for a change that came while it was being sent', async () => {
    await save('approved');
    const { id } = await take();
    await save('stepDone');
    await opened.store.outbox.sent(id, null);
    expect(await rest()).toEqual([{ kind: 'card', card: 'living' }]);
  });

  test('is not drawn again when nothing happened', async () => {
    await opened.store.transaction(async (tx) => {
      await tx.lockRotation(rotation.id);
      await tx.saveRotation(rotation, null, 5_000);
    });
    expect(await rest()).toEqual([]);
  });

  test('is known by where it was sent', async () => {
    const { outbox } = opened.store;
    expect(await outbox.sentCard(rotation.id, 'living')).toEqual({
      card: 'living',
      conversation: lane,
      activityId: 'a1',
    });
    expect(await outbox.sentCard(rotation.id, 'waiver:1')).toBeNull();
  });
});

describe('a card for one person', () => {
  const card = 'consumer:shop: web:b0b0' as const;
  const personal = 'person:t1:b0b0';
  const once = async (): Promise<OutboxContent | undefined> => {
    const row = await opened.store.outbox.next(personal, now, 1_000);
    if (row !== null) await opened.store.outbox.sent(row.id, null);
    return row?.content;
  };

  test('goes with the direct message that brings it, in that person’s lane, and is drawn again from then on', async () => {
    await add({ kind: 'direct', person: ben, text: 'Please switch', card });
    const brought = await opened.store.outbox.next(personal, now, 1_000);
    expect(brought?.content.kind).toBe('direct');
    // a change while it is being sent for the first time
    await save('stepDone');
    await opened.store.outbox.sent(brought?.id ?? '', { card, conversation: 'c', activityId: 'a2' });
    expect(await once()).toEqual({ kind: 'card', card });
    expect(await once()).toBeUndefined();
    await save('confirmed');
    await save('confirmed');
    expect(await once()).toEqual({ kind: 'card', card });
    expect(await opened.store.outbox.next(personal, now, 1_000)).toBeNull();
  });

  test('of a gate is drawn again while that gate is open, and once more when it closes', async () => {
    const gate = 'gate:prepare:b0b0' as const;
    const open: Rotation = {
      ...rotation,
      phase: {
        at: 'awaitingApproval',
        stage: 'approveFirst',
        gate: 'prepare',
        digest: digest('d'),
        votes: [],
        since: 1_000,
        round: 1,
      },
    } as Rotation;
    await save('planned', open);
    await add({ kind: 'direct', person: ben, text: 'Please decide', card: gate });
    const brought = await opened.store.outbox.next(personal, now, 1_000);
    await opened.store.outbox.sent(brought?.id ?? '', { card: gate, conversation: 'c', activityId: 'a3' });
    await save('approved', open);
    expect(await once()).toEqual({ kind: 'card', card: gate });
    await save('approved', rotation);
    expect(await once()).toEqual({ kind: 'card', card: gate });
    await save('stepDone', rotation);
    expect(await once()).toBeUndefined();
  });

  test('that a newer one took the place of is edited in that person’s lane', async () => {
    const replaced = { kind: 'replaced', activityId: 'a1', person: ben } as const;
    await add(replaced);
    expect(await once()).toEqual(replaced);
  });
});
