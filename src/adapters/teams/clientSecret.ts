import { z } from 'zod';
import type { ConfigurationServiceClientCredentialFactory } from 'botbuilder';

type Credentials = Awaited<ReturnType<ConfigurationServiceClientCredentialFactory['createCredentials']>>;

const granted = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

/** Tokens are fetched anew this long before they end, in milliseconds. */
const early = 5 * 60_000;

/** No token could be had, so nothing was sent. The answer of the login is kept out: it can quote the request. */
export class NoToken extends Error {
  override readonly name = 'NoToken';
}

/**
 * Signs the bot's requests with tokens of the client-credentials grant (RFC 6749 §4.4, Microsoft identity
 * platform v2.0). Tokens are kept until shortly before their end; several askers share one fetch.
 * @param login the authority with its tenant, `https://login.microsoftonline.com/<tenant>`
 * @param audience what the token is for, without `/.default`
 */
export function clientSecret(
  login: string,
  appId: string,
  password: Readonly<{ reveal(): string }>,
  audience: string,
  timeout: number,
): Credentials {
  let held: Readonly<{ token: string; until: number }> | undefined;
  let fetching: Promise<string> | undefined;

  async function fetchToken(): Promise<string> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: appId,
      client_secret: password.reveal(),
      scope: `${audience}/.default`,
    });
    const response = await fetch(`${login.replace(/\/$/, '')}/oauth2/v2.0/token`, {
      method: 'POST',
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
    const answer = granted.safeParse(await response.json());
    if (!response.ok || !answer.success) throw new NoToken(`the login answered ${response.status}`);
    const { access_token: token, expires_in: seconds } = answer.data;
    held = { token, until: Date.now() + seconds * 1000 - early };
    return token;
  }

  async function current(): Promise<string> {
    if (held !== undefined && held.until > Date.now()) return held.token;
    fetching ??= fetchToken().finally(() => {
      fetching = undefined;
    });
    try {
      return await fetching;
    } catch (error) {
      throw error instanceof NoToken
        ? error
        : new NoToken('the login could not be reached', { cause: error });
    }
  }

  return {
    signRequest: async (request) => {
      request.headers.set('authorization', `Bearer ${await current()}`);
      return request;
    },
  };
}
