import type { Kysely } from 'kysely';
import type { AuditEvent, Rotations } from '../../application/ports/store.ts';
import type { RotationId } from '../../domain/ids.ts';
import { plain } from './json.ts';
import type { Tables } from './schema.ts';

/** The rotations and their records, as of now. */
export function rotationsOf(db: Kysely<Tables>): Rotations {
  return {
    find: async (id) => {
      const row = await db.selectFrom('rotations').select('state').where('id', '=', id).executeTakeFirst();
      return row?.state ?? null;
    },
    salt: async (id) =>
      (await db.selectFrom('salts').select('salt').where('rotation', '=', id).executeTakeFirstOrThrow()).salt,
    list: async (limit) => {
      const rows = await db
        .selectFrom('rotations')
        .select('state')
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(({ state }) => state);
    },
    runningFor: (accountName) => runningByName(db, accountName),
    events: async (id) => {
      const rows = await db
        .selectFrom('events')
        .select(['at', 'type', 'by', 'detail'])
        .where('rotation', '=', id)
        .orderBy('seq')
        .execute();
      return rows.map(({ by, ...rest }): AuditEvent => (by === null ? rest : { ...rest, by }));
    },
    due: async (now) => {
      const rows = await db
        .selectFrom('rotations')
        .select('id')
        .where('wake_at', '<=', now)
        .orderBy('wake_at')
        .limit(1000)
        .execute();
      return rows.map(({ id }) => id);
    },
  };
}

/** The rotation that isn't over of an account as it was typed; case doesn't matter. */
export async function runningByName(db: Kysely<Tables>, accountName: string): Promise<RotationId | null> {
  const row = await db
    .selectFrom('rotations')
    .select('id')
    .where('account', '=', typedName(accountName))
    .where('over', '=', false)
    .executeTakeFirst();
  return row?.id ?? null;
}

export const typedName = (account: string): string => plain(account).trim().toLowerCase();
