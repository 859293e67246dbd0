import { type Kysely, sql, type Transaction } from 'kysely';
import type { EffectRow, Effects, NewEffect } from '../../application/ports/store.ts';
import type { EffectKey } from '../../domain/ids.ts';
import { json } from './json.ts';
import type { Tables } from './schema.ts';

export function effectsOf(db: Kysely<Tables>): Effects {
  return {
    find: async (key) => {
      const row = await db.selectFrom('effects').selectAll().where('key', '=', key).executeTakeFirst();
      if (row === undefined) return null;
      const { rotation, attempt, asked, not_before, done } = row;
      const notBefore = not_before === null ? {} : { notBefore: not_before };
      return { key, rotation, attempt, ...notBefore, ...asked, done } satisfies EffectRow;
    },
  };
}

/** Writes an effect down; a later attempt takes the place of an earlier one, never the other way round. */
export async function putEffect(trx: Transaction<Tables>, effect: NewEffect, due_at: number): Promise<void> {
  const { key, rotation, attempt, notBefore, step, ask } = effect;
  const asked = json({ step, ask } as Tables['effects']['asked']);
  const again = { attempt, asked, not_before: notBefore ?? null, due_at, done: false, lease_until: null };
  await trx
    .insertInto('effects')
    .values({ key, rotation, ...again })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet(again).where('effects.attempt', '<', attempt),
    )
    .execute();
}

/**
 * The right to carry out an effect for `leaseMs`, to be renewed while it lasts. It keeps workers from
 * doing the same work twice; what keeps a call from being sent twice is the journal and its lock.
 */
export type Claim = Readonly<{ key: EffectKey; attempt: number }>;

const leaseOf = (ms: number) => sql<Date>`clock_timestamp() + make_interval(secs => ${ms / 1000})`;

/** Null when there is nothing to do now: done, not yet due, or in other hands. */
export async function claimEffect(
  db: Kysely<Tables>,
  key: string,
  now: number,
  leaseMs: number,
): Promise<Claim | null> {
  const row = await db
    .updateTable('effects')
    .set({ lease_until: leaseOf(leaseMs) })
    .where('key', '=', key as EffectKey)
    .where('done', '=', false)
    .where('due_at', '<=', now)
    .where((or) =>
      or.or([or('lease_until', 'is', null), or('lease_until', '<=', sql<Date>`clock_timestamp()`)]),
    )
    .returning(['key', 'attempt'])
    .executeTakeFirst();
  return row ?? null;
}

export async function renewEffect(
  db: Kysely<Tables>,
  { key, attempt }: Claim,
  leaseMs: number,
): Promise<void> {
  await db
    .updateTable('effects')
    .set({ lease_until: leaseOf(leaseMs) })
    .where('key', '=', key)
    .where('attempt', '=', attempt)
    .execute();
}

/** Lets go of an effect: until `comeBack` (epoch ms), or for good with null. A newer attempt is not touched. */
export async function releaseEffect(
  db: Kysely<Tables>,
  { key, attempt }: Claim,
  comeBack: number | null,
): Promise<void> {
  const values = comeBack === null ? { done: true } : { due_at: Math.ceil(comeBack) };
  await db
    .updateTable('effects')
    .set({ ...values, lease_until: null })
    .where('key', '=', key)
    .where('attempt', '=', attempt)
    .execute();
}

/** Effects that are due and in nobody's hands. */
export async function dueEffects(db: Kysely<Tables>, now: number): Promise<readonly EffectKey[]> {
  const rows = await db
    .selectFrom('effects')
    .select('key')
    .where('done', '=', false)
    .where('due_at', '<=', now)
    .where((or) =>
      or.or([or('lease_until', 'is', null), or('lease_until', '<=', sql<Date>`clock_timestamp()`)]),
    )
    .orderBy('due_at')
    .limit(1000)
    .execute();
  return rows.map(({ key }) => key);
}
