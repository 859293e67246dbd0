import { type Kysely } from 'kysely';
import type { PolicyVersions } from '../../application/ports/store.ts';
import { json, plain } from './json.ts';
import type { Tables } from './schema.ts';

/** The policy's versions; a row is never changed. */
export function policiesOf(db: Kysely<Tables>): PolicyVersions {
  return {
    keep: async ({ digest, meaning, text }, at) => {
      await db
        .insertInto('policies')
        .values({ digest, meaning: json(meaning), text: plain(text), since: at })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    find: async (digest) => {
      const row = await db
        .selectFrom('policies')
        .select(['text', 'since'])
        .where('digest', '=', digest)
        .executeTakeFirst();
      return row ?? null;
    },
  };
}
