import type { ExplainedField, Explanation } from './explain.ts';
import type { Fit, Judged } from './match.ts';
import { orderInWords } from './specificity.ts';

/** An explanation, for a terminal. `fileName` is what its lines are lines of. */
export function explanationText(account: string, fileName: string, { entries, fields }: Explanation): string {
  const told = (fit: Fit) =>
    entries
      .filter((one) => one.fit === fit)
      .map(({ entry, judged }) => `  ${entry.at}, line ${entry.line}: ${conditions(judged, fit)}`);
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', title, ...lines];
  return [
    `${account}, by ${fileName}`,
    ...section(`It fits, the most specific first (${orderInWords}):`, [
      ...told('yes'),
      '  the file, which every account fits',
    ]),
    ...section('It might fit, but too little is known of it:', told('perhaps')),
    ...section('It does not fit:', told('no')),
    ...section('What applies, and where it comes from:', fields.flatMap(fieldLines)),
  ].join('\n');
}

const conditions = (judged: readonly Judged[], fit: Fit): string =>
  judged
    .filter((one) => one.fits === fit)
    .map(({ condition, has }) =>
      fit === 'no' && has !== undefined ? `${condition} (has: ${has})` : condition,
    )
    .join('; ');

const fieldLines = ({ name, text, from, line, lost, open }: ExplainedField): readonly string[] => [
  `  ${name}: ${text} (${place(from, line)})`,
  ...open.map((one) => `      perhaps ${one.text} (${place(one.from, one.line)})`),
  ...lost.map((one) => `      not ${one.text} (${place(one.from, one.line)}): ${one.why}`),
];

const place = (from: string, line?: number): string => (line === undefined ? from : `${from}, line ${line}`);
