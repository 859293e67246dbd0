import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { StoreRefused } from './errors.ts';
import { migrations } from './migrations.ts';
import type { Tables } from './schema.ts';

const migrator = (db: Kysely<Tables>): Migrator =>
  new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    migrationTableSchema: 'keysmith',
    migrationTableName: 'migrations',
    migrationLockTableName: 'migrations_lock',
  });

/**
 * Brings the schema up to date, one instance at a time (an advisory lock), all or nothing.
 * `db` must stand on direct connections: the lock is a session's.
 */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const { error } = await migrator(db).migrateToLatest();
  if (error !== undefined)
    throw error instanceof Error ? error : new Error('a migration failed', { cause: error });
}

/** For the chat side, which may not change the schema: refuses one that isn't ready. */
export async function requireMigrated(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{
    there: boolean;
  }>`select to_regclass('keysmith.migrations') is not null as there`.execute(db);
  const done = rows[0]?.there
    ? (await sql<{ name: string }>`select name from keysmith.migrations`.execute(db)).rows.map(
        ({ name }) => name,
      )
    : [];
  const missing = Object.keys(migrations).filter((name) => !done.includes(name));
  if (missing.length > 0) {
    throw new StoreRefused(
      `The database lacks ${missing.join(', ')}. Start a worker (KEYSMITH_ROLE=worker) of this version first.`,
    );
  }
}
