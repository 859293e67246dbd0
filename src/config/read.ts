import { err, ok, type Result } from '../domain/result.ts';
import type { SettingProblem } from './problems.ts';
import { rules } from './rules.ts';
import { schema, type SettingName, settingNames, type Values } from './schema.ts';
import { assemble, type Settings } from './settings.ts';
import { strangers } from './strangers.ts';

/**
 * Reads every setting from the environment. Gives all problems at once, never a value of a setting.
 * A setting that is there but empty counts as not set.
 */
export function readSettings(env: NodeJS.ProcessEnv): Result<Settings, readonly SettingProblem[]> {
  const written = Object.fromEntries(
    settingNames.map((name) => [name, env[name]?.trim() === '' ? undefined : env[name]?.trim()]),
  );
  const parsed = schema.safeParse(written);
  const unread = new Map<SettingName, string>();
  for (const { path, message } of parsed.error?.issues ?? []) unread.set(path[0] as SettingName, message);

  const values = parsed.data ?? readable(written, unread);
  const problems = [
    ...[...unread].map(([setting, says]) => ({
      setting,
      says,
      write: schema.shape[setting].description ?? '',
    })),
    ...rules
      .filter(({ about }) => !about.some((name) => unread.has(name)))
      .flatMap(({ check }) => check(values)),
    ...strangers(env),
  ];
  return problems.length > 0 ? err(distinct(problems)) : ok(assemble(values));
}

/** What could be read, for the rules, each of which is asked only when that is all it is about. */
function readable(written: object, unread: ReadonlyMap<SettingName, string>): Values {
  const without = Object.fromEntries([...unread.keys()].map((name) => [name, true]));
  const rest: object = schema.omit(without as Record<SettingName, true>).parse(written);
  return rest as Values;
}

/** Two rules can miss the same setting; once is enough. */
const distinct = (problems: readonly SettingProblem[]): readonly SettingProblem[] => {
  const seen = new Map<string, SettingProblem>();
  for (const problem of problems) {
    const key = `${problem.setting} ${problem.says}`;
    if (!seen.has(key)) seen.set(key, problem);
  }
  return [...seen.values()];
};
