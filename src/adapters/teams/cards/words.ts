import type { Person } from '../../../domain/people.ts';
import { plain } from './plain.ts';

/** `a`, `a and b`, `a, b and 3 more`: at most `limit` of them by name. */
export function listed(items: readonly string[], limit = 6, last: 'and' | 'or' = 'and'): string {
  const shown = items.length > limit ? items.slice(0, limit) : items;
  const rest = items.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown;
  return parts.length < 2
    ? (parts[0] ?? '')
    : `${parts.slice(0, -1).join(', ')} ${last} ${parts.at(-1) ?? ''}`;
}

export const nameOf = (person: Person): string => plain(person.name, 60) || 'somebody without a name';

export const names = (people: readonly Person[], limit = 6): string => listed(people.map(nameOf), limit);

/** `1 call`, `2 calls`, `1,204 calls`. */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${number(n)} ${n === 1 ? one : many}`;

export const number = (n: number): string => n.toLocaleString('en-US');
