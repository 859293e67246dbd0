import { type Kysely, sql, type Transaction } from 'kysely';
import type { CardName, Outbox, OutboxRow } from '../../application/ports/store.ts';
import { plain } from './json.ts';
import type { Tables } from './schema.ts';

/** @param now epoch ms */
export function outboxOf(db: Kysely<Tables>, now: () => number): Outbox {
  return {
    next: (lane, at, leaseMs) => db.transaction().execute((trx) => claimHead(trx, lane, at, leaseMs)),
    lanes: (at) => dueLanes(db, at),
    sentCard: async (rotation, card) => {
      const row = await db
        .selectFrom('cards')
        .select(['conversation', 'activity_id'])
        .where('rotation', '=', rotation)
        .where('card', '=', card)
        .executeTakeFirst();
      return row === undefined ? null : { card, conversation: row.conversation, activityId: row.activity_id };
    },
    sent: (id, sent) =>
      db.transaction().execute(async (trx) => {
        const row = await settle(trx, id, { state: 'sent', settled_at: now() }, 'anybody');
        if (row === undefined) return;
        await trx.insertInto('sends').values({ lane: row.lane, at: now() }).execute();
        if (sent === null) return;
        const place = { conversation: plain(sent.conversation), activity_id: plain(sent.activityId) };
        await trx
          .insertInto('cards')
          .values({ rotation: row.rotation, card: plain(sent.card), ...place })
          .onConflict((conflict) => conflict.columns(['rotation', 'card']).doUpdateSet(place))
          .execute();
      }),
    forgetCard: async (rotation, card) => {
      await db.deleteFrom('cards').where('rotation', '=', rotation).where('card', '=', card).execute();
    },
    postpone: async (id, until, why) => {
      await settle(db, id, { not_before: Math.ceil(until), why: plain(why) });
    },
    park: async (id, why) => {
      await settle(db, id, { state: 'parked', why: plain(why), settled_at: now() });
    },
    recentSends: async (lane, since) => {
      const rows = await db
        .selectFrom('sends')
        .select('at')
        .where('lane', '=', lane)
        .where('at', '>=', since)
        .orderBy('at', 'desc')
        .execute();
      return rows.map(({ at }) => at);
    },
  };
}

/** The lanes whose oldest row may be delivered now: due, and in nobody's hands. */
export async function dueLanes(db: Kysely<Tables>, at: number): Promise<readonly string[]> {
  const rows = await db
    .selectFrom((heads) =>
      heads
        .selectFrom('outbox')
        .distinctOn('lane')
        .select(['lane', 'not_before', 'lease_until'])
        .where('state', '=', 'pending')
        .orderBy('lane')
        .orderBy('id')
        .as('head'),
    )
    .select('lane')
    .where('not_before', '<=', at)
    .where('lease_until', '<=', at)
    .execute();
  return rows.map(({ lane }) => lane);
}

/** The cards that somebody sees or is about to see: each is drawn again whenever the rotation changes. */
export async function shownCards(
  trx: Transaction<Tables>,
  rotation: OutboxRow['rotation'],
): Promise<readonly CardName[]> {
  const rows = await trx
    .selectFrom('cards')
    .select('card')
    .where('rotation', '=', rotation)
    .union(
      // also one that is just being sent, and not yet among the sent ones
      trx
        .selectFrom('outbox')
        .select((row) => row.ref('card').$castTo<string>().as('card'))
        .where('rotation', '=', rotation)
        .where('state', '=', 'pending')
        .where('card', 'is not', null),
    )
    .execute();
  const others = rows.map(({ card }) => card as CardName).filter((card) => card !== 'living');
  return ['living', ...others];
}

/** Only the oldest row is ever handed out, so whoever holds it holds the lane. */
async function claimHead(
  trx: Transaction<Tables>,
  lane: string,
  at: number,
  leaseMs: number,
): Promise<OutboxRow | null> {
  const { rows } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${lane}, 7003462)) as mine`.execute(trx);
  if (!rows[0]?.mine) return null;
  const head = await trx
    .selectFrom('outbox')
    .select(['id', 'rotation', 'lane', 'card', 'content', 'attempts', 'not_before', 'lease_until'])
    .where('lane', '=', lane)
    .where('state', '=', 'pending')
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (head === undefined || head.not_before > at || head.lease_until > at) return null;
  await trx
    .updateTable('outbox')
    .set({ lease_until: Math.ceil(at + leaseMs), attempts: head.attempts + 1 })
    .where('id', '=', head.id)
    .execute();
  if (head.card !== null) await absorb(trx, head.id, lane, head.rotation, head.card);
  const { id, rotation, content, attempts } = head;
  return { id: `${id}/${attempts + 1}`, rotation, lane, content, attempts };
}

/**
 * A card is drawn when it is delivered, so one delivery stands for every redrawing that was committed
 * before it. Only at the claim: what is committed later isn't in the picture that is being drawn.
 */
async function absorb(
  trx: Transaction<Tables>,
  id: number,
  lane: string,
  rotation: OutboxRow['rotation'],
  card: string,
): Promise<void> {
  await trx
    .deleteFrom('outbox')
    .where('lane', '=', lane)
    .where('state', '=', 'pending')
    .where('id', '>', id)
    .where('rotation', '=', rotation)
    .where('card', '=', card as CardName)
    .where(sql<string>`content ->> 'kind'`, '=', 'card')
    .execute();
}

type Settled = Readonly<{
  state?: 'sent' | 'parked';
  settled_at?: number;
  not_before?: number;
  why?: string;
}>;

/**
 * Lets go of a claimed row, whose id names the claim as well (`<row>/<attempt>`). Nothing happens when
 * the row is settled, or when the lease had ended and the row is in other hands; what was sent was sent,
 * though, whoever says so.
 */
async function settle(
  db: Kysely<Tables>,
  id: string,
  values: Settled,
  by: 'holder' | 'anybody' = 'holder',
): Promise<Pick<OutboxRow, 'rotation' | 'lane'> | undefined> {
  const [row, attempt] = id.split('/').map(Number);
  return db
    .updateTable('outbox')
    .set({ ...values, lease_until: 0 })
    .where('id', '=', row ?? 0)
    .where('state', '=', 'pending')
    .$if(by === 'holder', (update) => update.where('attempts', '=', attempt ?? 0))
    .returning(['rotation', 'lane'])
    .executeTakeFirst();
}
