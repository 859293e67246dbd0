import type { Check } from '../../../../domain/checks.ts';
import type { EncryptionPlan } from '../../../../domain/encryptionKey/plan.ts';
import { verdicts } from '../checkRows.ts';
import { plain } from '../plain.ts';
import { row, type Row } from '../rows.ts';
import { counted, number } from '../words.ts';

/** A check with the pages that its rule comes from: all of them, since they disagree in places. */
export type CheckRow = Row & Readonly<{ pages: string }>;

type Listed = Readonly<{ rows: readonly CheckRow[]; rest: string }>;

function listed(checks: readonly Check[], make: (check: Check) => Row, limit: number): Listed {
  const hidden = checks.length - limit;
  return {
    rows: checks.slice(0, limit).map((check) => ({ ...make(check), pages: pagesOf(check) })),
    rest: hidden > 0 ? `and ${number(hidden)} more` : '',
  };
}

const pagesOf = ({ sources = [] }: Check): string =>
  sources.length === 0
    ? ''
    : `${sources.length === 1 ? 'Page' : 'Pages'}: ${sources.map((page) => plain(page.replace(/^Microsoft Learn: /, ''), 140)).join('; ')}`;

/** What stands in the way reads as a sentence, with what to do below it. */
const refusing = (check: Check): Row =>
  row('halted', plain(check.name, 80), plain(check.says, 500), remedyOf(check));

const remedyOf = ({ remedy }: Check): string =>
  remedy === undefined ? '' : `What to do: ${plain(remedy, 400)}`;

function open(check: Check): Row {
  const [mark, word] = verdicts[check.verdict];
  const more = [plain(check.says, 500), plain(check.remedy ?? '', 400)].filter((text) => text !== '');
  return row(mark, plain(check.name, 80), word, more.join(' '));
}

const passedRow = (check: Check): Row => row('done', plain(check.name, 80), plain(check.says, 240));

const of = ({ checks }: EncryptionPlan, ...wanted: readonly Check['verdict'][]): readonly Check[] =>
  checks.filter(({ verdict }) => wanted.includes(verdict));

/** The checks of a plan as the templates take them: what refuses and what is unsure is open, what passed is folded. */
export function checkParts(plan: EncryptionPlan | undefined, rows: number) {
  const checks = (...wanted: readonly Check['verdict'][]) => (plan === undefined ? [] : of(plan, ...wanted));
  const refused = listed(checks('refuse'), refusing, rows);
  const unsure = listed(checks('warn', 'unknown'), open, rows);
  const passing = checks('pass');
  const passed = listed(passing, passedRow, 2 * rows);
  return {
    refusing: refused.rows,
    refusingRest: refused.rest,
    checks: unsure.rows,
    checksRest: unsure.rest,
    passed: passed.rows,
    passedRest: passed.rest,
    passedTitle: `${counted(passing.length, 'check')} passed`,
  };
}
