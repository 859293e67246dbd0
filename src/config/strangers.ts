import { nearest } from './nearest.ts';
import type { SettingProblem } from './problems.ts';
import { settingNames } from './schema.ts';

/** Names that only this program would read: one of them that it doesn't know is a typing error. */
const ours = /^(keysmith_|microsoftapp)/i;

/** Settings that nobody reads: a typing error here would silently leave a default in force. */
export function strangers(env: NodeJS.ProcessEnv): readonly SettingProblem[] {
  const known: readonly string[] = settingNames;
  return Object.keys(env)
    .filter((name) => ours.test(name) && !known.includes(name) && env[name] !== '')
    .map((setting) => {
      const [near] = nearest(setting, known);
      return {
        setting,
        says: 'is not a setting',
        write: near === undefined ? 'nothing: delete it' : `${near} if that is what you meant`,
      };
    });
}
