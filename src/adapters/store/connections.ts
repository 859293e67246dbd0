import { Kysely, PostgresDialect, PostgresDriver } from 'kysely';
import type { CompiledQuery, DatabaseConnection, Driver, PostgresDialectConfig, QueryResult } from 'kysely';
import pg from 'pg';
import type { Log } from '../../application/ports/ambient.ts';
import { named } from './errors.ts';
import type { Tables } from './schema.ts';

/** Where the database is: a connection string, or the parts of one. */
export type Address = Readonly<
  { connectionString: string } | { host: string; port: number; user: string; database: string }
>;

/** Settings that every connection of ours has, pooled or not. */
export const common = {
  application_name: 'keysmith',
  connectionTimeoutMillis: 5_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 5_000,
} as const;

/** int8 as a number: our ids and times stay far below 2^53. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

/** A pool and Kysely on top of it. What the connection is to blame for rejects with `StoreUnavailable`. */
export function openDatabase(address: Address, log: Log, max: number): Kysely<Tables> {
  const pool = new pg.Pool({ ...address, ...common, types, max, query_timeout: 30_000 });
  // without these listeners a connection that breaks, idle or in use, would end the process
  pool.on('error', () => log.warn({ event: 'database.connection.lost' }));
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Tables>({ dialect: new GuardedDialect({ pool }) });
}

class GuardedDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig;
  constructor(config: PostgresDialectConfig) {
    super(config);
    this.#config = config;
  }
  override createDriver(): Driver {
    return new GuardedDriver(this.#config);
  }
}

class GuardedDriver extends PostgresDriver {
  readonly #guarded = new WeakSet<DatabaseConnection>();

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await naming(() => super.acquireConnection());
    if (!this.#guarded.has(connection)) {
      const execute = connection.executeQuery.bind(connection);
      connection.executeQuery = <R>(query: CompiledQuery): Promise<QueryResult<R>> =>
        naming(() => execute<R>(query));
      this.#guarded.add(connection);
    }
    return connection;
  }
}

async function naming<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw named(error);
  }
}
