import type { Kysely } from 'kysely';
import { dueEffects } from './effects.ts';
import type { Jobs, Queue, WakeUp } from './jobs.ts';
import { dueLanes } from './outbox.ts';
import { rotationsOf } from './reads.ts';
import type { Tables } from './schema.ts';
import { holdsToken, withoutToken } from './withoutToken.ts';

/** A token that nobody has heard by then is erased: what it was for is asked again (ms). */
const tokensKept = 10 * 60_000;

/** A token that has expired can't be used again; clocks may differ (ms). */
const signInsKept = 24 * 3_600_000;

/** Sends and lanes older than this are of no use to the send limits (ms). */
const sendsKept = 2 * 3_600_000;

/**
 * Looks for rows whose time has come and that nobody is at, and sends the jobs that were lost: with a
 * worker that was killed, or from a database that was restored. `mayRun`: not running here, and not in
 * a pause after a failure.
 */
export async function sweep(
  {
    db,
    jobs,
    now,
    sweepEvery,
  }: Readonly<{ db: Kysely<Tables>; jobs: Jobs; now: () => number; sweepEvery: number }>,
  mayRun: (queue: Queue | 'inbox', id: string) => boolean,
  wakeInbox: () => void,
): Promise<void> {
  const at = now();
  // what has only just come due has its job on the way
  const overdue = at - sweepEvery / 2;
  if (mayRun('inbox', '') && (await isInboxWaiting(db, overdue))) wakeInbox();
  const found: readonly (readonly [Queue, readonly string[]])[] = [
    ['effect', await dueEffects(db, overdue)],
    ['rotation', await rotationsOf(db).due(overdue)],
    ['outbox', await dueLanes(db, overdue)],
  ];
  const lost: WakeUp[] = [];
  for (const [queue, ids] of found) {
    for (const id of ids)
      if (mayRun(queue, id) && !(await jobs.isQueued(queue, id))) lost.push({ queue, id, at });
  }
  await jobs.send(lost);
  await db
    .deleteFrom('sends')
    .where('at', '<', at - sendsKept)
    .execute();
  await db
    .updateTable('inbox')
    .set({ said: withoutToken })
    .where(holdsToken)
    .where('received_at', '<', at - tokensKept)
    .execute();
  await db
    .deleteFrom('sign_ins')
    .where('expires', '<', at - signInsKept)
    .execute();
}

async function isInboxWaiting(db: Kysely<Tables>, since: number): Promise<boolean> {
  const row = await db
    .selectFrom('inbox')
    .select('id')
    .where('answer', 'is', null)
    .where('received_at', '<=', since)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
