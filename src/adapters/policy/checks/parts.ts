import { parseAccountName } from '../accountName.ts';
import { canMeet, type Match, matchOf } from '../match.ts';
import type { Path } from '../problems.ts';
import { bySpecificity, type Ranked } from '../specificity.ts';

/*
 * The parts of a file, as bare data: the checks look at these and not at what the schema made of them, so
 * that they are heard together with the schema's own complaints.
 */

export const part = (data: unknown, name: string): unknown =>
  typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[name] : undefined;

export const list = (data: unknown): readonly unknown[] => (Array.isArray(data) ? data : []);

const text = (data: unknown, name: string): string | undefined => {
  const value = part(data, name);
  return typeof value === 'string' ? value : undefined;
};

/** What sets rules: the file as a whole, whose path is empty, or one entry of it. */
export type Owner = Readonly<{ part: unknown; path: Path }>;
/** An entry that can be read far enough to see which accounts it is about. */
export type Entry = Owner & Ranked;

export const accountsOf = (data: unknown): readonly Owner[] => itemsOf(data, 'accounts');
export const rulesOf = (data: unknown): readonly Owner[] => itemsOf(data, 'rules');

const itemsOf = (data: unknown, name: string): readonly Owner[] =>
  list(part(data, name)).map((item, index) => ({ part: item, path: [name, index] }));

export const consumersOf = (data: unknown) =>
  accountsOf(data).flatMap((account) =>
    list(part(account.part, 'consumers')).map((consumer, index) => ({
      consumer,
      account,
      path: [...account.path, 'consumers', index] as Path,
    })),
  );

/** All entries that can be read, in the order of the file. */
export const entriesOf = (data: unknown): readonly Entry[] => [
  ...rulesOf(data).flatMap((owner): Entry[] => {
    const match = looseMatch(part(owner.part, 'match'));
    return match === undefined ? [] : [{ ...owner, kind: 'rule', match }];
  }),
  ...accountsOf(data).flatMap((owner): Entry[] => {
    const match = parseAccountName(text(owner.part, 'name') ?? '');
    return match === undefined ? [] : [{ ...owner, kind: 'account', match }];
  }),
];

/** As far as it is made of text; undefined without any condition. */
function looseMatch(written: unknown): Match | undefined {
  const [name, resourceGroup, subscription] = ['name', 'resourceGroup', 'subscription'].map((condition) =>
    text(written, condition),
  );
  const tags = Object.entries(part(written, 'tags') ?? {}).filter(
    (tag): tag is [string, string] => typeof tag[1] === 'string',
  );
  const match = matchOf({
    ...(name !== undefined && { name }),
    ...(resourceGroup !== undefined && { resourceGroup }),
    ...(subscription !== undefined && { subscription }),
    ...(tags.length > 0 && { tags: Object.fromEntries(tags) }),
  });
  return Object.keys(match).length > 0 ? match : undefined;
}

/** Two entries that one account could fit, the more specific first. */
export const meetings = (entries: readonly Entry[]): readonly (readonly [Entry, Entry])[] =>
  entries.flatMap((a, index) =>
    entries
      .slice(index + 1)
      .filter((b) => canMeet(a.match, b.match))
      .map((b): readonly [Entry, Entry] => (bySpecificity(a, b) <= 0 ? [a, b] : [b, a])),
  );

/** What of an entry, or of the file as a whole, decides something by itself. */
export type Field = Readonly<{ path: Path; value: unknown }>;

/** The single things that an owner sets: each gate, each wait and so on. */
export const fieldsOf = (owner: unknown): readonly Field[] => [
  ...['gates', 'execution', 'encryption', 'timing'].flatMap((group) =>
    Object.entries(part(owner, group) ?? {}).map(([name, value]: [string, unknown]) => ({
      path: [group, name],
      value,
    })),
  ),
  ...['afterwards', 'consumers'].flatMap((name) => {
    const value = part(owner, name);
    return value === undefined ? [] : [{ path: [name], value }];
  }),
];
