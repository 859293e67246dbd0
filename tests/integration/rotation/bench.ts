import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { quickTiming } from '../../support/timing.ts';
import { digestOf, nextOpen, pause, systemClock, systemRandom } from '../../../src/adapters/ambient/index.ts';
import { openAzure } from '../../../src/adapters/azure/index.ts';
import type { Answer, Said } from '../../../src/application/conversation.ts';
import type { Messenger, Outgoing, Target } from '../../../src/application/ports/messenger.ts';
import type { Policies } from '../../../src/application/ports/policy.ts';
import type { CallTiming } from '../../../src/application/settings.ts';
import type { FindsOut } from '../../../src/application/standing.ts';
import { wakersOf } from '../../../src/application/worker.ts';
import type { RegisteredConsumer } from '../../../src/domain/apiKeys/consumers.ts';
import { digest, type RotationId } from '../../../src/domain/ids.ts';
import type { Person } from '../../../src/domain/people.ts';
import type { Rules } from '../../../src/domain/policy.ts';
import type { Stage } from '../../../src/domain/procedures.ts';
import { err } from '../../../src/domain/result.ts';
import type { Phase } from '../../../src/domain/apiKeys/rotation.ts';
import type { Rotation } from '../../../src/domain/rotation.ts';
import {
  demoEstate,
  startSimulator,
  trust,
  type Simulator,
  type SimulatorOptions,
} from '../../../src/simulator/index.ts';
import { type Client, type ClientOptions, startClient } from '../../../src/simulator/client.ts';
import { dump, openTestStore, silent, type TestStore } from '../../support/database.ts';

const tenantId = demoEstate().tenant;
const person = (name: string, digit: string): Person => ({
  name,
  tenantId,
  objectId: `${digit.repeat(8)}-0000-4000-8000-000000000000`,
});
export const ada = person('Ada', 'a');
export const bo = person('Bo', 'b');
export const chen = person('Chen', 'c');
export const dana = person('Dana', 'd');
const everyone = [ada, bo, chen, dana];

/** Two clients of contoso-chat, one that names its version, and their registrations. */
export async function addChatConsumers(bench: Bench): Promise<readonly Client[]> {
  const account = 'contoso-chat';
  const vault = 'contoso-apps';
  const source = (secret: string) => ({ kind: 'keyVaultSecret', vault, secret, refreshEvery: 200 }) as const;
  const web = await bench.addClient({ account, source: source('chat-web-api-key'), receiptPort: 0 });
  const indexer = await bench.addClient({ account, source: source('search-indexer-api-key') });
  const common = {
    kind: 'keyVaultSecret',
    vault: bench.simulator.vaultUrl(vault),
    owners: [dana],
    deputies: [],
  } as const;
  if (web.receiptUrl === undefined) throw new Error('no receipts');
  bench.consumers.push(
    { ...common, name: 'chat-web', secret: 'chat-web-api-key', receipt: web.receiptUrl },
    { ...common, name: 'search-indexer', secret: 'search-indexer-api-key', pickupWithin: 1500 },
  );
  return [web, indexer];
}

const quick: CallTiming = {
  timeout: 2000,
  margin: 300,
  settleWindow: 600,
  settleLooks: 3,
  proofAnswers: 9,
  proofEvery: 100,
  proofWithin: 20_000,
};

const place = { conversation: 'channel', serviceUrl: 'https://teams.example', tenantId };

export type Sent = Readonly<{ target: Target; what: Outgoing }>;

export type Bench = Readonly<{
  simulator: Simulator;
  database: TestStore;
  sent: readonly Sent[];
  clients: readonly Client[];
  addClient(options: Omit<ClientOptions, 'simulator' | 'every'>): Promise<Client>;
  consumers: RegisteredConsumer[];
  say(by: Person, said: Said): Promise<Answer>;
  rotate(account: string, by?: Person): Promise<RotationId>;
  rotation(id: RotationId): Promise<Rotation>;
  /** Resolves when the rotation stands there; rejects when it halts or ends otherwise. */
  until<A extends Phase['at']>(
    id: RotationId,
    at: A,
    stage?: Stage,
  ): Promise<Rotation & { phase: Extract<Phase, { at: A }> }>;
  approve(id: RotationId, ...people: readonly Person[]): Promise<readonly Answer[]>;
  /** Approves both gates as Bo and Chen, to the end. */
  finish(id: RotationId): Promise<Rotation & { phase: Extract<Phase, { at: 'completed' }> }>;
  /** Everything that left the program: the log, what was sent, the database. */
  emitted(): Promise<string>;
  close(): Promise<void>;
}>;

/**
 * The whole worker on a real database and a simulated Azure, without Teams: what it sends is kept.
 * One a file: @azure/identity keeps its tokens for the life of the module.
 */
export async function startBench(
  options: Partial<SimulatorOptions> = {},
  change: Partial<Rules> = {},
  timing: Partial<CallTiming> = {},
  finds: Partial<Pick<FindsOut, 'signIns' | 'lookupWithin'>> = {},
): Promise<Bench> {
  const certificateFolder = await mkdtemp(join(tmpdir(), 'rotation-'));
  const simulator = await startSimulator({ estate: demoEstate(), certificateFolder, ...options });
  trust(simulator.ca);
  for (const name of ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'])
    process.env[name] = simulator.environment[name];
  const database = await openTestStore();
  const { store } = database;
  const calls = { ...quick, ...timing };
  const azure = openAzure({
    resourceManagerEndpoint: simulator.url,
    metricsEndpoint: simulator.url,
    graphEndpoint: simulator.graphUrl,
    directoryTenant: tenantId,
    vaultChallengeCheck: false,
    callTimeout: calls.timeout,
    consumerTimeout: 1000,
    log: silent,
    now: systemClock.now,
    probes: store.probes,
  });
  const consumers: RegisteredConsumer[] = [];
  const policies: Policies = {
    homeChannel: place,
    accounts: [],
    version: { digest: digest('policy'), meaning: {}, text: '' },
    rulesFor: () => ({
      gates: { prepare: { need: 2, from: everyone }, retire: { need: 2, from: everyone } },
      consumers,
      afterwards: 'stay',
      encryption: { type: 'RSA', bits: 2048 },
      timing: quickTiming(),
      policy: digest('policy'),
      ...change,
    }),
  };
  const sent: Sent[] = [];
  const messenger: Messenger = {
    send: (target, what) => {
      sent.push({ target, what });
      return Promise.resolve({
        ok: true,
        conversation: 'channel',
        activityId: `activity-${String(sent.length)}`,
      });
    },
  };
  const lines: unknown[] = [];
  const keep = (fields: unknown): void => {
    lines.push(fields instanceof Object && 'error' in fields ? [fields, inspect(fields.error)] : fields);
  };
  const log = { info: keep, warn: keep, error: keep };
  const nearest = (_name: string, names: readonly string[]): readonly string[] => names.slice(0, 3);
  const tools = {
    process: 'worker-1',
    azure,
    encryption: azure.encryption,
    policies,
    journal: store.journal,
    probes: store.probes,
    guards: store.guards,
    clock: systemClock,
    pause,
    nearest,
    log,
    timing: calls,
  };
  const deliver = { messenger, lease: 5000, backoff: { least: 100, most: 1000 }, random: Math.random };
  const ambient = { pure: { digest: digestOf, nextOpen }, clock: systemClock, log };
  const wakers = wakersOf({
    store,
    policies,
    tools,
    ...ambient,
    ...deliver,
    directory: azure.directory,
    signIns: { verify: () => Promise.resolve(err('signInNotSetUp')) },
    lookupWithin: 2500,
    ...finds,
    random: () => 0.5,
    ids: systemRandom,
  });
  await store.work(wakers);
  const clients: Client[] = [];
  let activity = 0;

  const say = async (by: Person, said: Said): Promise<Answer> => {
    activity += 1;
    const { id } = await store.inbox.post(`activity/${String(activity)}`, by, said, Date.now());
    const answer = await store.inbox.answer(id, 5000);
    if (answer === null) throw new Error(`no answer to ${said.say}`);
    return answer;
  };
  const rotation = async (id: RotationId): Promise<Rotation> => {
    const found = await store.rotations.find(id);
    if (found === null) throw new Error(`no ${id}`);
    return found;
  };
  const until: Bench['until'] = async <A extends Phase['at']>(id: RotationId, at: A, stage?: Stage) => {
    for (;;) {
      const found = await rotation(id);
      const { phase } = found;
      if (phase.at === at && (stage === undefined || stage === phase.stage))
        return found as Rotation & { phase: Extract<Phase, { at: A }> };
      if (phase.at === 'halted' || phase.at === 'ended' || phase.at === 'completed')
        throw new Error(`${id} is ${JSON.stringify(phase)}`);
      await pause(50);
    }
  };
  const approve: Bench['approve'] = async (id, ...people) => {
    const { phase } = await rotation(id);
    if (phase.at !== 'awaitingApproval') throw new Error(`${id} is at ${phase.at}`);
    const { stage, digest: shown } = phase;
    return Promise.all(people.map((by) => say(by, { say: 'approve', rotation: id, stage, digest: shown })));
  };
  return {
    simulator,
    database,
    sent,
    clients,
    consumers,
    say,
    rotation,
    addClient: async (client) => {
      const started = await startClient({ simulator, every: 20, ...client });
      clients.push(started);
      return started;
    },
    rotate: async (account, by = ada) => {
      const answer = await say(by, {
        say: 'rotate',
        account,
        procedure: 'apiKeys',
        reason: 'yearly',
        place,
        personal: false,
      });
      if (answer.answer !== 'started') throw new Error(`not started: ${JSON.stringify(answer)}`);
      return answer.rotation;
    },
    until,
    approve,
    finish: async (id) => {
      await until(id, 'awaitingApproval', 'approveFirst');
      await approve(id, bo, chen);
      await until(id, 'awaitingApproval', 'approveSecond');
      await approve(id, bo, chen);
      return until(id, 'completed');
    },
    emitted: async () =>
      JSON.stringify([lines, sent]) + inspect(lines, { depth: 9 }) + (await dump(database.pool)),
    close: async () => {
      await Promise.all(clients.map((client) => client.stop()));
      await database.close();
      await simulator.close();
    },
  };
}
