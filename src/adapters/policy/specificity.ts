import { hasWildcard, type Match } from './match.ts';

/** An entry of `accounts` names one account, a rule of `rules` a kind of accounts. */
export type Ranked = Readonly<{ kind: 'account' | 'rule'; match: Match }>;

/** In words, for whoever asks why one entry won. The order of `ranksOf`. */
export const orderInWords =
  'an account beats a rule; then a full name beats tags, more tags fewer, tags a name pattern, a longer ' +
  'pattern a shorter, a pattern a resource group, that a subscription; of equals the one further up wins';

/** How closely an entry describes its accounts: the first number that differs decides, the higher one wins. */
function ranksOf({ kind, match }: Ranked): readonly (readonly [rank: number, whyHigher: string])[] {
  const { name, group, subscription, tags = {} } = match;
  const full = name !== undefined && !hasWildcard(name);
  const letters = full ? 0 : (name ?? '').replaceAll(/[*?]/g, '').length;
  return [
    [kind === 'account' ? 1 : 0, 'an account beats a rule'],
    [full ? 1 : 0, 'it has the full name'],
    [Object.keys(tags).length, 'it has more tags'],
    [letters, 'it has more of the name'],
    [group === undefined ? 0 : 1, 'it has the resource group'],
    [subscription === undefined ? 0 : 1, 'it has the subscription'],
  ];
}

/** The first rank in which two entries differ; undefined for equals. */
function firstDifference(a: Ranked, b: Ranked) {
  const ofB = ranksOf(b);
  return ranksOf(a)
    .map(([rank, why], index) => ({ by: rank - (ofB[index]?.[0] ?? 0), why }))
    .find(({ by }) => by !== 0);
}

/** For sorting: the most specific first; 0 for equals, which stay in the order of the file. */
export const bySpecificity = (a: Ranked, b: Ranked): number => -(firstDifference(a, b)?.by ?? 0);

/** Why one entry beats another, in words. */
export const whyBeats = (winner: Ranked, loser: Ranked): string =>
  firstDifference(winner, loser)?.why ?? 'it stands further up';
