/**
 * `npm run teamsapp:package -- dev` makes teamsapp/build/keysmith.dev.zip with the variables of
 * env/.env.dev; without a name it takes dev. It never reads a .user file: no secret belongs in a manifest.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { buildPackage } from './teamsapp/buildPackage.ts';

const root = resolve(import.meta.dirname, '..');
const name = process.argv[2] ?? 'dev';
const source = `env/.env.${name}`;

const text = await readFile(join(root, source), 'utf8').catch(() => undefined);
if (text === undefined) {
  refuse([`there is no ${source}`]);
} else {
  const made = await buildPackage(join(root, 'teamsapp'), { ...parseEnv(text), TEAMSFX_ENV: name });
  if (made.ok) {
    const target = `teamsapp/build/keysmith.${name}.zip`;
    await mkdir(join(root, 'teamsapp/build'), { recursive: true });
    await writeFile(join(root, target), made.value);
    console.log(target);
  } else {
    refuse(made.error.map((reason) => `${source}: ${reason}`));
  }
}

function refuse(reasons: string[]): void {
  console.error(['No package was made:', ...reasons].join('\n  '));
  process.exitCode = 1;
}
