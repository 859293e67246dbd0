import { resolve } from 'node:path';
import type { CallTiming } from '../application/settings.ts';
import { type AzureEndpoints, clouds, teamsServiceUrls, tokenIssuers } from './clouds.ts';
import { botCloud } from './rules.ts';
import type { Values } from './schema.ts';
import type { Secret } from './secret.ts';

/** How the bot proves who it is. Names as in Bot Framework's own settings. */
export type BotApp = Readonly<
  | { type: 'SingleTenant'; id: string; tenantId: string; password: Secret }
  | { type: 'MultiTenant'; id: string; password: Secret }
  | { type: 'UserAssignedMSI'; id: string; tenantId: string }
>;

/** Bot Framework's cloud settings, under its own names, to be handed on as they are. */
export type BotCloud = Readonly<Partial<Record<(typeof botCloud)[number] | 'ChannelService', string>>>;

/** Everything that can be set, read once at the start. Every duration is in milliseconds. */
export type Settings = Readonly<{
  /** `bot` serves Teams and has no Azure rights, `worker` has them and no inbound port, `all` is both. */
  role: 'bot' | 'worker' | 'all';
  /** Null for a worker. */
  listen: Readonly<{ host: string; port: number }> | null;
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Absolute path of the policy file. */
  policyFile: string;
  /** Absolute path; holds the embedded database. */
  dataFolder: string;
  /** Null: the embedded PostgreSQL. `direct` leads past a connection pooler. */
  database: Readonly<{ url: Secret; direct: Secret }> | null;
  bot: Readonly<{
    /** Null: no authentication at all, on this machine only; readSettings made sure of that. */
    app: BotApp | null;
    cloud: BotCloud;
    /** What a channel's service URL may start with; see isAllowedServiceUrl. */
    serviceUrls: readonly string[];
    /** Entra tenants whose people are heard: the bot's own, and others that were named. */
    tenants: Readonly<{ home: string | null; named: readonly string[] }>;
    /** How many activities a minute are heard. */
    limits: Readonly<{ person: number; conversation: number }>;
    /** Of one request to Teams. */
    timeout: number;
    /** The OAuth connection of the Azure Bot; null: nobody is asked to sign in. */
    signInConnection: string | null;
    /** How long the chat side waits for the worker's answer to a click or a command. */
    answerWithin: number;
  }>;
  /** Null for a bot, which has no Azure rights and is told nothing of it. */
  azure: Omit<AzureEndpoints, 'portal'> | null;
  /** Base address of the Azure portal, for links. */
  portal: string;
  /** The Entra tenant of the policy's groups; null when nothing says it. */
  directoryTenant: string | null;
  /** How long a vote waits for a look at the directory or at Entra's keys. */
  lookupWithin: number;
  /** What a person's token must be like, where the policy asks for a sign-in. Null: nobody can sign in. */
  signIn: Readonly<{
    /** Where the keys of the tokens are published: `<authority>/<tenant>/discovery/v2.0/keys`. */
    authority: string;
    /** With `{tenant}`. */
    issuers: readonly string[];
    audiences: readonly string[];
    /** Which claim says when the person signed in. */
    time: 'auth_time' | 'iat';
  }> | null;
  /** How careful the calls to Azure are. */
  calls: CallTiming;
  /** Of one question to a consumer's receipt address. */
  consumerTimeout: number;
  /** How long a process keeps what it took on without a sign of life; longer than any of its requests. */
  lease: number;
  /** Between two sweeps for work whose wake-up was lost. */
  sweepEvery: number;
}>;

/** Puts settings that keep every rule into the shape that the program uses. */
export function assemble(values: Values): Settings {
  const role = values.KEYSMITH_ROLE;
  return {
    role,
    listen: role === 'worker' ? null : { host: values.HOST, port: values.PORT },
    logLevel: values.KEYSMITH_LOG,
    policyFile: resolve(values.KEYSMITH_POLICY),
    dataFolder: resolve(values.KEYSMITH_DATA),
    database: values.DATABASE_URL
      ? { url: values.DATABASE_URL, direct: values.DATABASE_DIRECT_URL ?? values.DATABASE_URL }
      : null,
    bot: {
      app: appOf(values),
      cloud: cloudOf(values),
      serviceUrls: values.KEYSMITH_SERVICE_URLS ?? teamsServiceUrls[teamsCloud(values)],
      tenants: { home: values.MicrosoftAppTenantId ?? null, named: values.KEYSMITH_TENANTS ?? [] },
      limits: { person: values.KEYSMITH_PER_PERSON, conversation: values.KEYSMITH_PER_CONVERSATION },
      timeout: values.KEYSMITH_TEAMS_TIMEOUT,
      signInConnection: values.KEYSMITH_SIGN_IN_CONNECTION ?? null,
      answerWithin: values.KEYSMITH_ANSWER_WITHIN,
    },
    azure: role === 'bot' ? null : endpointsOf(values),
    portal: values.AZURE_PORTAL_ENDPOINT ?? held(cloudNamed(values).portal),
    directoryTenant: values.AZURE_TENANT_ID ?? values.MicrosoftAppTenantId ?? null,
    lookupWithin: values.KEYSMITH_LOOKUP_WITHIN,
    signIn: signInOf(values),
    calls: {
      timeout: values.KEYSMITH_AZURE_TIMEOUT,
      margin: values.KEYSMITH_LOOK_MARGIN,
      settleWindow: values.KEYSMITH_SETTLE_WINDOW,
      settleLooks: values.KEYSMITH_SETTLE_LOOKS,
      proofAnswers: values.KEYSMITH_PROOF_ANSWERS,
      proofEvery: values.KEYSMITH_PROOF_EVERY,
      proofWithin: values.KEYSMITH_PROOF_WITHIN,
    },
    consumerTimeout: values.KEYSMITH_CONSUMER_TIMEOUT,
    lease: values.KEYSMITH_LEASE,
    sweepEvery: values.KEYSMITH_SWEEP_EVERY,
  };
}

function appOf(values: Values): BotApp | null {
  const { MicrosoftAppId: id, MicrosoftAppPassword: password, MicrosoftAppTenantId: tenantId } = values;
  if (id === undefined) return null;
  const type = values.MicrosoftAppType;
  if (type === 'UserAssignedMSI') return { type, id, tenantId: held(tenantId) };
  if (type === 'SingleTenant') return { type, id, tenantId: held(tenantId), password: held(password) };
  return { type, id, password: held(password) };
}

function signInOf(values: Values): Settings['signIn'] {
  const { MicrosoftAppId: id, KEYSMITH_SIGN_IN_AUDIENCE: uri, KEYSMITH_SIGN_IN_AUTHORITY: own } = values;
  if (id === undefined) return null;
  const cloud = teamsCloud(values);
  const authority = own ?? values.AZURE_AUTHORITY_HOST ?? clouds[cloud].authority;
  return {
    authority,
    // an authority of one's own issues in its own name
    issuers: own === undefined ? tokenIssuers[cloud] : [`${own}/{tenant}/v2.0`, `${own}/{tenant}/`],
    audiences: uri === undefined ? [id] : [id, uri],
    time: values.KEYSMITH_SIGN_IN_TIME,
  };
}

/** A value that a rule has made sure of. */
function held<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a setting passed its rules without a value that they demand');
  return value;
}

const cloudOf = (values: Values): BotCloud =>
  Object.fromEntries(
    [...botCloud, 'ChannelService' as const]
      .map((name) => [name, values[name]] as const)
      .filter(([, value]) => value !== undefined),
  );

const teamsCloud = (values: Values): keyof typeof teamsServiceUrls =>
  values.ChannelService !== undefined
    ? 'usgov'
    : values.AZURE_CLOUD === 'custom'
      ? 'public'
      : values.AZURE_CLOUD;

const cloudNamed = ({ AZURE_CLOUD: cloud }: Values): Partial<AzureEndpoints> =>
  cloud === 'custom' ? {} : clouds[cloud];

function endpointsOf(values: Values): Omit<AzureEndpoints, 'portal'> {
  const named = cloudNamed(values);
  const set = values.AZURE_RESOURCE_MANAGER_ENDPOINT;
  return {
    resourceManager: set ?? held(named.resourceManager),
    // an endpoint of one's own gets tokens for itself alone, unless somebody says otherwise
    audience: values.AZURE_RESOURCE_MANAGER_AUDIENCE ?? set ?? held(named.audience),
    metrics: values.AZURE_METRICS_ENDPOINT ?? held(named.metrics),
    graph: values.AZURE_GRAPH_ENDPOINT ?? named.graph ?? null,
    authority: values.AZURE_AUTHORITY_HOST ?? named.authority ?? null,
  };
}
