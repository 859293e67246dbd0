import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openStore, startEmbedded } from '../../src/adapters/store/index.ts';
import { startTeamsServer } from '../../src/adapters/teams/index.ts';
import type { Log } from '../../src/application/ports/ambient.ts';
import type { Rotation } from '../../src/domain/rotation.ts';
import { bo, chen, dana, eli, startKeysmith } from '../support/keysmith.ts';
import { eventually, rotationOf } from '../support/records.ts';
import { rotate } from '../support/thread.ts';
import { badTokens } from './tokens.ts';

const none: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const ofPartner = '00000000-0000-4000-8000-0000000000aa';

/** Members of the channel whom the bot must not hear: a guest, and somebody of another tenant. */
export const strangers = [
  { ...dana, id: '29:guest', objectId: '0b1ec7ed-0000-4000-8000-00000000000a', role: 'guest' },
  { ...eli, id: '29:partner', objectId: '0b1ec7ed-0000-4000-8000-00000000000b', tenantId: ofPartner },
] as const;

/** What was logged, by event; errors that only a mistake of ours makes are kept with their stack. */
function tallyingLog() {
  const events = new Map<string, number>();
  const bugs: string[] = [];
  const count = (fields: Readonly<{ event: string } & Record<string, unknown>>): void => {
    const refusal = typeof fields['refusal'] === 'string' ? ` ${fields['refusal']}` : '';
    const key = `${fields.event}${refusal}`;
    events.set(key, (events.get(key) ?? 0) + 1);
    const { error } = fields as { error?: unknown };
    const bug = [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind);
    if (bug && error instanceof Error) bugs.push(`${key}: ${error.stack ?? error.message}`);
  };
  return { events, bugs, log: { info: count, warn: count, error: count } satisfies Log };
}

/**
 * The messaging endpoint in this process, with real tokens, on a real PostgreSQL behind which a real worker
 * (a process of its own) carries out what is released. One rotation stands at its first gate, which takes
 * the votes of Bo and of Chen.
 */
export async function startWorld() {
  const folder = await mkdtemp(join(tmpdir(), 'keysmith-fuzz-'));
  // the embedded server's user has to reach it, also where this runs as root
  await chmod(folder, 0o711);
  const database = await startEmbedded(folder, none);
  const { host, user } = database.connection;
  const url = `postgresql://${encodeURIComponent(user)}@${encodeURIComponent(host)}/keysmith`;
  const gate = { need: 2, from: ['ada', 'bo', 'chen'] };
  const keysmith = await startKeysmith({
    started: false,
    strangers,
    policy: { gates: { prepare: gate, retire: gate } },
  });
  const worker = await keysmith.launch({ KEYSMITH_ROLE: 'worker', DATABASE_URL: url });
  const store = await openStore({ url, dataFolder: '', log: none, rights: 'chat' });
  const records = new pg.Pool({ connectionString: url, max: 2 });
  const { teams, simulator } = keysmith;
  const logged = tallyingLog();
  const bot = await startTeamsServer({
    host: '127.0.0.1',
    port: 0,
    credentials: teams.credentials,
    allows: teams.allows,
    inbox: store.inbox,
    rotations: store.rotations,
    accounts: ['contoso-chat', 'contoso-vision'],
    answerWithin: 300,
    // a whole run comes from few people: what is left out would be tested for nothing
    limits: { person: 1e9, conversation: 1e9 },
    timeout: 2000,
    log: logged.log,
    clock: { now: () => Date.now() },
  });
  teams.botAt(`${bot.url}/api/messages`);
  const { id, card } = await rotate(keysmith, 'contoso-vision yearly');
  const target = await eventually('the first gate', async (): Promise<Gate | undefined> => {
    const rotation = await rotationOf(records, id);
    return rotation.phase.at === 'awaitingApproval' ? (rotation as Gate) : undefined;
  });
  return {
    database,
    url: `${bot.url}/api/messages`,
    teams,
    simulator,
    records,
    logged,
    target,
    card,
    entitled: [bo, chen] as const,
    good: await teams.token(),
    bad: await badTokens(teams),
    /** Lets go of what the fake Teams has written down, but not of the card: or it would be what grows. */
    forget: (): void => {
      teams.requests.length = 0;
      teams.answers.length = 0;
      teams.room.messages.splice(0, teams.room.messages.length, card);
    },
    close: async (): Promise<void> => {
      await bot.close();
      await worker.stop();
      await records.end();
      await store.close();
      await keysmith.close();
      await database.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type Gate = Rotation & { phase: Extract<Rotation['phase'], { at: 'awaitingApproval' }> };
export type World = Awaited<ReturnType<typeof startWorld>>;
