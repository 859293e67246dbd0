import type { Person } from '../domain/people.ts';
import type { Rotation } from '../domain/rotation.ts';
import { ownerIdOf, ownerOf, readCardName } from './cardNames.ts';
import { happen } from './happen.ts';
import type { Clock, Log, Pure } from './ports/ambient.ts';
import type { Delivery, Messenger, Outgoing, Target } from './ports/messenger.ts';
import type { CardName, OutboxRow, SentCard, Store } from './ports/store.ts';
import { sendAllowedAt } from './sendLimits.ts';

export type Deliver = Readonly<{
  store: Store;
  messenger: Messenger;
  pure: Pure;
  clock: Clock;
  log: Log;
  /** How long a claimed row stays with its deliverer (ms): longer than one send may take. */
  lease: number;
  /** Pauses before a row is tried again: doubled from `least` up to `most` (ms), with jitter. */
  backoff: Readonly<{ least: number; most: number }>;
  random: () => number;
}>;

/**
 * Delivers what a lane holds, in order, at least once, within Teams' send limits. Gives the time to come
 * back at (epoch ms), or null when the lane is empty. What Teams refuses for good is parked; the lane goes on.
 */
export async function deliver(on: Deliver, lane: string): Promise<number | null> {
  const { store, clock } = on;
  for (;;) {
    const now = clock.now();
    const row = await store.outbox.next(lane, now, on.lease);
    if (row === null) return null;
    const allowedAt = sendAllowedAt(await store.outbox.recentSends(lane, now - 3_600_000), now);
    if (allowedAt > now) {
      await store.outbox.postpone(row.id, allowedAt, 'send limit');
      return allowedAt;
    }
    const comeBack = await deliverRow(on, row);
    if (comeBack !== null) return comeBack;
  }
}

async function deliverRow(on: Deliver, row: OutboxRow): Promise<number | null> {
  const { store, clock, messenger, log } = on;
  const rotation = await store.rotations.find(row.rotation);
  if (rotation === null) {
    await store.outbox.park(row.id, 'no such rotation');
    return null;
  }
  const { content } = row;
  const card = cardOf(row);
  const living = await store.outbox.sentCard(row.rotation, 'living');
  const before = card === null ? null : await store.outbox.sentCard(row.rotation, card);
  const target = targetOf(row, rotation, living, before);
  const delivery = await messenger.send(target, outgoing(row, card, rotation, before, clock.now()));
  log.info({
    event: 'outbox.sent',
    row: row.id,
    kind: content.kind,
    card: card ?? undefined,
    attempt: row.attempts + 1,
    ok: delivery.ok,
  });
  return settle(on, row, card, before, delivery);
}

function outgoing(
  { content }: OutboxRow,
  card: CardName | null,
  rotation: Rotation,
  before: SentCard | null,
  now: number,
): Outgoing {
  if (content.kind === 'replaced') return { kind: 'replaced', rotation, over: content.activityId };
  if (content.kind === 'answer') return { kind: 'answer', rotation, answer: content.answer };
  if (card === null)
    return {
      kind: 'text',
      text: 'text' in content ? content.text : '',
      mentions: content.kind === 'message' ? content.mentions : [],
    };
  return {
    kind: 'card',
    card,
    rotation,
    now,
    // A direct message that brings a card is new: editing an old one would tell nobody.
    ...(before === null || content.kind === 'direct' ? {} : { over: before.activityId }),
    ...(content.kind === 'direct' ? { text: content.text } : {}),
  };
}

async function settle(
  on: Deliver,
  row: OutboxRow,
  card: CardName | null,
  before: SentCard | null,
  delivery: Delivery,
): Promise<number | null> {
  const { store, clock } = on;
  if (delivery.ok) {
    const { conversation, activityId } = delivery;
    if (before !== null && before.activityId !== activityId) await retire(on, row, before);
    await store.outbox.sent(row.id, card === null ? null : { card, conversation, activityId });
    return null;
  }
  if (delivery.when === 'never' && delivery.status === 404 && card !== null && before !== null) {
    // Somebody deleted the message: the buttons must not be gone with it.
    await store.outbox.forgetCard(row.rotation, card);
    await store.outbox.postpone(row.id, clock.now(), delivery.why);
    return clock.now();
  }
  if (delivery.when === 'never') {
    // First the channel, then the row is let go of: between the two it may be said twice, but is never lost.
    if (row.content.kind === 'direct') await nameInChannel(on, row, row.content.person, row.content.text);
    await store.outbox.park(row.id, delivery.why);
    on.log.warn({ event: 'outbox.parked', row: row.id, kind: row.content.kind, status: delivery.status });
    return null;
  }
  const until = clock.now() + Math.max(delivery.after ?? 0, pauseBefore(on, row.attempts));
  await store.outbox.postpone(row.id, until, delivery.why);
  return until;
}

/**
 * A vote or a review that is asked for anew comes with a new card. Two that look alike would be two truths,
 * so the older one says where the newer one is.
 */
async function retire({ store }: Deliver, { content, rotation }: OutboxRow, { activityId }: SentCard) {
  if (content.kind !== 'direct' || content.card === undefined) return;
  const { person, card } = content;
  if (readCardName(card).card === 'consumer') return;
  await store.transaction((tx) => tx.addOutbox(rotation, [{ kind: 'replaced', activityId, person }]));
}

/** Doubled each time, with jitter, so that a whole estate doesn't come back at once. */
function pauseBefore({ backoff, random }: Deliver, attempts: number): number {
  const full = Math.min(backoff.most, backoff.least * 2 ** Math.min(attempts, 16));
  return full / 2 + (full / 2) * random();
}

/** A direct message that can't be delivered becomes a mention in the channel, and the card says so. */
async function nameInChannel(on: Deliver, row: OutboxRow, person: Person, text: string): Promise<void> {
  await on.store.transaction(async (tx) => {
    await happen(tx, on.pure, row.rotation, { type: 'notReached', at: on.clock.now(), person });
    const named = `<at>0</at> — I couldn't reach you by direct message, so I say it here. ${text}`;
    const card = cardOf(row);
    await tx.addOutbox(row.rotation, [
      { kind: 'message', text: named, mentions: [person] },
      // Its buttons work for this person only, wherever the card stands; those of a gate are there already.
      ...(card === null || readCardName(card).card !== 'consumer' ? [] : [{ kind: 'card', card } as const]),
    ]);
  });
}

function cardOf({ content }: OutboxRow): CardName | null {
  switch (content.kind) {
    case 'card':
      return content.card;
    case 'direct':
      return content.card ?? null;
    case 'message':
    case 'answer':
    case 'replaced':
      return null;
  }
}

/** The rotation's thread: the one it was asked in, or the one that its living card began. */
function targetOf(
  { content }: OutboxRow,
  rotation: Rotation,
  living: SentCard | null,
  before: SentCard | null,
): Target {
  const { place } = rotation.request;
  if ('person' in content) return { to: 'person', person: content.person, via: place };
  // A root post is its own thread, and so is a twin of one.
  if (content.kind === 'replaced') return { to: 'place', place };
  const owner = content.kind === 'card' ? ownerIdOf(content.card) : null;
  if (owner !== null && !standsInChannel(rotation, owner, before))
    return { to: 'person', person: ownerOf(rotation, owner), via: place };
  const starts = content.kind === 'card' && content.card === 'living' && living === null;
  return starts || living === null
    ? { to: 'place', place }
    : { to: 'place', place, thread: living.activityId };
}

/** An owner's card stands in the thread when no direct message reaches them; once sent, it stays where it is. */
const standsInChannel = (
  { notReached, request }: Rotation,
  owner: string,
  before: SentCard | null,
): boolean =>
  before === null
    ? notReached.some(({ objectId }) => objectId === owner)
    : before.conversation.startsWith(request.place.conversation);
