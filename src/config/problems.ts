/** What is wrong with one setting. Holds no value: it may be a secret that went into the wrong line. */
export type SettingProblem = Readonly<{
  setting: string;
  /** Goes behind the name: "is missing". */
  says: string;
  /** What to write instead. */
  write: string;
}>;

/** Everything that is wrong, as the one message that a person who starts the program gets. */
export function describeProblems(problems: readonly SettingProblem[]): string {
  const count = problems.length === 1 ? 'One setting needs' : `${problems.length} settings need`;
  const lines = problems.map(({ setting, says, write }) => `  ${setting} ${says}. Write ${write}.`);
  return [`Keysmith can't start. ${count} a change (env/.env.dev explains each):`, ...lines].join('\n');
}
