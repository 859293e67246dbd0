import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DemoPerson } from './people.ts';
import { playgroundConfig } from './playgroundConfig.ts';
import { channelConversationId } from './team.ts';

export type PlaygroundOptions = Readonly<{
  /** A folder of the Playground's own. It is made, and removed by `stop()`. */
  folder: string;
  /** Where the Playground posts its activities. */
  botEndpoint: string;
  /** What the activities name as `serviceUrl`. Default: the Playground's own connector. */
  serviceUrl?: string;
  /** Default: any free port. A port that is taken is refused. */
  port?: number;
  people: readonly DemoPerson[];
  channelName: string;
}>;

export type Playground = Readonly<{
  url: string;
  /** The Playground's own connector, whatever the activities say. */
  connectorUrl: string;
  channelConversationId: string;
  stop: () => Promise<void>;
}>;

const startWithin = 30_000;

/**
 * Starts the Microsoft 365 Agents Playground (`@microsoft/m365agentsplayground` 0.2.28) on 127.0.0.1 and
 * resolves when it answers. `stop()` leaves no process and no file behind.
 *
 * How it behaves, measured:
 * - A post in a channel reaches the bot with `conversation.id` = `<channel>;messageid=<root>`, and so
 *   does a card's button below it. The bot must be mentioned, except in a personal chat.
 * - Sent to `<channel>`, an activity is a new post; sent to `<channel>;messageid=<root>`, a reply below
 *   that post, shown indented under it in the order of arrival. An unknown root is a 404.
 * - The activity's `id` is random and is *not* the message's id (in Teams it is); the message's id is
 *   what POST answers.
 * - Text and a card in one activity become two messages, and the answer is a 202 without an id, unless
 *   `attachmentLayout` is `carousel`.
 * - PUT (updateActivity) works for any message of the bot, with `<channel>` or the thread's id in the
 *   path; a card is replaced in place, in every open page. DELETE is a 501.
 * - A mention is `<at>Name</at>` in the text plus an entity whose `text` is equal to it, or it is a 400.
 * - `POST /v3/conversations` with `isGroup` makes a post in `channelData.channel.id`; otherwise it opens
 *   the personal chat with `members[0].id` (a Teams id; always the same chat for the same person) and
 *   silently drops `activity`. Messages in another person's personal chat are kept but shown to nobody.
 * - Messages always come from its one `currentUser`; buttons come from the `from.id` that the page posts.
 * - A page load sends the install events again, and starts without the history.
 * The person switch mends what differs from Teams here.
 */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { folder, people, channelName } = options;
  const tenantId = people[0]?.tenantId;
  if (tenantId === undefined || people.length !== 5)
    throw new Error('the Playground takes exactly five people');
  await mkdir(folder, { recursive: true });
  const config = join(folder, '.m365agentsplayground.yml');
  await writeFile(config, playgroundConfig(people, channelName, tenantId));

  const child = spawn(process.execPath, [...argumentsFor(options)], {
    cwd: folder,
    // Nothing of this process's environment: it may hold secrets.
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      TEMP: process.env['TEMP'],
      SystemRoot: process.env['SystemRoot'],
      NODE_OPTIONS: '',
      TEAMSAPPTESTER_BROWSER: 'none',
      M365_AGENTS_PLAYGROUND_CONFIG_PATH: config,
      // It logs what people write and every card. Below a file no log can be made, and it goes on without.
      M365_AGENTS_PLAYGROUND_LOGFILE: join(config, 'none.log'),
    },
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  const kill = (): void => void child.kill('SIGKILL');
  process.on('exit', kill);
  try {
    const url = await answering(child, options.port);
    return { url, connectorUrl: `${url}/_connector`, channelConversationId, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function argumentsFor({ botEndpoint, serviceUrl, port }: PlaygroundOptions): readonly string[] {
  const manifest = createRequire(import.meta.url).resolve('@microsoft/m365agentsplayground/package.json');
  const preload = new URL('./contained.ts', import.meta.url).href;
  const service = serviceUrl === undefined ? [] : ['--service-url', serviceUrl];
  return [
    '--disable-warning=ExperimentalWarning',
    ...['--import', preload, join(dirname(manifest), 'cli.js')],
    ...['--app-endpoint', botEndpoint, '--channel-id', 'msteams', '--port', String(port ?? 0)],
    ...service,
    '--disable-telemetry',
  ];
}

/** The address once `/_debug/ping` answers there. */
async function answering(child: ChildProcess, wanted: number | undefined): Promise<string> {
  const late = AbortSignal.timeout(startWithin);
  const port = await listeningOn(child, late);
  // It takes another port when the wanted one is taken, and tells nobody.
  if (wanted !== undefined && wanted !== port) throw new Error(`port ${wanted} is taken`);
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null)
      throw new Error('the Playground stopped at once: it refused its configuration');
    const answer = await fetch(`${url}/_debug/ping`, { signal: late }).catch((error: unknown) => {
      if (late.aborted) throw error;
      return undefined;
    });
    await answer?.body?.cancel();
    if (answer?.ok === true) return url;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function listeningOn(child: ChildProcess, late: AbortSignal): Promise<number> {
  if (child.stdout === null) throw new Error('the Playground was started without an output');
  const lines = createInterface({ input: child.stdout, signal: late });
  for await (const line of lines) {
    const port = /^Listening on (\d+)$/.exec(line)?.[1];
    if (port !== undefined) {
      child.stdout.resume();
      return Number(port);
    }
  }
  throw new Error('the Playground did not start');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await ended;
  clearTimeout(force);
}
