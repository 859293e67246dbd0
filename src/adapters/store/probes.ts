import { type Kysely, sql } from 'kysely';
import type { ProbeLog } from '../../application/ports/store.ts';
import type { Tables } from './schema.ts';

const minute = 60_000;

/** Our own calls to the data plane, counted per account and minute. `refused`: answered 401. */
export function probesOf(db: Kysely<Tables>): ProbeLog {
  return {
    add: async (account, at, statuses) => {
      if (statuses.length === 0) return;
      const refused = statuses.filter((status) => status === 401).length;
      await db
        .insertInto('probes')
        .values({ account: account.toLowerCase(), minute: startOf(at), calls: statuses.length, refused })
        .onConflict((conflict) =>
          conflict.columns(['account', 'minute']).doUpdateSet({
            calls: sql<number>`probes.calls + excluded.calls`,
            refused: sql<number>`probes.refused + excluded.refused`,
          }),
        )
        .execute();
    },
    minutes: (account, from) =>
      db
        .selectFrom('probes')
        .select(['minute', 'calls', 'refused'])
        .where('account', '=', account.toLowerCase())
        .where('minute', '>=', startOf(from))
        .orderBy('minute')
        .execute(),
  };
}

const startOf = (at: number): number => Math.floor(at / minute) * minute;
