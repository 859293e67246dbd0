import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { digestOf, nextOpen, pause, systemClock as clock, systemRandom } from './adapters/ambient/index.ts';
import { openAzure } from './adapters/azure/index.ts';
import { openLog } from './adapters/log/index.ts';
import { describePolicyProblems, policiesFrom, readPolicy } from './adapters/policy/index.ts';
import { noSignIns, openSignIns } from './adapters/signIn/index.ts';
import { openStore, StoreRefused, StoreUnavailable } from './adapters/store/index.ts';
import { createMessenger, startTeamsServer, UnprotectedAddress } from './adapters/teams/index.ts';
import type { Log } from './application/ports/ambient.ts';
import type { Policies } from './application/ports/policy.ts';
import type { SignIns } from './application/ports/signIns.ts';
import type { Store } from './application/ports/store.ts';
import { stayPresent } from './application/presence.ts';
import { wakersOf } from './application/worker.ts';
import {
  describeProblems,
  isAllowedServiceUrl,
  isLoopbackUrl,
  loadEnvironment,
  nearest,
  readSettings,
  type Settings,
} from './config.ts';

/** What stops the start, in words for whoever runs the program. No stack trace, no value of a setting. */
class CannotStart extends Error {}

function settingsOrRefuse(): Settings {
  const loaded = loadEnvironment();
  if (!loaded.ok) throw new CannotStart(describeProblems([loaded.error]));
  const settings = readSettings(process.env);
  if (!settings.ok) throw new CannotStart(describeProblems(settings.error));
  return settings.value;
}

async function policiesOrRefuse({ policyFile, bot }: Settings, log: Log): Promise<Policies> {
  const name = relative(process.cwd(), policyFile);
  const text = await readFile(policyFile, 'utf8').catch(() => {
    throw new CannotStart(`KEYSMITH_POLICY: ${name} can't be read. Write the path of the policy file.`);
  });
  const policy = readPolicy(text, name, { loopbackOnly: bot.app === null });
  if (!policy.ok) throw new CannotStart(describePolicyProblems(policy.error));
  for (const warning of policy.value.warnings) log.warn({ event: 'policy.warning', warning });
  return policiesFrom(policy.value, digestOf);
}

const storeOf = ({ database, dataFolder, role, sweepEvery, lease }: Settings, log: Log): Promise<Store> =>
  openStore({
    ...(database === null ? {} : { url: database.url.reveal(), directUrl: database.direct.reveal() }),
    dataFolder,
    log,
    timing: { sweep: sweepEvery, lease },
    rights: role === 'bot' ? 'chat' : 'all',
  });

/** The bot's word that somebody signed in counts for nothing: the worker verifies it against Entra's own keys. */
function signInsOf({ signIn, bot }: Settings, log: Log): SignIns {
  const { home, named } = bot.tenants;
  const tenants = home === null ? named : [home, ...named];
  return signIn === null ? noSignIns : openSignIns({ ...signIn, tenants, log, now: () => clock.now() });
}

/** The half that has the Azure identity and no inbound port. */
async function startWorker(
  settings: Settings,
  store: Store,
  policies: Policies,
  log: Log,
): Promise<() => Promise<void>> {
  const { azure: endpoints, bot, calls, consumerTimeout, lease, portal } = settings;
  if (endpoints === null) throw new Error('a bot has no worker');
  const azure = openAzure({
    resourceManagerEndpoint: endpoints.resourceManager,
    resourceManagerAudience: endpoints.audience,
    metricsEndpoint: endpoints.metrics,
    graphEndpoint: endpoints.graph,
    directoryTenant: settings.directoryTenant,
    vaultChallengeCheck: !isLoopbackUrl(endpoints.resourceManager),
    callTimeout: calls.timeout,
    consumerTimeout,
    log,
    now: () => clock.now(),
    probes: store.probes,
  });
  const messenger = createMessenger({
    credentials: bot,
    allows: (url) => isAllowedServiceUrl(bot.serviceUrls, url),
    timeout: bot.timeout,
    portal,
    log,
    clock,
  });
  const signIns = signInsOf(settings, log);
  const { journal, probes, guards } = store;
  const { encryption } = azure;
  const process = randomUUID();
  const tools = {
    process,
    azure,
    encryption,
    policies,
    journal,
    probes,
    guards,
    clock,
    pause,
    nearest,
    log,
    timing: calls,
  };
  const backoff = { least: 1000, most: 300_000 };
  await store.policies.keep(policies.version, clock.now());
  await store.work(
    wakersOf({
      store,
      policies,
      tools,
      directory: azure.directory,
      signIns,
      lookupWithin: settings.lookupWithin,
      messenger,
      lease,
      backoff,
      answerWithin: settings.bot.answerWithin,
      pure: { digest: digestOf, nextOpen },
      clock,
      ids: systemRandom,
      random: Math.random,
      log,
    }),
  );
  const leaving = new AbortController();
  const present = stayPresent(journal, process, pause, log, leaving.signal);
  return async () => {
    leaving.abort();
    await present;
    azure.close();
  };
}

/** The half that serves Teams. It decides nothing and has no Azure rights. */
async function startChat(settings: Settings, store: Store, policies: Policies, log: Log) {
  const { bot, listen, portal } = settings;
  if (listen === null) return null;
  return startTeamsServer({
    ...listen,
    credentials: bot,
    allows: (url) => isAllowedServiceUrl(bot.serviceUrls, url),
    inbox: store.inbox,
    rotations: store.rotations,
    accounts: policies.accounts,
    answerWithin: bot.answerWithin,
    ...(bot.signInConnection === null ? {} : { signInConnection: bot.signInConnection }),
    tenants: bot.tenants,
    limits: bot.limits,
    timeout: bot.timeout,
    portal,
    healthy: () => answers(store),
    log,
    clock,
  });
}

/** Whether the database answers: without it nothing that is asked could be written down. */
const answers = (store: Store): Promise<boolean> =>
  store.rotations.list(1).then(
    () => true,
    () => false,
  );

/** Resolves with how to stop it. What was opened is closed again when the rest can't be. */
async function start(): Promise<() => Promise<void>> {
  const settings = settingsOrRefuse();
  const log = openLog(settings.logLevel);
  const opened: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const step of opened.splice(0).reverse()) await step();
  };
  try {
    const policies = await policiesOrRefuse(settings, log);
    const store = await storeOf(settings, log);
    opened.push(() => store.close());
    if (settings.role !== 'bot') opened.push(await startWorker(settings, store, policies, log));
    const chat = await startChat(settings, store, policies, log);
    if (chat !== null) opened.push(() => chat.close());
    log.info({ event: 'started', role: settings.role, ...(chat === null ? {} : { url: chat.url }) });
    return close;
  } catch (error) {
    await close();
    throw error;
  }
}

/** The sentence for whoever started the program; a bug keeps its stack, since nobody else can mend it. */
function inWords(error: unknown): unknown {
  const ours = [CannotStart, StoreRefused, StoreUnavailable, UnprotectedAddress];
  const advice = error instanceof StoreUnavailable ? ' Check DATABASE_URL, and that the server runs.' : '';
  if (ours.some((kind) => error instanceof kind) && error instanceof Error)
    return `${error.message}${advice}`;
  const { code, port } = error as { code?: unknown; port?: unknown };
  if (code === 'EADDRINUSE')
    return `PORT: ${String(port)} is taken by another program. Write a port that is free.`;
  return error;
}

try {
  const stop = await start();
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      void stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
} catch (error) {
  console.error('Keysmith did not start.\n', inWords(error));
  process.exitCode = 1;
}
