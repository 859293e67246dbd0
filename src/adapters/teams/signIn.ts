import { randomUUID } from 'node:crypto';
import type { TurnContext } from 'botbuilder';
import { z } from 'zod';
import type { Log } from '../../application/ports/ambient.ts';
import type { Execute } from './activity.ts';
import { guarded, type Pipeline } from './connector.ts';

/** How people sign in: the bot's OAuth connection, by the name that it has in Azure Bot. */
export type SignInSetup = Readonly<{
  connection: string;
  /** Where the adapter keeps the client of Bot Framework's token service in a turn. */
  tokensKey: symbol;
  /** Of one request to the token service, in ms. */
  timeout: number;
  log: Log;
}>;

/**
 * What somebody signed in with. `silent`: Teams exchanged its own session for a token (single sign-on), so
 * nobody typed anything; `asked`: they went through the page of the connection.
 */
export type SignedInWith = Readonly<{ token: string; how: 'silent' | 'asked' }>;

/** The calls of the SDK's token client that are used here; its own client has the same traps as the connector's. */
type Tokens = Readonly<{
  getSignInResource(connection: string, activity: object, redirect: string): Promise<unknown>;
  getUserToken(user: string, connection: string, channel: string, code: string): Promise<unknown>;
  client: Readonly<{ client: Readonly<{ pipeline: Pipeline }> }>;
}>;

const resource = z.looseObject({
  signInLink: z.url({ protocol: /^https?$/ }).max(4000),
  tokenExchangeResource: z
    .looseObject({ uri: z.string().min(1).max(1000), providerId: z.string().max(1000).optional() })
    .optional()
    .catch(undefined),
});
const issued = z.looseObject({ token: z.string().min(1).max(16_384) });

function tokensOf(context: TurnContext, { tokensKey, timeout }: SignInSetup): Tokens {
  const tokens = context.turnState.get<Tokens | undefined>(tokensKey);
  if (tokens === undefined) throw new Error('the turn has no client of the token service');
  guarded(tokens.client.client.pipeline, timeout);
  return tokens;
}

/**
 * The token that an invoke brings, sent again by the client after it was asked to sign in; undefined where
 * it brings none that could be had. Whose it is and whether it counts is the worker's to say.
 * https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/sso-adaptive-cards-universal-action
 */
export async function signedInWith(
  context: TurnContext,
  setup: SignInSetup,
  { authentication, state }: Execute,
): Promise<SignedInWith | undefined> {
  if (authentication !== undefined)
    return authentication.connectionName === setup.connection
      ? { token: authentication.token, how: 'silent' }
      : undefined;
  if (state === undefined) return undefined;
  try {
    const { from, channelId } = context.activity;
    const answer = await tokensOf(context, setup).getUserToken(from.id, setup.connection, channelId, state);
    const token = issued.safeParse(answer);
    return token.success ? { token: token.data.token, how: 'asked' } : undefined;
  } catch (error) {
    setup.log.warn({ event: 'signIn.noToken', why: nameOf(error) });
    return undefined;
  }
}

/**
 * What an invoke is answered with so that the client has its person sign in and sends the invoke once more;
 * undefined when the token service can't be asked. `how`: single sign-on, which asks nobody anything, or the
 * connection's own page.
 */
export async function loginRequest(
  context: TurnContext,
  setup: SignInSetup,
  how: SignedInWith['how'],
): Promise<object | undefined> {
  try {
    const { connection } = setup;
    const answer: unknown = await tokensOf(context, setup).getSignInResource(
      connection,
      context.activity,
      '',
    );
    const { signInLink, tokenExchangeResource: exchange } = resource.parse(answer);
    return {
      status: 200,
      body: {
        statusCode: 401,
        type: 'application/vnd.microsoft.activity.loginRequest',
        value: {
          text: 'This decision needs a fresh sign-in.',
          connectionName: connection,
          ...(how === 'silent' && exchange !== undefined
            ? { tokenExchangeResource: { ...exchange, id: randomUUID() } }
            : {}),
          buttons: [{ type: 'signin', title: 'Sign in', text: 'Sign in', value: signInLink }],
        },
      },
    };
  } catch (error) {
    setup.log.warn({ event: 'signIn.serviceUnreachable', why: nameOf(error) });
    return undefined;
  }
}

/** An error's message can quote what was sent, which here may be a code or a token. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');
