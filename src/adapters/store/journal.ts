import { type Kysely, sql } from 'kysely';
import type { Journal, JournalRow } from '../../application/ports/store.ts';
import type { Address } from './connections.ts';
import { json } from './json.ts';
import { withSessionLock } from './locks.ts';
import type { Tables } from './schema.ts';

/** @param heartbeat ms between two questions to the connection that holds a lock */
export function journalOf(db: Kysely<Tables>, direct: Address, heartbeat: number): Journal {
  return {
    find: async (call) => {
      const row = await db
        .selectFrom('journal')
        .selectAll()
        .where('call', '=', call)
        .where('state', '!=', 'withdrawn')
        .executeTakeFirst();
      return row === undefined ? null : rowOf(row);
    },
    start: async (call, rotation, before, at) => {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('journal')
        .values({ call, rotation, state: 'started', before: json(before), started_at: at })
        .onConflict((conflict) =>
          conflict
            .column('call')
            .doUpdateSet({
              state: 'started',
              before: json(before),
              started_at: at,
              fault: null,
              sends: sql<number>`journal.sends + 1`,
            })
            .where('journal.state', '!=', 'done'),
        )
        .executeTakeFirstOrThrow();
      if (numInsertedOrUpdatedRows !== 1n) throw new Error(`${call} is done and must not be sent again`);
    },
    finish: async (call, after, found, at) => {
      await change(
        db
          .updateTable('journal')
          .set({ state: 'done', after: json(after), found, finished_at: at })
          .where('call', '=', call)
          .where('state', '!=', 'withdrawn')
          .executeTakeFirst(),
        call,
      );
    },
    withdraw: async (call, fault, at) => {
      await change(
        db
          .updateTable('journal')
          .set({ state: 'withdrawn', fault: json(fault), finished_at: at, sends: sql<number>`sends - 1` })
          .where('call', '=', call)
          .where('state', '=', 'started')
          .executeTakeFirst(),
        call,
      );
    },
    withLock: (key, work) => withSessionLock(direct, key, heartbeat, work),
  };
}

async function change(update: Promise<Readonly<{ numUpdatedRows: bigint }>>, call: string): Promise<void> {
  if ((await update).numUpdatedRows !== 1n) throw new Error(`${call} was not started`);
}

type Row = Readonly<{
  call: string;
  state: 'started' | 'done' | 'withdrawn';
  before: unknown;
  after: unknown;
  found: 'answered' | 'adopted' | null;
  started_at: number;
  sends: number;
}>;

const rowOf = ({ call, state, before, after, found, started_at, sends }: Row): JournalRow => ({
  call,
  state: state === 'done' ? 'done' : 'started',
  before,
  ...(after === null ? {} : { after }),
  ...(found === null ? {} : { found }),
  startedAt: started_at,
  sends,
});
