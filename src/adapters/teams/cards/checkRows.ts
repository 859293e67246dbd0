import type { Check } from '../../../domain/checks.ts';
import { plain } from './plain.ts';
import { row, type Mark, type Row } from './rows.ts';

/** What each verdict looks like, and how it is called. */
export const verdicts = {
  pass: ['done', 'passed'],
  warn: ['unsure', 'warning'],
  refuse: ['halted', 'refused'],
  unknown: ['unsure', 'could not be seen'],
} as const satisfies Record<Check['verdict'], readonly [Mark, string]>;

/** One line of the preflight, with what to do about it. */
export function checkRow(check: Check): Row {
  const [mark, word] = verdicts[check.verdict];
  const more = [check.says, check.remedy ?? ''].filter((text) => text !== '').join(' ');
  return row(mark, plain(check.name, 80), word, plain(more, 240));
}

/** `Checks: 7 passed, 1 warning`. */
export function checksTitle(checks: readonly Check[]): string {
  const parts = (['pass', 'warn', 'unknown', 'refuse'] as const).flatMap((verdict) => {
    const n = checks.filter((check) => check.verdict === verdict).length;
    const word = verdict === 'warn' && n > 1 ? 'warnings' : verdicts[verdict][1];
    return n === 0 ? [] : [`${n} ${word}`];
  });
  return parts.length === 0 ? '' : `Checks: ${parts.join(', ')}`;
}
