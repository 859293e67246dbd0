import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { err, ok, type Result } from '../domain/result.ts';
import type { SettingProblem } from './problems.ts';

/**
 * Loads `<folder>/.env.<name>.user` (git-ignored, for secrets; need not exist) and `<folder>/.env.<name>`
 * into `env`, in the syntax of `node --env-file`. What is set already stays, and the first file wins.
 * Gives the files that were read. Without a name (KEYSMITH_ENV) it does nothing.
 */
export function loadEnvironment(
  name: string | undefined = process.env['KEYSMITH_ENV'],
  env: NodeJS.ProcessEnv = process.env,
  folder = 'env',
): Result<readonly string[], SettingProblem> {
  if (name === undefined || name === '') return ok([]);
  const missing = (says: string) =>
    err({ setting: 'KEYSMITH_ENV', says, write: `the <name> of a file ${folder}/.env.<name>` });
  if (!/^[a-z0-9-]+$/.test(name)) return missing('is not a name');
  const base = join(folder, `.env.${name}`);
  const own = `${base}.user`;
  const read = [own, base].filter((file) => fill(env, file));
  return read.includes(base) ? ok(read) : missing('names a file that does not exist');
}

/** Whether the file is there. */
function fill(env: NodeJS.ProcessEnv, file: string): boolean {
  if (!existsSync(file)) return false;
  for (const [name, value] of Object.entries(parseEnv(readFileSync(file, 'utf8')))) env[name] ??= value;
  return true;
}
