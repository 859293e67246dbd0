import { parseDuration } from '../../../config/duration.ts';
import { clockTime, moment, weekdays } from '../calendar.ts';
import { defaultExecution } from '../execution.ts';
import type { Finding, Path } from '../problems.ts';
import { disagreements, type Value } from './pairs.ts';
import { accountsOf, list, type Owner, part, rulesOf } from './parts.ts';

const minutesOfWeek = 7 * 24 * 60;

/** A stretch of time, and where it is written. */
type Stretch = Readonly<{ path: Path; from: number; to: number }>;

/** Windows and freezes that overlap, freezes that are over, and approvals that don't last from one window to the next. `now` is epoch ms. */
export const timeChecks = (data: unknown, now: number): readonly Finding[] => [
  ...[{ part: data, path: [] as Path }, ...rulesOf(data), ...accountsOf(data)].flatMap((owner) =>
    clashes(owner, now),
  ),
  ...tooSoonTooOld(data),
];

function clashes({ part: owner, path }: Owner, now: number): readonly Finding[] {
  const execution = part(owner, 'execution');
  const freezes = list(part(execution, 'freezes')).flatMap((freeze, index) =>
    freezeOf(freeze, [...path, 'execution', 'freezes', index]),
  );
  const weekly = list(part(execution, 'windows')).flatMap((window, index) =>
    windowOf(window, [...path, 'execution', 'windows', index]),
  );
  const zones = [...new Set(weekly.map(({ zone }) => zone))];
  return [
    ...zones.flatMap((zone) => overlaps(weekly.filter((window) => window.zone === zone))),
    ...overlaps(freezes),
    ...freezes
      .filter(({ to }) => to <= now)
      .map((freeze): Finding => ({ path: freeze.path, says: 'is over: delete it', weight: 'warning' })),
  ];
}

const windows: Value<unknown> = {
  read: (owner) => part(part(owner, 'execution'), 'windows'),
  path: ['execution', 'windows'],
};

const within: Value<number> = {
  read: (owner) => {
    const text = part(part(owner, 'execution'), 'within');
    return typeof text === 'string' ? parseDuration(text) : undefined;
  },
  path: ['execution', 'within'],
  otherwise: defaultExecution.within,
};

/** An approval that is too old before a window opens would be asked for again, and again. */
const tooSoonTooOld = (data: unknown): readonly Finding[] =>
  disagreements(
    data,
    within,
    windows,
    (patience, written) => {
      const all = list(written).flatMap((window) => windowOf(window, []));
      // the hours of different zones can't be laid side by side
      if (all.length === 0 || new Set(all.map(({ zone }) => zone)).size > 1) return undefined;
      return longestGap(all) * 60_000 <= patience
        ? undefined
        : 'is shorter than the longest time between two windows: some approvals would be too old before one opens';
    },
    'warning',
  );

/** In minutes, from the end of one to the beginning of another, over the end of the week too. */
function longestGap(all: readonly Stretch[]): number {
  const inOrder = [...all].sort((a, b) => a.from - b.from);
  let end = Math.max(...inOrder.map(({ to }) => to)) - minutesOfWeek;
  let longest = 0;
  for (const { from, to } of inOrder) {
    longest = Math.max(longest, from - end);
    end = Math.max(end, to);
  }
  return longest;
}

/** Each of them once, when it begins or ends within an earlier one. */
function overlaps(all: readonly Stretch[]): readonly Finding[] {
  const seen = new Set<string>();
  return all.flatMap((one, index): Finding[] => {
    const earlier = all
      .slice(0, index)
      .find((other) => other.path.join() !== one.path.join() && other.from < one.to && one.from < other.to);
    if (earlier === undefined || seen.has(one.path.join())) return [];
    seen.add(one.path.join());
    return [
      {
        path: one.path,
        says: 'overlaps with another: put both together',
        weight: 'warning',
        beside: earlier.path,
      },
    ];
  });
}

function freezeOf(freeze: unknown, path: Path): readonly Stretch[] {
  const [from, to, zone] = ['from', 'to', 'zone'].map((name) => part(freeze, name));
  if (typeof from !== 'string' || typeof to !== 'string' || typeof zone !== 'string') return [];
  const begins = moment(from, zone, 'from');
  const ends = moment(to, zone, 'to');
  return begins === undefined || ends === undefined ? [] : [{ path, from: begins, to: ends }];
}

/** In minutes of the week; what reaches over its end goes on at its beginning. */
function windowOf(window: unknown, path: Path): readonly (Stretch & Readonly<{ zone: string }>)[] {
  const [from, to, zone] = ['from', 'to', 'zone'].map((name) => part(window, name));
  if (typeof from !== 'string' || typeof to !== 'string' || typeof zone !== 'string') return [];
  if (!clockTime.test(from) || !clockTime.test(to)) return [];
  return list(part(window, 'days')).flatMap((name) => {
    const day = weekdays.findIndex((one) => one === name);
    if (day < 0) return [];
    const begins = day * 24 * 60 + minutes(from);
    const ends = day * 24 * 60 + minutes(to) + (to > from ? 0 : 24 * 60);
    const rest = ends - minutesOfWeek;
    return [
      { path, zone, from: begins, to: Math.min(ends, minutesOfWeek) },
      ...(rest > 0 ? [{ path, zone, from: 0, to: rest }] : []),
    ];
  });
}

function minutes(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * 60 + minute;
}
