import { DateTime } from 'luxon';
import type { Execution, ExecutionWindow } from '../../domain/policy.ts';

/** No calendar that people write needs more steps than this to come to an opening. */
const mostSteps = 10_000;

/**
 * From when on something may be carried out: `at` (epoch ms) itself inside a window and outside of every
 * freeze, else the next such time. A window that begins in the hour that a change to summer time leaves out
 * begins when that hour is over.
 */
export function nextOpen({ windows, freezes }: Execution, at: number): number {
  let time = at;
  for (let step = 0; step < mostSteps; step += 1) {
    const frozen = freezes.find(({ from, to }) => from <= time && time < to);
    if (frozen !== undefined) {
      time = frozen.to;
      continue;
    }
    if (windows.length === 0 || windows.some((window) => isOpen(window, time))) return time;
    time = Math.min(...windows.map((window) => nextStart(window, time)));
  }
  throw new Error('the windows of the policy never open');
}

const isOpen = (window: ExecutionWindow, at: number): boolean =>
  // one that began yesterday may reach over midnight
  [0, 1].some((daysAgo) => {
    const { opens, from, to } = onDay(window, at, -daysAgo);
    return opens && from <= at && at < to;
  });

function nextStart(window: ExecutionWindow, at: number): number {
  for (let day = 0; day <= 7; day += 1) {
    const { opens, from } = onDay(window, at, day);
    if (opens && from > at) return from;
  }
  throw new Error('a window that opens on no day');
}

/** The window of one day, counted from the day that `at` falls on in the window's own zone. */
function onDay(
  { days, from, to, zone }: ExecutionWindow,
  at: number,
  offset: number,
): Readonly<{ opens: boolean; from: number; to: number }> {
  const day = DateTime.fromMillis(at, { zone }).startOf('day').plus({ days: offset });
  const start = clock(day, from);
  const end = clock(to > from ? day : day.plus({ days: 1 }), to);
  return { opens: days.includes(day.weekday), from: start, to: end };
}

function clock(day: DateTime, time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return day.set({ hour, minute }).toMillis();
}
