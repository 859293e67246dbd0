import { startTeamsServer, type TeamsServerOptions } from '../../src/adapters/teams/index.ts';
import type { Log } from '../../src/application/ports/ambient.ts';
import type { Answer } from '../../src/application/conversation.ts';
import type { Rotation } from '../../src/domain/rotation.ts';
import { fakeRecords, type Worker } from './fakeRecords.ts';
import { startFakeTeams, type FakePerson, type FakeTeamsOptions } from './fakeTeams.ts';
import { now, people as known } from './sampleRotations.ts';

/** The people of the sample rotations, as members of the fake Teams. */
export const crew = Object.fromEntries(
  Object.entries(known).map(([key, person]) => [key, { ...person, id: `29:${key}` }]),
) as Readonly<Record<keyof typeof known, FakePerson>>;

export type Logged = Readonly<{ level: string; event: string } & Record<string, unknown>>;

/** A log that is kept. */
export function keptLog(): Log & Readonly<{ lines: Logged[] }> {
  const lines: Logged[] = [];
  const keep = (level: string) => (fields: Readonly<{ event: string } & Record<string, unknown>>) => {
    lines.push({ level, ...fields });
  };
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') };
}

export const done: Worker = ({ said }): Answer =>
  said.say === 'rotate' ? { answer: 'reasonMissing' } : { answer: 'done', rotation: said.rotation };

export type BenchOptions = Readonly<{
  teams?: FakeTeamsOptions;
  server?: Partial<TeamsServerOptions>;
  worker?: Worker;
  rotations?: readonly Rotation[];
}>;

/** The chat side between a fake Teams and fake records, over real HTTP. */
export async function startBench({
  teams: room = {},
  server = {},
  worker = done,
  rotations = [],
}: BenchOptions = {}) {
  const { tenantId } = known.ada;
  const teams = await startFakeTeams({ people: Object.values(crew), tenantId, ...room });
  const records = fakeRecords(worker);
  records.rotations.push(...rotations);
  const log = keptLog();
  const bot = await startTeamsServer({
    host: '127.0.0.1',
    port: 0,
    credentials: teams.credentials,
    allows: teams.allows,
    inbox: records.inbox,
    rotations: records.reads,
    accounts: ['contoso-chat', 'contoso-vision'],
    answerWithin: 500,
    timeout: 1000,
    log,
    clock: { now: () => now },
    ...server,
  }).catch(async (error: unknown) => {
    await teams.close();
    throw error;
  });
  teams.botAt(`${bot.url}/api/messages`);
  return {
    teams,
    records,
    log,
    bot,
    close: async () => {
      await bot.close();
      await teams.close();
    },
  };
}

export type Bench = Awaited<ReturnType<typeof startBench>>;
