import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AzurePanel } from './azure.ts';
import { lookBehind } from './chat/behind.ts';
import type { Behind } from './chat/behind.ts';
import { fromBot } from './chat/fromBot.ts';
import { fromPage } from './chat/fromPage.ts';
import { answerJson, ask, give, jsonOf } from './chat/http.ts';
import type { Answer } from './chat/http.ts';
import { clientPage, pageFile, portalPage, shellPage } from './chat/pages.ts';
import { personalView } from './chat/personalView.ts';
import { createRoom } from './chat/room.ts';
import { serveLoopback } from './chat/server.ts';
import { confirmation, receivedActivity, troubleAsked } from './chat/shapes.ts';
import { toBot } from './chat/toBot.ts';
import type { Writing } from './chat/toBot.ts';
import { createWebSockets } from './chat/webSockets.ts';
import type { DemoPerson } from './people.ts';
import { bot } from './team.ts';

export type PersonSwitchOptions = Readonly<{
  /** The bot's own endpoint. */
  botEndpoint: string;
  /** Default: any free port. */
  port?: number;
  people: readonly DemoPerson[];
  /** The channel that a page opens with. */
  channelName: string;
  /** What the bar's help tells to do, in order; what is to be typed stands between backticks. */
  steps: readonly string[];
  /** What else can be tried, as the help lists it. */
  ideas?: readonly string[];
  /** The simulated Azure, as the page shows it. */
  azure?: AzurePanel;
  /** Somebody says that they have switched a consumer by hand: here they also do it. */
  onSwitched?: (consumer: string, to: 'Key1' | 'Key2') => void;
}>;

export type PersonSwitch = Readonly<{
  /** The one address to open. */
  url: string;
  /** What the Playground must be told: where to post activities, and what to name as `serviceUrl`. */
  activityEndpoint: string;
  connectorUrl: string;
  /** Puts the switch in front of a Playground that was started with these two. */
  attach: (playground: string) => Promise<void>;
  stop: () => Promise<void>;
}>;

/**
 * A loopback server in front of the Playground. Its page shows a bar "Acting as: Ada, Bo, …" over one
 * frame a person; in each frame runs the Playground's own page as that person, with their name, their
 * personal chat and all that was said before. The Playground's two links with the bot go through here as
 * well, because it would send every message as its one current user and show nobody the direct messages
 * of the others.
 */
export async function startPersonSwitch(options: PersonSwitchOptions): Promise<PersonSwitch> {
  const { people, botEndpoint, channelName, steps, ideas = [], azure, onSwitched } = options;
  const [first] = people;
  if (first === undefined) throw new Error('a chat needs people');
  let behind: Behind | undefined;
  const room = createRoom(people, async (conversation, message, person) =>
    behind === undefined ? undefined : personalView(behind.url, conversation, message, person),
  );
  const writings = new Map<string, Writing>();
  const installed = new Map<string, DemoPerson>();
  const authors = {
    written: (id: string) => {
      const writing = writings.get(id);
      writings.delete(id);
      return writing;
    },
    host: (conversation: string) => room.ownerOf(conversation) ?? installed.get(conversation) ?? first,
    known: (id: string) => people.some((person) => person.id === id),
  };

  /** An activity on its way to the bot. What the bot says on being installed calls nobody. */
  const heard = async (body: unknown): Promise<Answer> => {
    const done = confirmation.safeParse(body);
    if (done.success) {
      const { consumer, to } = done.data.value.action.data;
      onSwitched?.(consumer, to);
    }
    const activity = receivedActivity.safeParse(body);
    const isInstall = activity.success && /^(conversation|installation)Update$/.test(activity.data.type);
    const pass = (): Promise<Answer> => toBot(authors, botEndpoint, body);
    return isInstall ? room.quietly(activity.data.conversation.id, pass) : pass();
  };

  const request = async (
    path: string,
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const method = incoming.method ?? 'GET';
    const [bare = '/'] = path.split('?');
    // the Playground looks whether the bot is there before it tells its configuration
    if (bare === '/bot' && method === 'HEAD') return give(response, answerJson(200, ''));
    if (bare === '/bot') return give(response, await heard(await jsonOf(incoming)));
    if (bare === '/demo/azure' && azure !== undefined) {
      const asked = method === 'POST' ? troubleAsked.parse(await jsonOf(incoming)) : undefined;
      const done = asked === undefined || azure.makeTrouble(asked.trouble);
      return give(response, answerJson(done ? 200 : 409, azure.view()));
    }
    if (behind === undefined) return give(response, answerJson(503, { error: 'starting' }));
    const body = method === 'GET' ? undefined : await jsonOf(incoming);
    if (bare.startsWith('/_connector/')) {
      const connector = { playground: behind.url, room, people, botId: bot.id };
      return give(response, await fromBot(connector, method, path.slice('/_connector'.length), body));
    }
    const [, page = '', rest = ''] = /^\/page\/([^/]+)(\/.*)$/.exec(path) ?? [];
    const person = room.personAt(page);
    if (person !== undefined) {
      const desk = { playground: behind.url, room, config: behind.config, writings, installed };
      return fromPage(desk, { method, path: rest, body, page, person }, response);
    }
    if (bare.startsWith('/static/')) {
      const file = bare.endsWith('.js') ? behind.script(bare) : ask('GET', behind.url + bare);
      return give(response, await file, 'private, max-age=31536000, immutable');
    }
    return give(response, await pageAt(bare, behind));
  };

  const pageAt = async (path: string, { index }: Behind): Promise<Answer> => {
    const name = /^\/as\/(\w+)\/$/.exec(path)?.[1];
    const person = people.find((one) => one.name.toLowerCase() === name);
    if (person !== undefined)
      return clientPage(index, `/page/${room.open(person)}`, `${person.name} · Keysmith`);
    if (path === '/') return shellPage({ people, channelName, steps, ideas });
    if (path === '/portal/') return portalPage();
    const file = /^\/demo\/([a-z]+\.(?:js|css))$/.exec(path)?.[1];
    if (file !== undefined) return pageFile(file);
    return answerJson(404, { error: 'nothing here' });
  };

  const sockets = createWebSockets();
  const server = await serveLoopback(options.port ?? 0, {
    request,
    upgrade: (path, incoming, socket, head) => {
      const [, page, stream] = /^\/page\/([^/]+)\/(_ws_conversation|_ws)\/.+$/.exec(path) ?? [];
      if (path === '/demo/notices')
        sockets.accept(incoming, socket, head, (opened) => {
          opened.on(
            'close',
            room.listen((notice) => opened.send(JSON.stringify(notice))),
          );
        });
      else if (page !== undefined)
        sockets.accept(incoming, socket, head, (opened) => {
          // the other stream is the page's log: nothing is sent there, but without it the page asks for ever
          if (stream === '_ws_conversation') room.connect(page, opened);
        });
      else socket.destroy();
    },
  });
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url: `${url}/`,
    activityEndpoint: `${url}/bot`,
    connectorUrl: `${url}/_connector`,
    attach: async (playground) => {
      behind = await lookBehind(playground, people, room);
    },
    stop: async () => {
      sockets.stop();
      await server.stop();
    },
  };
}
