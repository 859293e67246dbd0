import { z } from 'zod';
import { durationAdvice } from './duration.ts';
import * as is from './fields.ts';

const httpsAdvice = 'an https address';
const loopbackAdvice = 'an https address, or an http address of this machine';

/**
 * Every setting there is: what its text must be, what stands for it when it isn't written, and (the
 * description) what to write. Secrets have no default. env/.env.dev explains each one; a test holds
 * the two together. Rules between settings are in rules.ts.
 */
export const schema = z.object({
  KEYSMITH_ENV: is.words
    .regex(/^[a-z0-9-]+$/, 'is not a name of an env/.env.<name> file')
    .optional()
    .describe('the <name> of a file env/.env.<name>: lower-case letters, digits and hyphens'),
  KEYSMITH_ROLE: is.oneOf('bot', 'worker', 'all').prefault('all').describe('bot, worker or all'),
  KEYSMITH_LOG: is
    .oneOf('debug', 'info', 'warn', 'error', 'silent')
    .prefault('info')
    .describe('debug, info, warn, error or silent'),
  KEYSMITH_POLICY: is.words.describe('the path of the policy file, e.g. env/policy.yml'),
  KEYSMITH_DATA: is.words.prefault('.data').describe('the path of a folder'),

  HOST: is.words
    .regex(/^[\w.:[\]-]+$/, 'is no host name or address')
    .prefault('127.0.0.1')
    .describe('the address to listen on, e.g. 127.0.0.1, or 0.0.0.0 for all'),
  PORT: is.wholeNumber(0, 65_535).prefault('3978').describe('a port, e.g. 3978'),

  DATABASE_URL: is.databaseUrl.optional().describe('postgresql://user:password@host:5432/database'),
  DATABASE_DIRECT_URL: is.databaseUrl
    .optional()
    .describe('postgresql://user:password@host:5432/database, past any connection pooler'),

  MicrosoftAppId: is.guid.optional().describe("the bot's application (client) id, a GUID"),
  MicrosoftAppPassword: is.secret.optional().describe("a client secret of the bot's app registration"),
  MicrosoftAppType: is
    .oneOf('SingleTenant', 'UserAssignedMSI', 'MultiTenant')
    // Bot Framework's own default is MultiTenant, which has not been offered for new bots since 2025-07-31
    .prefault('SingleTenant')
    .describe('SingleTenant, UserAssignedMSI or MultiTenant'),
  MicrosoftAppTenantId: is.guid.optional().describe('the id of the Entra tenant of the bot, a GUID'),
  ChannelService: is.words
    .pipe(z.literal('https://botframework.azure.us', 'is not known to Bot Framework'))
    .optional()
    .describe('https://botframework.azure.us for the US Government cloud, or nothing'),
  ToChannelFromBotLoginUrl: is.address.optional().describe(loopbackAdvice),
  ToChannelFromBotOAuthScope: is.words
    .optional()
    .describe('an OAuth scope, e.g. https://api.botframework.com'),
  ToBotFromChannelTokenIssuer: is.words
    .optional()
    .describe('a token issuer, e.g. https://api.botframework.com'),
  OAuthUrl: is.address.optional().describe(loopbackAdvice),
  ToBotFromChannelOpenIdMetadataUrl: is.address.optional().describe(loopbackAdvice),
  ToBotFromEmulatorOpenIdMetadataUrl: is.address.optional().describe(loopbackAdvice),
  CallerId: is.words.optional().describe('a caller id, e.g. urn:botframework:azure'),
  ValidateAuthority: is.oneOf('true', 'false').optional().describe('true or false'),
  KEYSMITH_SERVICE_URLS: is.addresses
    .optional()
    .describe('https addresses with commas between them, e.g. https://smba.trafficmanager.net'),
  KEYSMITH_TENANTS: is.guids.optional().describe('ids of Entra tenants, GUIDs, with commas between them'),
  KEYSMITH_PER_PERSON: is
    .wholeNumber(10, 100_000)
    .prefault('120')
    .describe('a whole number from 10 to 100000'),
  KEYSMITH_PER_CONVERSATION: is
    .wholeNumber(10, 1_000_000)
    .prefault('1200')
    .describe('a whole number from 10 to 1000000'),
  KEYSMITH_TEAMS_TIMEOUT: is.duration.prefault('10s').describe(durationAdvice),
  KEYSMITH_ANSWER_WITHIN: is.duration.prefault('3s').describe(durationAdvice),

  AZURE_CLOUD: is
    .oneOf('public', 'usgov', 'china', 'custom')
    .prefault('public')
    .describe('public, usgov, china or custom'),
  AZURE_RESOURCE_MANAGER_ENDPOINT: is.secureAddress
    .optional()
    .describe(`${httpsAdvice}, e.g. https://management.azure.com`),
  AZURE_RESOURCE_MANAGER_AUDIENCE: is.secureAddress
    .optional()
    .describe(`${httpsAdvice}, e.g. https://management.azure.com`),
  AZURE_METRICS_ENDPOINT: is.regionalAddress
    .optional()
    .describe(`${httpsAdvice}, e.g. https://{region}.metrics.monitor.azure.com`),
  AZURE_GRAPH_ENDPOINT: is.secureAddress
    .optional()
    .describe(`${httpsAdvice}, e.g. https://graph.microsoft.com`),
  AZURE_PORTAL_ENDPOINT: is.address.optional().describe(`${httpsAdvice}, e.g. https://portal.azure.com`),
  AZURE_AUTHORITY_HOST: is.secureAddress
    .optional()
    .describe(`${httpsAdvice}, e.g. https://login.microsoftonline.com`),
  AZURE_TENANT_ID: is.guid.optional().describe('the id of the Entra tenant of the identity, a GUID'),
  IDENTITY_ENDPOINT: is.words
    .pipe(z.url({ protocol: /^https?$/, error: 'is no address' }))
    .optional()
    .describe('nothing: Azure sets it where there is a managed identity'),
  IDENTITY_HEADER: is.secret.optional().describe('nothing: Azure sets it together with IDENTITY_ENDPOINT'),

  KEYSMITH_LOOKUP_WITHIN: is.duration.prefault('2500ms').describe(durationAdvice),
  KEYSMITH_SIGN_IN_AUDIENCE: is.words
    .regex(/^api:\/\/\S+$/, 'is no application ID URI')
    .optional()
    .describe('the application ID URI of the bot, e.g. api://bot.contoso.com/botid-<MicrosoftAppId>'),
  KEYSMITH_SIGN_IN_AUTHORITY: is.address
    .optional()
    .describe(`${loopbackAdvice}, e.g. https://login.microsoftonline.com`),
  KEYSMITH_SIGN_IN_CONNECTION: is.words
    .max(200)
    .optional()
    .describe('the name of the OAuth connection of the Azure Bot'),
  KEYSMITH_SIGN_IN_TIME: is.oneOf('auth_time', 'iat').prefault('auth_time').describe('auth_time or iat'),

  KEYSMITH_CONSUMER_TIMEOUT: is.duration.prefault('10s').describe(durationAdvice),
  KEYSMITH_AZURE_TIMEOUT: is.duration.prefault('60s').describe(durationAdvice),
  KEYSMITH_LOOK_MARGIN: is.duration.prefault('30s').describe(durationAdvice),
  KEYSMITH_SETTLE_WINDOW: is.duration.prefault('5m').describe(durationAdvice),
  KEYSMITH_SETTLE_LOOKS: is.wholeNumber(2, 20).prefault('4').describe('a whole number from 2 to 20'),
  KEYSMITH_PROOF_ANSWERS: is.wholeNumber(1, 1000).prefault('20').describe('a whole number from 1 to 1000'),
  KEYSMITH_PROOF_EVERY: is.duration.prefault('15s').describe(durationAdvice),
  KEYSMITH_PROOF_WITHIN: is.duration.prefault('30m').describe(durationAdvice),
  KEYSMITH_LEASE: is.duration.prefault('3m').describe(durationAdvice),
  KEYSMITH_SWEEP_EVERY: is.duration.prefault('30s').describe(durationAdvice),
});

/** Every setting, read and with its default, before the rules between settings. */
export type Values = z.output<typeof schema>;
export type SettingName = keyof Values;

export const settingNames = Object.keys(schema.shape) as readonly SettingName[];
