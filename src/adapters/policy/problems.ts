/** Where something stands in a file; both count from 1. */
export type Spot = Readonly<{ line: number; column: number }>;

/** What is wrong with the policy file, and where. A warning does not keep the program from starting. */
export type PolicyProblem = Spot &
  Readonly<{
    file: string;
    weight: 'error' | 'warning';
    /** The place in the file's own words, e.g. `gates.prepare.from`; empty for the file as a whole. */
    at: string;
    /** What is wrong and what to write instead. */
    says: string;
  }>;

export type Path = readonly (string | number)[];

/** A problem before anybody looked up its line. */
export type Finding = Readonly<{
  path: Path;
  says: string;
  weight?: 'warning';
  /** Where the other half of it stands, whose line is then told too. */
  beside?: Path;
}>;

/** `accounts[0].consumers[1].vault` */
export const pathText = (path: Path): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');

/** One line per problem, as compilers write them: `env/policy.yml:12:7: …`. */
export const describePolicyProblems = (problems: readonly PolicyProblem[]): string =>
  problems
    .map(({ file, line, column, weight, at, says }) => {
      const place = at === '' ? '' : `${at}: `;
      return `${file}:${line}:${column}: ${weight === 'warning' ? 'warning: ' : ''}${place}${says}`;
    })
    .join('\n');
