import { type Kysely, sql } from 'kysely';
import type { Guard, Guards } from '../../application/ports/store.ts';
import { plain } from './json.ts';
import type { Tables } from './schema.ts';

/** Which rotations watch over the key versions of an account, read from their own rows. */
export function guardsOf(db: Kysely<Tables>): Guards {
  return {
    of: async (account) => {
      const rows = await db
        .selectFrom('rotations')
        .select('state')
        .where('account_id', '=', plain(account).toLowerCase())
        .where(sql<boolean>`state ->> 'procedure' = 'encryptionKey'`)
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute();
      return rows.flatMap(({ state }): Guard[] => {
        if (state.procedure !== 'encryptionKey' || state.guarded.length === 0) return [];
        const versions = state.guarded.map(({ key }) => key);
        const watching = state.chains.guard !== undefined;
        return [{ rotation: state.id, at: state.request.at, watching, versions }];
      });
    },
  };
}
