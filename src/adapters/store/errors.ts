import pg from 'pg';

/** The database can't be reached, or went away in the middle: nothing is known to be wrong with the request. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  constructor(cause: unknown) {
    super(`The database is not available${why(cause)}.`, { cause });
  }
}

/** In words, and never with the driver's own text: that can hold pieces of a mistyped connection string. */
function why(cause: unknown): string {
  const code = codeOf(cause);
  if (code === undefined) return '';
  if (code.startsWith('28')) return `: it refuses the user or the password (${code})`;
  return code === '3D000' ? ': the server has no database of that name' : ` (${code})`;
}

/** The store can't be opened as it is set up; the message says what to change. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
}

/** Somebody else has answered this inbox row meanwhile: the whole transaction must be undone. */
export class AlreadyAnswered extends Error {
  override readonly name = 'AlreadyAnswered';
}

/** SQLSTATE or errno of an error, e.g. `23505` or `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * SQLSTATE classes and states that mean "no connection" rather than "wrong statement": lost, refused at
 * the sign-in, or to a database that isn't there.
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const lost = /^(08|28|3D|57P|53300|53400|58)/;

/**
 * Turns whatever the driver threw into {@link StoreUnavailable} when the connection was at fault.
 * The driver has no code for a connection that ended, only a text, so the rule is the other way round:
 * what the server didn't say itself, and what isn't a mistake in our own values, is the connection's.
 */
export function named(error: unknown): unknown {
  if (error instanceof StoreUnavailable) return error;
  if (error instanceof pg.DatabaseError)
    return lost.test(error.code ?? '') ? new StoreUnavailable(error) : error;
  if (error instanceof TypeError || error instanceof RangeError) return error;
  return new StoreUnavailable(error);
}
