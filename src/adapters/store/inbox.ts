import { setTimeout as wait } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Inbox } from '../../application/ports/store.ts';
import { isReadable, unreadable } from './inboxShape.ts';
import { json, plain } from './json.ts';
import type { Tables } from './schema.ts';
import { withoutToken } from './withoutToken.ts';

/** Those who wait for an answer, by the row's id; `wake` when a row was answered or may have been. */
export type Waiters = Readonly<{ wake(id?: string): void; on(id: string, call: () => void): () => void }>;

export function waiters(): Waiters {
  const calls = new Map<string, Set<() => void>>();
  return {
    wake: (id) => {
      const woken = id === undefined ? [...calls.values()] : [calls.get(id) ?? []];
      for (const set of woken) for (const call of set) call();
    },
    on: (id, call) => {
      const set = calls.get(id) ?? new Set();
      calls.set(id, set.add(call));
      return () => {
        set.delete(call);
        if (set.size === 0 && calls.get(id) === set) calls.delete(id);
      };
    },
  };
}

/** @param lookEvery ms between two looks at a row in case its notification was lost */
export function inboxOf(db: Kysely<Tables>, waiting: Waiters, lookEvery: number): Inbox {
  const read = async (id: string) => {
    const row = await db
      .selectFrom('inbox')
      .select('answer')
      .where('id', '=', Number(id))
      .executeTakeFirstOrThrow();
    return row.answer;
  };
  const refuse = (ids: readonly number[]) =>
    db
      .updateTable('inbox')
      .set({ answer: json(unreadable), answered_at: sql<Date>`clock_timestamp()`, said: withoutToken })
      .where('id', 'in', ids)
      .where('answer', 'is', null)
      .execute();
  return {
    // the trigger on the table wakes the worker when this commits
    post: async (activity, by, said, at, clicked) => {
      const inserted = await db
        .insertInto('inbox')
        .values({
          activity: plain(activity),
          by: json(by),
          said: json(said),
          received_at: at,
          ...(clicked === undefined ? {} : { clicked: json(clicked) }),
        })
        .onConflict((conflict) => conflict.column('activity').doNothing())
        .returning('id')
        .executeTakeFirst();
      if (inserted) return { id: String(inserted.id), repeated: false };
      const { id } = await db
        .selectFrom('inbox')
        .select('id')
        .where('activity', '=', plain(activity))
        .executeTakeFirstOrThrow();
      return { id: String(id), repeated: true };
    },
    answer: async (id, withinMs) => {
      const deadline = performance.now() + withinMs;
      for (;;) {
        let off = (): void => undefined;
        const woken = new Promise<void>((settle) => {
          off = waiting.on(id, settle);
        });
        const done = new AbortController();
        try {
          // listening first, then looking: an answer in between is not missed
          const answer = await read(id);
          const left = deadline - performance.now();
          if (answer !== null || left <= 0) return answer;
          const timer = wait(Math.min(left, lookEvery), undefined, { signal: done.signal }).catch(
            () => undefined,
          );
          await Promise.race([woken, timer]);
        } finally {
          off();
          done.abort();
        }
      }
    },
    waiting: async (limit, after) => {
      for (;;) {
        const rows = await db
          .selectFrom('inbox')
          .select(['id', 'activity', 'by', 'said', 'clicked', 'received_at'])
          .where('answer', 'is', null)
          .where('id', '>', Number(after ?? 0))
          .orderBy('id')
          .limit(limit)
          .execute();
        const garbled = rows.filter((row) => !isReadable(row));
        if (garbled.length > 0) {
          await refuse(garbled.map(({ id }) => id));
          continue;
        }
        return rows.map(({ id, received_at, clicked, ...rest }) => ({
          ...rest,
          id: String(id),
          ...(clicked === null ? {} : { clicked }),
          receivedAt: received_at,
        }));
      }
    },
    wake: async () => {
      await sql`select pg_notify('keysmith_inbox', '')`.execute(db);
    },
  };
}
