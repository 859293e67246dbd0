import type { IncomingMessage, ServerResponse } from 'node:http';
import { lookBehind } from './chat/behind.ts';
import type { Behind } from './chat/behind.ts';
import { fromBot } from './chat/fromBot.ts';
import { fromPage } from './chat/fromPage.ts';
import { answerJson, ask, give, jsonOf } from './chat/http.ts';
import type { Answer } from './chat/http.ts';
import { clientPage, clientScript, shellPage, shellScript, shellStyle } from './chat/pages.ts';
import { personalView } from './chat/personalView.ts';
import { createRoom } from './chat/room.ts';
import { serveLoopback } from './chat/server.ts';
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
  const { people, botEndpoint, channelName, steps } = options;
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

  const request = async (
    path: string,
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const method = incoming.method ?? 'GET';
    const [bare = '/'] = path.split('?');
    // the Playground looks whether the bot is there before it tells its configuration
    if (bare === '/bot' && method === 'HEAD') return give(response, answerJson(200, ''));
    if (bare === '/bot') return give(response, await toBot(authors, botEndpoint, await jsonOf(incoming)));
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
    if (path === '/') return shellPage(people, channelName, steps);
    if (path === '/demo/shell.js') return shellScript();
    if (path === '/demo/shell.css') return shellStyle();
    if (path === '/demo/client.js') return clientScript();
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
