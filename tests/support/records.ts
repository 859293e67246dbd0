import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Rotation } from '../../src/domain/rotation.ts';

/** A look into the embedded database of a running Keysmith, past the program. Survives the end of a connection. */
export function openRecords(dataFolder: string): pg.Pool {
  const pool = new pg.Pool({
    host: join(dataFolder, 'postgres'),
    user: userInfo().username,
    database: 'keysmith',
    application_name: 'the test',
    max: 3,
  });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

export async function rotationOf(records: pg.Pool, id: string): Promise<Rotation> {
  const { rows } = await records.query<{ state: Rotation }>(
    'select state from keysmith.rotations where id = $1',
    [id],
  );
  if (rows[0] === undefined) throw new Error(`no ${id}`);
  return rows[0].state;
}

/** Who voted at which gate, as the audit record has it, oldest first. */
export async function votesOf(records: pg.Pool, id: string): Promise<readonly string[]> {
  const { rows } = await records.query<{ vote: string }>(
    `select detail ->> 'stage' || ' ' || (by ->> 'name') as vote
     from keysmith.events where rotation = $1 and type = 'approved' order by seq`,
    [id],
  );
  return rows.map(({ vote }) => vote);
}

export const withoutNames = (text: string): string => text.replace(/<at>[^<]*<\/at>/g, '');

/**
 * The texts that were to be said about a rotation, without names; false while anything isn't sent. What
 * brings a card says it on the card.
 */
export async function everythingSaid(records: pg.Pool, id: string): Promise<readonly string[] | false> {
  const { rows } = await records.query<{ state: string; text: string | null; card: string | null }>(
    `select state, content ->> 'text' as text, card from keysmith.outbox where rotation = $1 order by id`,
    [id],
  );
  if (rows.some(({ state }) => state !== 'sent')) return false;
  return rows.flatMap(({ text, card }) => (text === null || card !== null ? [] : [withoutNames(text)]));
}

/**
 * Looks every few milliseconds until there is something to give: for what happens in another process
 * or database, where nothing can be listened to.
 */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  within = 20_000,
): Promise<T> {
  const until = Date.now() + within;
  while (Date.now() < until) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await wait(10);
  }
  throw new Error(`within ${within} ms there was nothing like: ${what}`);
}
