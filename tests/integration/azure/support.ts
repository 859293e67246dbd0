import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { openAzure, type AzureSettings } from '../../../src/adapters/azure/index.ts';
import type { Fault } from '../../../src/domain/faults.ts';
import { accountId } from '../../../src/domain/ids.ts';
import type { Account } from '../../../src/domain/account.ts';
import type { Result } from '../../../src/domain/result.ts';
import {
  demoEstate,
  startSimulator,
  trust,
  type Simulator,
  type SimulatorOptions,
} from '../../../src/simulator/index.ts';

export const salt = '5a'.repeat(32);
export const vaultName = 'contoso-apps';

/** One try of a key, as the adapter wrote it down. */
export interface Noted {
  account: string;
  at: number;
  statuses: readonly number[];
}

export interface Bench extends AsyncDisposable {
  simulator: Simulator;
  azure: ReturnType<typeof openAzure>;
  settings: AzureSettings;
  vault: string;
  probes: Noted[];
  /** Another adapter with other settings. */
  open(settings: Partial<AzureSettings>): ReturnType<typeof openAzure>;
  account(name: string): Account;
  /** Takes a result into the record of what the adapter gave out, in every form that could show a key. */
  keep<T>(value: T): T;
  /** Keys that stand anywhere in that record or in the log. */
  leaked(): string[];
}

/**
 * The adapter and the simulated Azure that it is pointed at. One a file: @azure/identity keeps its tokens for
 * the life of the module, and those of one simulator are strangers to the next.
 */
export async function startBench(
  options: Partial<SimulatorOptions> = {},
  more: Partial<AzureSettings> = {},
): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'azure-'));
  const simulator = await startSimulator({ estate: demoEstate(), certificateFolder: folder, ...options });
  trust(simulator.ca);
  for (const name of ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'])
    process.env[name] = simulator.environment[name];
  const probes: Noted[] = [];
  const given: string[] = [];
  const note = (fields: object): void => void given.push(JSON.stringify(fields));
  const settings: AzureSettings = {
    resourceManagerEndpoint: simulator.url,
    metricsEndpoint: simulator.url,
    vaultChallengeCheck: false,
    callTimeout: 2000,
    consumerTimeout: 1000,
    log: { info: note, warn: note, error: note },
    now: Date.now,
    probes: {
      add: async (account, at, statuses) => void probes.push({ account, at, statuses }),
      minutes: async () => [],
    },
    // how often is what matters, not how slowly
    readRetries: { retryDelayInMs: 5, maxRetryDelayInMs: 10 },
    ...more,
  };
  const azure = openAzure(settings);
  return {
    simulator,
    azure,
    settings,
    vault: simulator.vaultUrl(vaultName),
    probes,
    open: (other) => openAzure({ ...settings, ...other }),
    account: (name) => accountIn(simulator, name),
    keep: (value) => {
      given.push(inspect(value, { depth: 20, showHidden: true }), JSON.stringify(value), String(value));
      return value;
    },
    leaked: () => simulator.issuedKeys().filter((key) => given.some((text) => text.includes(key))),
    [Symbol.asyncDispose]: async () => {
      azure.close();
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function accountIn(simulator: Simulator, name: string): Account {
  const row = simulator.estate.accounts.find((one) => one.name === name);
  if (!row) throw new Error(`no account ${name}`);
  return {
    id: accountId(simulator.accountId(name)),
    name,
    subscriptionId: row.subscription,
    subscriptionName: simulator.estate.subscriptions.find(({ id }) => id === row.subscription)?.name ?? '',
    resourceGroup: row.resourceGroup,
    kind: row.kind,
    location: row.location,
    endpoint: simulator.endpoint(name),
    tags: row.tags,
  };
}

/** The value of a result that must be one. */
export function valueOf<T>(result: Result<T, Fault>): T {
  if (!result.ok) throw new Error(`a fault: ${JSON.stringify(result.error)}`);
  return result.value;
}

/** The fault of a result that must be one. */
export function faultIn(result: Result<unknown, Fault>): Fault {
  if (result.ok) throw new Error('no fault');
  return result.error;
}
