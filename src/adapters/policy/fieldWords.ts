import { list, part } from './checks/parts.ts';

/** What stands at a field of the file, on one line: `2 of ada, bo`, `30m`, `chat-web, night-batch`. */
export function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join(', ') || 'none';
  const need = part(value, 'need');
  if (need !== undefined) return gate(value as object);
  const days = part(value, 'days');
  if (days !== undefined) return `${inWords(days)} ${times(value)}`;
  if (part(value, 'says') !== undefined) return `${times(value)} (${inWords(part(value, 'says'))})`;
  const name = part(value, 'name') ?? value;
  return typeof name === 'string' ? name : JSON.stringify(name);
}

const times = (value: unknown): string =>
  `${inWords(part(value, 'from'))} to ${inWords(part(value, 'to'))} ${inWords(part(value, 'zone'))}`;

function gate(written: object): string {
  const { need, from, ...rest } = written as Readonly<Record<string, unknown>>;
  const more = Object.entries(rest).map(([name, value]) => `${name} ${nested(value)}`);
  return [`${inWords(need)} of ${list(from).map(inWords).join(', ')}`, ...more].join('; ');
}

/** `after 4h to chen` */
const nested = (value: unknown): string =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value)
        .map(([name, inner]) => `${name} ${inWords(inner)}`)
        .join(' ')
    : inWords(value);
