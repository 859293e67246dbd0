import { type Kysely, sql, type Transaction } from 'kysely';
import { isConcerned } from '../../application/cardNames.ts';
import type { AuditEvent, OutboxContent, Tx } from '../../application/ports/store.ts';
import type { RotationId } from '../../domain/ids.ts';
import { accountOf, isOver, type Rotation } from '../../domain/rotation.ts';
import { putEffect } from './effects.ts';
import { AlreadyAnswered } from './errors.ts';
import type { Jobs, WakeUp } from './jobs.ts';
import { json, plain } from './json.ts';
import { cardOf, laneOf } from './lanes.ts';
import { shownCards } from './outbox.ts';
import { runningByName, typedName } from './reads.ts';
import type { Tables } from './schema.ts';
import { withoutToken } from './withoutToken.ts';

/**
 * Runs `work` in one transaction. The jobs that it calls for are sent at its end and in it: whatever is
 * saved is woken for, and nothing is woken for that was not saved.
 */
export function inTransaction<T>(db: Kysely<Tables>, jobs: Jobs, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (trx) => {
    const wakeUps = new Map<string, WakeUp>();
    const wake = (wakeUp: WakeUp): void => {
      wakeUps.set(JSON.stringify(wakeUp), wakeUp);
    };
    const value = await work(txOf(trx, wake));
    await jobs.send([...wakeUps.values()], trx);
    return value;
  });
}

function txOf(trx: Transaction<Tables>, wake: (wakeUp: WakeUp) => void): Tx {
  /** The rotations in our hands, with the deadline that a job was sent for. */
  const locked = new Map<RotationId, number | null>();
  /** And each as it was last read or saved. */
  const states = new Map<RotationId, Rotation>();

  async function addOutbox(rotation: Rotation, contents: readonly OutboxContent[]): Promise<void> {
    if (contents.length === 0) return;
    const rows = contents.map((content) => ({
      rotation: rotation.id,
      lane: plain(laneOf(rotation, content)),
      card: cardOf(content),
      content: json(content),
    }));
    await leaveOldOnes(rotation.id, contents);
    await trx.insertInto('outbox').values(rows).execute();
    for (const { lane } of rows) wake({ queue: 'outbox', id: lane, at: 0 });
  }

  /** A direct message brings its card anew: the older card stays as its person last saw it. */
  async function leaveOldOnes(rotation: RotationId, contents: readonly OutboxContent[]): Promise<void> {
    const anew = contents.flatMap((content) =>
      content.kind === 'direct' && content.card !== undefined ? [content.card] : [],
    );
    if (anew.length === 0) return;
    await trx
      .deleteFrom('outbox')
      .where('rotation', '=', rotation)
      .where('state', '=', 'pending')
      .where('attempts', '=', 0)
      .where('card', 'in', anew)
      .where(sql<string>`content ->> 'kind'`, '=', 'card')
      .execute();
  }

  return {
    insertRotation: async (rotation, salt, event) => {
      const inserted = await trx
        .insertInto('rotations')
        .values({
          ...columnsOf(rotation),
          id: rotation.id,
          account: typedName(rotation.request.account),
          wake_at: null,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .executeTakeFirst();
      if (inserted === undefined) {
        const running = await runningByName(trx, rotation.request.account);
        if (running !== null) return running;
        throw new Error(`the rotation id ${rotation.id} is taken, or its rival has just ended: ask again`);
      }
      locked.set(rotation.id, null);
      await trx.insertInto('salts').values({ rotation: rotation.id, salt }).execute();
      await appendEvent(trx, rotation.id, 1, event);
      await addOutbox(rotation, [{ kind: 'card', card: 'living' }]);
      return null;
    },

    lockRotation: async (id) => {
      const row = await trx
        .selectFrom('rotations')
        .select(['state', 'wake_at'])
        .where('id', '=', id)
        .forNoKeyUpdate()
        .executeTakeFirst();
      if (row === undefined) return null;
      locked.set(id, row.wake_at);
      states.set(id, row.state);
      return row.state;
    },

    saveRotation: async (rotation, event, wakeAt) => {
      const { id } = rotation;
      if (!locked.has(id)) throw new Error(`${id} is saved without having been locked`);
      const wake_at = wakeAt === null ? null : Math.ceil(wakeAt);
      const { seq } = await trx
        .updateTable('rotations')
        .set({
          ...columnsOf(rotation),
          wake_at,
          seq: event === null ? sql<number>`seq` : sql<number>`seq + 1`,
          updated_at: sql<Date>`now()`,
        })
        .where('id', '=', id)
        .returning('seq')
        .executeTakeFirstOrThrow();
      // a deadline that stays has its job; one that has passed and stays is left to the sweep, or it would spin
      if (wake_at !== null && wake_at !== locked.get(id)) wake({ queue: 'rotation', id, at: wake_at });
      locked.set(id, wake_at);
      // without an event nothing has changed that anybody could see
      if (event === null) return;
      await appendEvent(trx, id, seq, event);
      const before = states.get(id) ?? rotation;
      states.set(id, rotation);
      const shown = (await shownCards(trx, id)).filter((card) => isConcerned(card, before, rotation));
      await addOutbox(
        rotation,
        shown.map((card) => ({ kind: 'card', card })),
      );
    },

    runningOn: async (accountId, otherThan) => {
      const account = plain(accountId).toLowerCase();
      // one after the other: two that plan the same account at once must not both find it free
      await sql`select pg_advisory_xact_lock(hashtextextended(${account}, 7003463))`.execute(trx);
      const row = await trx
        .selectFrom('rotations')
        .select('id')
        .where('account_id', '=', account)
        .where('over', '=', false)
        .where('id', '!=', otherThan)
        .executeTakeFirst();
      return row?.id ?? null;
    },

    addEffects: async (effects) => {
      for (const effect of effects) {
        const due = Math.ceil(effect.notBefore ?? 0);
        await putEffect(trx, effect, due);
        wake({ queue: 'effect', id: effect.key, at: due });
      }
    },

    finishEffect: async (key, attempt) => {
      await trx
        .updateTable('effects')
        .set({ done: true })
        .where('key', '=', key)
        .where('attempt', '=', attempt)
        .execute();
    },

    addOutbox: async (id, contents) => {
      const { state } = await trx
        .selectFrom('rotations')
        .select('state')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      await addOutbox(state, contents);
    },

    claimInbox: async (id) => {
      const row = await trx
        .selectFrom('inbox')
        .select('id')
        .where('id', '=', Number(id))
        .where('answer', 'is', null)
        .forUpdate()
        .skipLocked()
        .executeTakeFirst();
      return row !== undefined;
    },

    answerInbox: async (id, answer) => {
      const { numUpdatedRows } = await trx
        .updateTable('inbox')
        .set({
          answer: json(answer),
          answered_at: sql<Date>`clock_timestamp()`,
          // a token is there to be heard once, not to be kept
          said: withoutToken,
        })
        .where('id', '=', Number(id))
        .where('answer', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) throw new AlreadyAnswered(`inbox row ${id} is answered already`);
    },

    useSignIn: async ({ id, expires }, rotation, at) => {
      const used = await trx
        .insertInto('sign_ins')
        .values({ id: plain(id), rotation, used_at: at, expires })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .executeTakeFirst();
      return used !== undefined;
    },

    recogniseCard: async (rotation, card, clicked) => {
      const activity_id = plain(clicked.activityId);
      // any card of ours, not this one alone: a click that names another one must not have it overwritten
      const ours = await trx
        .selectFrom('cards')
        .select('card')
        .where('activity_id', '=', activity_id)
        .executeTakeFirst();
      if (ours !== undefined) return 'known';
      const adopted = await trx
        .insertInto('cards')
        .values({ rotation, card, conversation: plain(clicked.conversation), activity_id })
        .onConflict((conflict) => conflict.doNothing())
        .returning('card')
        .executeTakeFirst();
      return adopted === undefined ? 'twin' : 'adopted';
    },
  };
}

const accountIdOf = (rotation: Rotation): string | null => {
  const account = accountOf(rotation);
  return account === undefined ? null : plain(account.id).toLowerCase();
};

const columnsOf = (rotation: Rotation) => ({
  account_id: accountIdOf(rotation),
  over: isOver(rotation),
  state: json(rotation),
});

async function appendEvent(
  trx: Transaction<Tables>,
  rotation: RotationId,
  seq: number,
  { at, type, by, detail }: AuditEvent,
): Promise<void> {
  const who = by === undefined ? null : json(by);
  await trx
    .insertInto('events')
    .values({ rotation, seq, at, type: plain(type), by: who, detail: json(detail) })
    .execute();
}
