import { isDeepStrictEqual } from 'node:util';
import { covers } from '../match.ts';
import { type Finding, pathText } from '../problems.ts';
import { bySpecificity } from '../specificity.ts';
import { type Entry, entriesOf, fieldsOf, meetings, part, rulesOf } from './parts.ts';
import { repeated } from './repeated.ts';

/** Entries that stand twice, that another takes the place of, or that are as specific as another. */
export function overlapChecks(data: unknown): readonly Finding[] {
  const entries = entriesOf(data);
  const twice = repeated(entries.map((entry) => ({ key: keyOf(entry), entry })));
  return [
    ...twice.map(({ entry, first }): Finding => ({
      path: [...entry.path, entry.kind === 'account' ? 'name' : 'match'],
      says: 'stands in this file already: put both together',
      beside: first.entry.path,
    })),
    ...meetings(entries).flatMap(([winner, loser]) =>
      keyOf(winner) === keyOf(loser) ? [] : [...shadowed(winner, loser), ...tied(winner, loser)],
    ),
    ...silent(data),
  ];
}

const keyOf = ({ kind, match: { name, group, subscription, tags } }: Entry): string =>
  JSON.stringify([kind, name, group, subscription, Object.entries(tags ?? {}).sort()]);

/** What `loser` says and `winner` says too. */
const contested = (winner: Entry, loser: Entry) => {
  const said = new Map(fieldsOf(winner.part).map(({ path, value }) => [pathText(path), value]));
  return fieldsOf(loser.part)
    .filter(({ path }) => said.has(pathText(path)))
    .map((field) => ({
      ...field,
      instead: said.get(pathText(field.path)),
    }));
};

function shadowed(winner: Entry, loser: Entry): readonly Finding[] {
  const all = fieldsOf(loser.part);
  if (!covers(winner.match, loser.match) || all.length === 0) return [];
  if (contested(winner, loser).length < all.length) return [];
  const says = 'never applies: an entry that is about all the same accounts beats it in everything it says';
  return [{ path: loser.path, says, weight: 'warning', beside: winner.path }];
}

/** Nobody should have to count lines to see who must approve. */
const tied = (winner: Entry, loser: Entry): readonly Finding[] =>
  bySpecificity(winner, loser) !== 0
    ? []
    : contested(winner, loser)
        .filter(({ value, instead }) => !isDeepStrictEqual(value, instead))
        .map(({ path }) => ({
          path: [...loser.path, ...path],
          says:
            'says otherwise than an entry that is exactly as specific and stands further up: that one wins ' +
            'where an account fits both; add a condition to one of them',
          weight: 'warning',
          beside: [...winner.path, ...path],
        }));

const silent = (data: unknown): readonly Finding[] =>
  rulesOf(data)
    .filter(({ part: rule }) => part(rule, 'match') !== undefined && fieldsOf(rule).length === 0)
    .map(({ path }) => ({ path, says: 'says nothing about its accounts: add gates, timing or the like' }));
