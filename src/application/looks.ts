import type { InboxRow } from './ports/store.ts';
import type { Log } from './ports/ambient.ts';
import type { Finding } from './standing.ts';

/**
 * What is being found out about rows of the inbox, each on its own, while other rows are answered. Kept in
 * memory only: a worker that dies leaves its rows to the next one, which asks again.
 */
export interface Looks {
  /** Undefined: nothing was begun for this row. */
  of(id: string): Finding | 'pending' | undefined;
  /** Begins; `wake` is called when there is an answer. */
  begin(row: InboxRow, find: () => Promise<Finding>): void;
  forget(id: string): void;
  /** Forgets every row but these: somebody else has answered them. */
  keepOnly(ids: ReadonlySet<string>): void;
}

export function openLooks(wake: () => Promise<void>, log: Log, broke: Finding): Looks {
  const looks = new Map<string, Finding | 'pending'>();

  async function look({ id, said }: InboxRow, find: () => Promise<Finding>): Promise<void> {
    const found = await find().catch((error: unknown) => {
      log.error({ event: 'inbox.lookBroke', inbox: id, say: said.say, error });
      return broke;
    });
    // forgotten meanwhile: answered by somebody else
    if (looks.has(id)) looks.set(id, found);
    // when this fails, the sweep is there
    await wake().catch((error: unknown) => log.warn({ event: 'inbox.notWoken', error }));
  }

  return {
    of: (id) => looks.get(id),
    begin: (row, find) => {
      looks.set(row.id, 'pending');
      void look(row, find);
    },
    forget: (id) => void looks.delete(id),
    keepOnly: (ids) => {
      for (const id of looks.keys()) if (!ids.has(id)) looks.delete(id);
    },
  };
}
