import {
  CloudAdapter,
  type ConfigurationBotFrameworkAuthentication,
  type Activity,
  type InvokeResponse,
  type TurnContext,
} from 'botbuilder';
import type { Log } from '../../application/ports/ambient.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { authentication, type BotCredentials } from './credentials.ts';
import { sendOnce } from './connector.ts';

type Authenticated = Awaited<ReturnType<ConfigurationBotFrameworkAuthentication['authenticateRequest']>>;

/** `unauthorized`: the token is not one of ours. `keysUnreachable`: nobody can say, so ask again later. */
export type AuthRefusal = 'unauthorized' | 'keysUnreachable';

/** Bot Framework's adapter with the traps of 4.23.3 closed; see each method. */
export class TeamsAdapter extends CloudAdapter {
  readonly appId: string;
  readonly #timeout: number;
  readonly #log: Log;

  /** `timeout`: milliseconds that one request to Teams, or to its keys, may take. */
  constructor(credentials: BotCredentials, timeout: number, log: Log) {
    super(authentication(credentials, timeout));
    this.appId = credentials.app?.id ?? '';
    this.#timeout = timeout;
    this.#log = log;
    this.use(async (context, next) => {
      sendOnce(context, this.ConnectorClientKey, timeout);
      await next();
    });
    // Without it an exception would be answered with its message.
    this.onTurnError = (context, error) => {
      log.error({ event: 'turn.failed', type: context.activity.type, error });
      return Promise.resolve();
    };
  }

  /**
   * Who sent this. The SDK's own handler answers several kinds of bad tokens with 500 and tells why; here
   * each of them is a plain refusal, and so is whatever goes wrong that nobody has thought of.
   */
  async authenticate(activity: Activity, header: string): Promise<Result<Authenticated, AuthRefusal>> {
    let timer: NodeJS.Timeout | undefined;
    // the SDK fetches keys without a time-out
    const late = new Promise<'late'>((settle) => {
      timer = setTimeout(settle, this.#timeout, 'late');
    });
    try {
      const asked = this.botFrameworkAuthentication.authenticateRequest(activity, header);
      const answer = await Promise.race([asked, late]);
      if (answer !== 'late') return ok(answer);
      // its end comes when nobody waits for it any more
      asked.catch(() => undefined);
      return this.#refuse('keysUnreachable', 'TimeoutError');
    } catch (error) {
      return this.#refuse(kindOf(error), error instanceof Error ? error.name : 'unknown');
    } finally {
      clearTimeout(timer);
    }
  }

  #refuse(refusal: AuthRefusal, why: string): Result<never, AuthRefusal> {
    this.#log.warn({ event: 'activity.refused', refusal, why });
    return err(refusal);
  }

  /** Runs the turn of an authenticated activity; gives what an invoke is answered with. */
  run(
    from: Authenticated,
    activity: Activity,
    logic: (context: TurnContext) => Promise<void>,
  ): Promise<InvokeResponse | undefined> {
    return this.processActivity(from, activity, logic);
  }
}

/**
 * The SDK says 500 in an AuthenticationError when the keys can't be had, and throws node-fetch's own
 * FetchError when their server can't be reached; everything else is about the token.
 */
function kindOf(error: unknown): AuthRefusal {
  if (!(error instanceof Error)) return 'unauthorized';
  const status = 'statusCode' in error ? error.statusCode : undefined;
  return error.name === 'FetchError' || status === 500 ? 'keysUnreachable' : 'unauthorized';
}
