import type { Execution, ExecutionWindow } from '../../../domain/policy.ts';
import type { Rotation } from '../../../domain/rotation.ts';
import { plain } from './plain.ts';
import { listed } from './words.ts';

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** `Mon to Fri`, `Sat and Sun`, `every day`. @param numbers ISO weekdays */
function daysInWords(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const named = sorted.map((day) => days[day - 1] ?? '');
  const inARow = sorted.every((day, index) => index === 0 || day === (sorted[index - 1] ?? 0) + 1);
  if (sorted.length === 7) return 'every day';
  return inARow && sorted.length > 2 ? `${named[0] ?? ''} to ${named.at(-1) ?? ''}` : listed(named, 7);
}

const windowInWords = ({ days: on, from, to, zone }: ExecutionWindow): string =>
  `${daysInWords(on)} ${from} to ${to} (${plain(zone, 60)})`;

/** The freezes that stand at a time (epoch ms), or between two. */
export const freezesIn = ({ freezes }: Execution, from: number, to = from) =>
  freezes.filter((freeze) => freeze.from <= to && from < freeze.to);

/** When what is approved may be carried out, one sentence each; nothing where it may at any time. */
export function executionWords({ rules, request }: Rotation, now: number): readonly string[] {
  const { execution } = rules;
  if (execution === undefined) return [];
  if (request.breakGlass === true) return ['An emergency waits for no window and no freeze.'];
  const { windows } = execution;
  const open = listed(windows.slice(0, 3).map(windowInWords), 3, 'or');
  const more = windows.length > 3 ? ', or in another window of the policy' : '';
  return [
    ...(windows.length === 0 ? [] : [`Carried out only ${open}${more}.`]),
    ...freezesIn(execution, now).map(({ says }) => `Frozen now: ${plain(says, 160)}`),
  ];
}
