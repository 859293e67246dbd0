import { userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { socketFolder } from '../../src/adapters/store/embedded/home.ts';
import { serverUser } from '../../src/adapters/store/embedded/osUser.ts';
import { dump } from './database.ts';
import type { Keysmith } from './keysmith.ts';

/** Everything that left the program in a run, by where it went: what a reader, a thief or an operator gets to see. */
export async function emittedBy(keysmith: Keysmith): Promise<Readonly<Record<string, string>>> {
  const { teams } = keysmith;
  return {
    // the bot shows its secret to the login and its token to the connector, and to nobody else
    messages: JSON.stringify(
      teams.requests.filter(({ on }) => on !== 'token').map(({ authorization: _shown, ...rest }) => rest),
    ),
    answers: teams.answers.join('\n'),
    log: await keysmith.log(),
    errors: keysmith.errors(),
    database: await databaseOf(keysmith),
  };
}

/** What must not be in any of it: who holds one of these can act. */
export function secretsOf({ simulator, teams }: Keysmith): readonly string[] {
  const identities = simulator.estate.principals.map(({ name }) => simulator.identityOf(name).header);
  return [...simulator.issuedKeys(), ...identities, teams.botToken, teams.app?.password ?? teams.botToken];
}

/** Signed tokens, whoever signed them, and stack traces of Node. */
const patterns = [/eyJ[\w-]{8,}\.eyJ[\w-]+/, /\bBearer [\w.~+/=-]{8,}/, / {4}at .+:\d+:\d+/];

/** Where something leaked, and what kind of thing: never the thing itself, since this is printed. */
export const leaksIn = (emitted: Readonly<Record<string, string>>, secrets: readonly string[]) =>
  Object.entries(emitted).flatMap(([where, text]) => [
    ...(secrets.some((secret) => text.includes(secret)) ? [`${where}: a secret`] : []),
    ...patterns.filter((pattern) => pattern.test(text)).map((pattern) => `${where}: ${pattern.source}`),
  ]);

async function databaseOf({ dataFolder }: Keysmith): Promise<string> {
  const host = await socketFolder(join(dataFolder, 'postgres'), await serverUser());
  const pool = new pg.Pool({ host, port: 5432, user: userInfo().username, database: 'keysmith', max: 1 });
  try {
    return await dump(pool);
  } finally {
    await pool.end();
  }
}
