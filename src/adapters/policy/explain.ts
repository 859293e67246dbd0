import { builtIn } from './builtIn.ts';
import type { Entry, Field, PolicyFile } from './file.ts';
import { type Fit, fits, judge, type Judged, type Subject } from './match.ts';
import { whyBeats } from './specificity.ts';

/** Which entries an account fits and why, and where each single thing that applies to it comes from. */
export type Explanation = Readonly<{
  /** The most specific first. */
  entries: readonly Readonly<{ entry: Entry; fit: Fit; judged: readonly Judged[] }>[];
  fields: readonly ExplainedField[];
}>;

export type ExplainedField = Readonly<{
  name: string;
  text: string;
  /** `accounts[0]`, `the file` or `built in`. */
  from: string;
  line?: number;
  /** What others say that the account fits, too. */
  lost: readonly Readonly<{ from: string; text: string; line: number; why: string }>[];
  /** What would apply if the account fitted an entry that it might fit. */
  open: readonly Readonly<{ from: string; text: string; line: number }>[];
}>;

/** Explains what applies to an account of which that much is known. */
export function explain(file: PolicyFile, subject: Subject): Explanation {
  const entries = file.entries.map((entry) => ({
    entry,
    fit: fits(entry.match, subject),
    judged: judge(entry.match, subject),
  }));
  const fitting = entries.filter(({ fit }) => fit === 'yes').map(({ entry }) => entry);
  const open = entries.filter(({ fit }) => fit === 'perhaps').map(({ entry }) => entry);
  const said = [...fitting, ...open, file].flatMap(({ fields }) => fields.map(({ name }) => name));
  const names = [...new Set(['gates.prepare', 'gates.retire', ...Object.keys(builtIn), ...said])];
  return { entries, fields: names.map((name) => explainField(name, file, fitting, open)) };
}

function explainField(
  name: string,
  file: PolicyFile,
  fitting: readonly Entry[],
  open: readonly Entry[],
): ExplainedField {
  const says = (fields: readonly Field[]) => fields.find((field) => field.name === name);
  const claims = fitting.flatMap((entry) => {
    const field = says(entry.fields);
    return field === undefined ? [] : [{ entry, from: entry.at, text: field.text, line: field.line }];
  });
  const [winner, ...losers] = claims;
  const usual = says(file.fields);
  const lost = losers.map(({ entry, ...claim }) => ({
    ...claim,
    why: winner === undefined ? '' : whyBeats(winner.entry, entry),
  }));
  const rest = {
    lost:
      winner && usual
        ? [...lost, { from: 'the file', text: usual.text, line: usual.line, why: 'an entry beats the file' }]
        : lost,
    // one that would lose against the winner anyhow changes nothing
    open: open.flatMap((entry) => {
      const field = says(entry.fields);
      const loses = winner && file.entries.indexOf(entry) > file.entries.indexOf(winner.entry);
      return field === undefined || loses ? [] : [{ from: entry.at, text: field.text, line: field.line }];
    }),
  };
  if (winner) return { name, from: winner.from, text: winner.text, line: winner.line, ...rest };
  if (usual) return { name, from: 'the file', text: usual.text, line: usual.line, ...rest };
  return { name, from: 'built in', text: builtIn[name] ?? '', ...rest };
}
