import { type RawBuilder, sql } from 'kysely';

/**
 * A value as a `jsonb` parameter. node-postgres would send an array as a PostgreSQL array.
 * What JSON can hold and `jsonb` can't (NUL, half an emoji) becomes the replacement character.
 */
export function json<T>(value: T): RawBuilder<T> {
  return sql<T>`${stringify(value)}::jsonb`;
}

function stringify(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return 'null';
  // JSON.stringify escapes exactly what jsonb refuses; the pattern may also find an innocent backslash
  return /\\u(?:0000|d[89a-f])/.test(text) ? JSON.stringify(value, (_, part: unknown) => clean(part)) : text;
}

const clean = (part: unknown): unknown => (typeof part === 'string' ? plain(part) : part);

/** A text that PostgreSQL takes. */
export const plain = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');
