import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stopPostmaster } from '../../src/adapters/store/embedded/postmaster.ts';
import { freePort, type RunningBot, startBot } from '../../src/demo/bot.ts';
import { type Client, type ClientOptions, startClient } from '../../src/simulator/client.ts';
import {
  demoEstate,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../src/simulator/index.ts';
import { channelId, type FakePerson, fakePerson, shown, startFakeTeams, tenantId } from './fakeTeams.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export const ada = fakePerson('Ada');
export const bo = fakePerson('Bo');
export const chen = fakePerson('Chen');
export const dana = fakePerson('Dana');
export const eli = fakePerson('Eli');
export const people: readonly FakePerson[] = [ada, bo, chen, dana, eli];

type Yaml = Readonly<Record<string, unknown>>;

/** Accounts in the policy, as YAML's own JSON: their consumers, or all that a rule of an account may say. */
export type Accounts = Readonly<Record<string, readonly Yaml[] | Yaml>>;
const isList = (rules: readonly Yaml[] | Yaml): rules is readonly Yaml[] => Array.isArray(rules);
export type AddClient = (
  client: Omit<ClientOptions, 'simulator' | 'every'> & Partial<Pick<ClientOptions, 'every'>>,
) => Promise<Client>;

/** contoso-chat's two clients, one that names the version it uses, and one that takes a while to read its key anew. */
export async function chatConsumers(
  simulator: Simulator,
  addClient: AddClient,
): Promise<Readonly<Record<'contoso-chat', readonly Yaml[]>>> {
  const account = 'contoso-chat';
  const vault = 'contoso-apps';
  const source = (secret: string) => ({ kind: 'keyVaultSecret', vault, secret, refreshEvery: 200 }) as const;
  const web = await addClient({ account, source: source('chat-web-api-key'), receiptPort: 0 });
  await addClient({ account, source: source('search-indexer-api-key') });
  const common = { kind: 'keyVaultSecret', vault: simulator.vaultUrl(vault), owners: ['chen'] };
  return {
    [account]: [
      { ...common, name: 'chat-web', secret: 'chat-web-api-key', receipt: web.receiptUrl },
      { ...common, name: 'search-indexer', secret: 'search-indexer-api-key', pickupWithin: '1s' },
    ],
  };
}

export type KeysmithOptions = Readonly<{
  simulator?: Partial<SimulatorOptions>;
  /** Starts production clients and registers them: the consumers of the policy, by account. */
  accounts?: (simulator: Simulator, addClient: AddClient) => Promise<Accounts>;
  policy?: Readonly<Record<string, unknown>>;
  environment?: Environment;
  /** Members of its Teams beside the people of the policy. */
  strangers?: readonly FakePerson[];
  /** False: no process yet; `launch` starts them. */
  started?: boolean;
}>;

/** Settings that differ; undefined takes one away. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** For runs in which nothing gets lost: time-outs that a busy machine doesn't meet. */
export const unhurried: Environment = {
  KEYSMITH_AZURE_TIMEOUT: '10s',
  KEYSMITH_LEASE: '30s',
  KEYSMITH_TEAMS_TIMEOUT: '8s',
  KEYSMITH_ANSWER_WITHIN: '8s',
};

/** Bot Framework's own settings for this Teams. */
const botSettings = ({ app, cloud }: Awaited<ReturnType<typeof startFakeTeams>>): Record<string, string> =>
  app === undefined
    ? {}
    : {
        ...cloud,
        MicrosoftAppId: app.id,
        MicrosoftAppPassword: app.password,
        MicrosoftAppType: 'SingleTenant',
        MicrosoftAppTenantId: app.tenantId,
      };

/** Durations short enough for a test. Settings and policy, never code. */
const environment = {
  // a process that was started before starts in half the time
  NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'),
  KEYSMITH_ROLE: 'all',
  HOST: '127.0.0.1',
  KEYSMITH_AZURE_TIMEOUT: '1s',
  KEYSMITH_LOOK_MARGIN: '300ms',
  KEYSMITH_SETTLE_WINDOW: '600ms',
  KEYSMITH_SETTLE_LOOKS: '3',
  KEYSMITH_PROOF_ANSWERS: '9',
  KEYSMITH_PROOF_EVERY: '100ms',
  KEYSMITH_PROOF_WITHIN: '20s',
  KEYSMITH_LEASE: '5s',
  KEYSMITH_TEAMS_TIMEOUT: '2s',
  KEYSMITH_SWEEP_EVERY: '500ms',
};
const timing = {
  soak: '1500ms',
  metricsLag: '100ms',
  watchEvery: '300ms',
  receiptEvery: '200ms',
  remindEvery: '1m',
  choiceWithin: '1m',
  deadEvery: '300ms',
  deadWithin: '30s',
};

/**
 * The whole program as a process of its own, on its own embedded PostgreSQL, between a simulated Azure and
 * a fake Teams that demands and gives real tokens. `kill()` is kill -9; `start()` starts it again on what is
 * left.
 */
export async function startKeysmith(options: KeysmithOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'keysmith-e2e-'));
  // so that the database is in here, also for root, and goes with it
  await chmod(folder, 0o711);
  const simulator = await startSimulator({
    estate: demoEstate(),
    certificateFolder: folder,
    ...options.simulator,
    timing: { newKeyDelay: 300, oldKeyDelay: 500, metricsLag: 100, ...options.simulator?.timing },
  });
  const teams = await startFakeTeams({ people: [...people, ...(options.strangers ?? [])], app: true });
  const port = await freePort();
  teams.botAt(`http://127.0.0.1:${String(port)}/api/messages`);
  const logFile = join(folder, 'keysmith.log');
  const policyFile = join(folder, 'policy.yml');
  const dataFolder = join(folder, 'data');
  await mkdir(dataFolder);
  const clients: Client[] = [];
  const addClient: AddClient = async (client) => {
    const started = await startClient({ simulator, every: 20, ...client });
    clients.push(started);
    return started;
  };
  const accounts = Object.entries((await options.accounts?.(simulator, addClient)) ?? {});
  const everybody = people.map(({ name }) => name.toLowerCase());
  const policy = {
    tenant: tenantId,
    people: Object.fromEntries(
      people.map(({ name, objectId }) => [name.toLowerCase(), { id: objectId, name }]),
    ),
    homeChannel: { conversation: channelId, serviceUrl: teams.serviceUrl },
    gates: { prepare: { need: 2, from: everybody }, retire: { need: 2, from: everybody } },
    afterwards: 'stay',
    timing,
    accounts: accounts.map(([name, rules]) => ({
      name,
      ...(isList(rules) ? { consumers: rules } : rules),
    })),
    ...options.policy,
  };
  // JSON is YAML.
  await writeFile(policyFile, JSON.stringify(policy, null, 2));
  let bot: RunningBot | undefined;
  const errors = new PassThrough();
  let erred = '';
  errors.on('data', (text: Buffer) => {
    erred += text.toString();
    process.stderr.write(text);
  });

  const settingsOf = (own: Environment): Record<string, string> => {
    const settings: Environment = {
      ...environment,
      ...simulator.environment,
      ...botSettings(teams),
      PORT: String(port),
      KEYSMITH_DATA: dataFolder,
      KEYSMITH_POLICY: policyFile,
      KEYSMITH_SERVICE_URLS: teams.serviceUrl,
      ...options.environment,
      ...own,
    };
    const set = Object.entries(settings).filter((one): one is [string, string] => one[1] !== undefined);
    return Object.fromEntries(set);
  };
  /** One more process of the same program, with settings of its own. */
  const launch = (own: Environment = {}): Promise<RunningBot> => startBot(settingsOf(own), logFile, errors);
  const start = async (): Promise<void> => {
    bot = await launch();
  };
  try {
    if (options.started !== false) await start();
  } catch (error) {
    await teams.close();
    await simulator.close();
    throw error;
  }

  return {
    simulator,
    teams,
    dataFolder,
    clients,
    start,
    launch,
    port,
    /** Starts one more that has to refuse; gives its exit code and all that it said. */
    refusedStart: (own: Environment): Promise<Readonly<{ code: unknown; said: string }>> =>
      new Promise((settle) => {
        const env = { PATH: process.env['PATH'] ?? '', ...settingsOf(own) };
        execFile(process.execPath, [main], { env, timeout: 30_000 }, (error, stdout, stderr) => {
          settle({ code: error?.code ?? 0, said: stdout + stderr });
        });
      }),
    /** kill -9, as a machine that loses power: nothing is cleaned up. */
    kill: async (): Promise<void> => {
      bot?.kill();
      await bot?.ended;
    },
    addClient,
    log: (): Promise<string> => readFile(logFile, 'utf8'),
    /** What it wrote to its standard error. */
    errors: (): string => erred,
    /** Approves what the newest card with a gate asks, as these people's clients show it. */
    approve: async (gate: RegExp, ...approvers: readonly FakePerson[]): Promise<void> => {
      // in the channel: the same card stands in each approver's personal chat
      const card = await teams.until(() =>
        teams.messages(channelId).findLast((message) => gate.test(shown(message))),
      );
      for (const person of approvers) await teams.click(person, card, 'Approve');
    },
    close: async (): Promise<void> => {
      await Promise.all(clients.map((client) => client.stop()));
      await bot?.stop();
      // a killed one leaves its database running, and is meant to
      await stopPostmaster(join(dataFolder, 'postgres/data'));
      await teams.close();
      await simulator.close();
      await wait(0);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type Keysmith = Awaited<ReturnType<typeof startKeysmith>>;
