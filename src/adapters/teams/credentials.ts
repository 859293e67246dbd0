import {
  ConfigurationBotFrameworkAuthentication,
  ConfigurationServiceClientCredentialFactory,
} from 'botbuilder';
import { clientSecret } from './clientSecret.ts';
import { checkClaims } from './claims.ts';

/** A value that only `reveal()` gives. */
type Sealed = Readonly<{ reveal(): string }>;

/** How the bot proves who it is; the same shape as the program's settings. */
export type BotApp = Readonly<
  | { type: 'SingleTenant'; id: string; tenantId: string; password: Sealed }
  | { type: 'MultiTenant'; id: string; password: Sealed }
  | { type: 'UserAssignedMSI'; id: string; tenantId: string }
>;

export type BotCredentials = Readonly<{
  /** Null: no authentication at all, which is served on loopback only. */
  app: BotApp | null;
  /** Bot Framework's cloud settings under its own names (`ToChannelFromBotLoginUrl`, …), all or none. */
  cloud: Readonly<Partial<Record<string, string>>>;
}>;

const issuers = { public: 'https://api.botframework.com', usgov: 'https://api.botframework.us' };

/**
 * Both directions of authentication, from Bot Framework's own settings.
 * `timeout`: milliseconds that getting a token may take.
 */
export function authentication(
  { app, cloud }: BotCredentials,
  timeout: number,
): ConfigurationBotFrameworkAuthentication {
  const factory =
    app === null || app.type === 'UserAssignedMSI'
      ? new ConfigurationServiceClientCredentialFactory(
          app === null
            ? {}
            : { MicrosoftAppId: app.id, MicrosoftAppType: app.type, MicrosoftAppTenantId: app.tenantId },
        )
      : new SecretFactory(app, cloud, timeout);
  const government = cloud['ChannelService'] !== undefined;
  const issuer = cloud['ToBotFromChannelTokenIssuer'] ?? issuers[government ? 'usgov' : 'public'];
  const configuration = { requiredEndorsements: [], validateClaims: checkClaims(issuer) };
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the SDK's own classes only implement these two, and it exports neither
  return new ConfigurationBotFrameworkAuthentication(cloud, factory, configuration);
}

type WithPassword = Exclude<BotApp, { type: 'UserAssignedMSI' }>;

/**
 * The SDK's own factory goes through MSAL, which asks Microsoft about every authority first and has no
 * time-out, so a sovereign or a local authority fails and a hanging one hangs the bot.
 */
class SecretFactory extends ConfigurationServiceClientCredentialFactory {
  readonly #app: WithPassword;
  readonly #cloud: BotCredentials['cloud'];
  readonly #timeout: number;
  readonly #made = new Map<string, ReturnType<typeof clientSecret>>();

  constructor(app: WithPassword, cloud: BotCredentials['cloud'], timeout: number) {
    super({
      MicrosoftAppId: app.id,
      MicrosoftAppPassword: app.password.reveal(),
      MicrosoftAppType: 'MultiTenant',
    });
    this.#app = app;
    this.#cloud = cloud;
    this.#timeout = timeout;
  }

  override createCredentials(
    appId: string,
    audience: string,
    loginEndpoint: string,
  ): ReturnType<ConfigurationServiceClientCredentialFactory['createCredentials']> {
    if (appId !== this.#app.id) return Promise.reject(new Error('credentials of another app were asked for'));
    const login = this.#cloud['ToChannelFromBotLoginUrl'] ?? loginOf(this.#app, loginEndpoint);
    const key = `${login} ${audience}`;
    const known = this.#made.get(key);
    const made = known ?? clientSecret(login, appId, this.#app.password, audience, this.#timeout);
    this.#made.set(key, made);
    return Promise.resolve(made);
  }
}

/** A bot of one tenant signs in there, one of many in Bot Framework's own tenant, which the SDK names. */
const loginOf = (app: WithPassword, endpoint: string): string =>
  app.type === 'SingleTenant' ? new URL(`/${app.tenantId}`, endpoint).href : endpoint;
