import type { Request, Response, plugins } from 'restify';
import type { Activity, TurnContext } from 'botbuilder';
import type { Clock, Log } from '../../application/ports/ambient.ts';
import type { Inbox, Rotations } from '../../application/ports/store.ts';
import { incoming } from './activity.ts';
import { TeamsAdapter } from './adapter.ts';
import { botApplication } from './bot.ts';
import type { BotCredentials } from './credentials.ts';
import { isLoopback } from './loopback.ts';
import { impatient } from './patience.ts';
import { rateLimits, type Limits } from './rateLimits.ts';
import restify, { noLog } from './restify.ts';
import { Roster } from './roster.ts';
import { tenantsOf, type Tenants } from './tenants.ts';
import { tellTooMany, tooManyClicks } from './tooMany.ts';

export type TeamsServerOptions = Readonly<{
  host: string;
  /** 0 takes any free port. */
  port: number;
  credentials: BotCredentials;
  /** Whether a channel's service URL is one that answers may go to. */
  allows: (serviceUrl: string) => boolean;
  inbox: Pick<Inbox, 'post' | 'answer'>;
  rotations: Pick<Rotations, 'find' | 'list' | 'runningFor'>;
  /** Tenants whose people are heard; the bot's own alone, unless said. */
  tenants?: Tenants;
  limits?: Limits;
  /** Account names that the form offers. */
  accounts: readonly string[];
  /** How long the worker's answer to a click or a command is waited for, in ms; Teams waits about 10 s. */
  answerWithin: number;
  /** Of one request to Teams, in ms. */
  timeout: number;
  /** The bot's OAuth connection in Azure Bot, where the policy asks for a fresh sign-in. */
  signInConnection?: string;
  /** Base address of the Azure portal, without a slash at its end. */
  portal?: string;
  /** What `/healthz` asks; without it the answer is yes as long as the process lives. */
  healthy?: () => Promise<boolean>;
  log: Log;
  clock: Clock;
}>;

/** A bot without an app id would take orders from everybody who reaches it. */
export class UnprotectedAddress extends Error {
  override readonly name = 'UnprotectedAddress';

  constructor() {
    super('Without an app id the bot serves this machine only: set HOST to 127.0.0.1, or MicrosoftAppId.');
  }
}

/** Teams sends less than 100 KB. */
const body: plugins.JsonBodyParserOptions & Readonly<{ maxBodySize: number }> = {
  maxBodySize: 256 * 1024,
  mapParams: false,
};
/** A person who opens a busy channel refreshes many cards at once, and an edit of one refreshes it for 60 people. */
const usualLimits: Limits = { person: 120, conversation: 1200 };

type Answered = Readonly<{ status: number; body?: unknown }>;

/** Turns that are under way when the server is closed get this long, in ms. */
const grace = 5000;

/**
 * Serves Teams: `POST /api/messages` and `GET /healthz`. No answer says why something was refused, and none
 * holds an error's message. Refuses to start ({@link UnprotectedAddress}) without an app id on an address
 * that others can reach.
 */
export async function startTeamsServer(
  options: TeamsServerOptions,
): Promise<Readonly<{ url: string; close(): Promise<void> }>> {
  const { credentials, host, port, log, clock, timeout } = options;
  const unprotected = credentials.app === null;
  if (unprotected && !isLoopback(host)) throw new UnprotectedAddress();
  const adapter = new TeamsAdapter(credentials, timeout, log);
  const bot = botApplication({
    ...options,
    ...impatient(options),
    now: () => clock.now(),
    tenants: unprotected ? null : (options.tenants ?? tenantsOf(credentials.app)),
    roster: new Roster(() => clock.now()),
    connectorKey: adapter.ConnectorClientKey,
    ...(options.signInConnection === undefined
      ? {}
      : {
          signIn: {
            connection: options.signInConnection,
            tokensKey: adapter.UserTokenClientKey,
            timeout,
            log,
          },
        }),
  });
  const admit = rateLimits(options.limits ?? usualLimits);
  const logic = async (context: TurnContext): Promise<void> => {
    await bot.run(context);
  };
  const turns = new Set<Promise<void>>();

  /** What the request is answered with. */
  async function receive(request: Request, response: Response): Promise<Answered> {
    if (unprotected && !isFromHere(request)) return { status: 403 };
    const received: unknown = request.body;
    const activity = incoming.safeParse(received);
    if (!activity.success) return { status: 400 };
    if (!options.allows(activity.data.serviceUrl)) {
      log.warn({ event: 'activity.refused', refusal: 'serviceUrl' });
      return { status: unprotected ? 403 : 401 };
    }
    // the SDK reads the activity as it came; the shape of what we read is known now
    const raw = received as Activity;
    const from = await adapter.authenticate(raw, request.header('authorization', ''));
    if (!from.ok) return { status: from.error === 'unauthorized' ? 401 : 503 };
    const { data } = activity;
    const admission = admit(request, response, data.from, data.conversation.id);
    if (admission !== 'heard') {
      log.warn({ event: 'activity.refused', refusal: 'tooMany', told: admission === 'tell' });
      const answer = tooManyClicks(data);
      if (answer === undefined && admission === 'tell') await adapter.run(from.value, raw, tellTooMany(data));
      return answer ?? { status: 200 };
    }
    const answered = await adapter.run(from.value, raw, logic);
    // the SDK's 501 for an invoke that nobody here answers: the sender's mistake, not a failure of the server
    const status = answered?.status === 501 ? 400 : (answered?.status ?? 200);
    return { status, body: answered?.body };
  }

  async function turn(request: Request, response: Response): Promise<void> {
    try {
      const { status, body } = await receive(request, response);
      answer(response, status, body);
    } catch (error) {
      log.error({ event: 'request.failed', error });
      answer(response, 500);
    }
  }

  const server = restify.createServer({
    name: 'keysmith',
    handleUncaughtExceptions: false,
    log: noLog,
  });
  // its own answers quote paths and parts of the body
  server.on(
    'restifyError',
    (_request: Request, response: Response, error: { statusCode?: number }, done: () => void) => {
      response.send(error.statusCode ?? 500);
      done();
    },
  );
  server.get('/healthz', async (_request, response) => {
    const healthy = (await options.healthy?.().catch(() => false)) ?? true;
    answer(response, healthy ? 200 : 503, { ok: healthy });
  });
  server.post(
    '/api/messages',
    (request, response, next) => {
      // a few bytes can unpack to gigabytes, and the limit below counts what arrives
      const packed = request.header('content-encoding', '') !== '';
      if (packed) answer(response, 415);
      next(packed ? false : undefined);
    },
    // not the whole bodyParser: that one writes uploads to disk
    ...restify.plugins.jsonBodyParser(body),
    async (request: Request, response: Response) => {
      const one = turn(request, response);
      turns.add(one);
      await one;
      turns.delete(one);
    },
  );
  server.server.requestTimeout = 30_000;

  await new Promise<void>((settle, refuse) => {
    server.on('error', refuse);
    server.listen(port, host, settle);
  });
  const url = urlOf(server.address(), host);
  log.info({ event: 'teams.listening', url });
  return {
    url,
    close: async () => {
      const closed = new Promise<void>((settle) => {
        server.close(() => settle());
      });
      server.server.closeIdleConnections();
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((settle) => {
        timer = setTimeout(settle, grace);
      });
      await Promise.race([Promise.allSettled(turns), enough]);
      clearTimeout(timer);
      server.server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * Without an app id only programs of this machine are heard: no page of a browser that a name was bent to
 * this address for, and nothing that a tunnel or a proxy passes on.
 */
const isFromHere = (request: Request): boolean =>
  isLoopback(request.header('host', '')) &&
  !['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'origin'].some((name) => name in request.headers);

function answer(response: Response, status: number, body?: unknown): void {
  if (response.headersSent) return;
  if (body === undefined) {
    response.writeHead(status, { 'content-length': '0' });
    response.end();
    return;
  }
  const text = JSON.stringify(body);
  const type = 'application/json; charset=utf-8';
  response.writeHead(status, { 'content-type': type, 'content-length': String(Buffer.byteLength(text)) });
  response.end(text);
}

function urlOf(address: unknown, host: string): string {
  const port =
    typeof address === 'object' && address !== null && 'port' in address ? Number(address.port) : 0;
  const name =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
