import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { DemoPerson } from '../people.ts';
import { bot } from '../team.ts';
import { answerJson, ask, fine, give, read } from './http.ts';
import type { Answer } from './http.ts';
import { answeredCard, plainCard } from './personalView.ts';
import type { Room } from './room.ts';
import { draft, posted, press } from './shapes.ts';
import type { Draft } from './shapes.ts';
import { mark } from './toBot.ts';
import type { Writing } from './toBot.ts';

/** What the page posts and asks, with the state that outlives one call. */
export type Desk = Readonly<{
  playground: string;
  room: Room;
  /** The configuration as the Playground gives it; each page gets its own person in it. */
  config: (person: DemoPerson) => unknown;
  writings: Map<string, Writing>;
  /** Conversations the bot was installed in, by whose page. */
  installed: Map<string, DemoPerson>;
}>;

type Call = Readonly<{ method: string; path: string; body: unknown; page: string; person: DemoPerson }>;

/** Answers one request of a page as its person, whatever name the page puts into it. */
export async function fromPage(desk: Desk, call: Call, response: ServerResponse): Promise<void> {
  const { method, path, body, person, page } = call;
  const { playground, room } = desk;
  if (path === '/_internal/v1/config') return give(response, answerJson(200, desk.config(person)));

  const conversation = (pattern: RegExp): string | undefined => {
    const found = method === 'POST' ? pattern.exec(path)?.[1] : undefined;
    return found === undefined ? undefined : decodeURIComponent(found);
  };
  const written = conversation(/^\/_conversation\/v1\/conversations\/([^/]+)\/messages$/);
  if (written !== undefined) return write(desk, call, written, response);

  const opened = conversation(/^\/_debug\/conversation\/([^/]+)\/installation$/);
  if (opened !== undefined) {
    // the first thing a page posts once its configuration is in force
    room.ready(page);
    // a bot is installed once, not at each page load; and where it has written, it was
    if (desk.installed.has(opened) || room.isUsed(opened)) return give(response, answerJson(200, ''));
    desk.installed.set(opened, person);
  }
  const acted = press.safeParse(body);
  const act =
    path.startsWith('/_conversation/') && acted.success ? { ...acted.data, from: { id: person.id } } : body;
  return give(response, unwarned(await ask(method, playground + path, act)));
}

/** The card that a button is answered with, without what the Playground would warn of below it. */
function unwarned(answer: Answer): Answer {
  const view = answeredCard.safeParse(read(answer));
  return view.success
    ? answerJson(answer.status, { ...view.data, value: plainCard(view.data.value) })
    : answer;
}

async function write(desk: Desk, call: Call, conversation: string, response: ServerResponse): Promise<void> {
  const { playground, room, writings } = desk;
  const { path, person, page } = call;
  const parsed = draft.safeParse(call.body);
  if (!parsed.success) return give(response, answerJson(400, { error: { code: 'BadSyntax' } }));
  const said = room.ownerOf(conversation) === undefined ? withMention(parsed.data) : parsed.data;

  const id = randomUUID();
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  writings.set(id, { person, posted: promise });
  const answer = await ask('POST', playground + path, {
    ...said,
    from: { id: person.id },
    ...(said.text === undefined ? {} : { text: mark(said.text, id) }),
  });
  const made = fine(answer) ? posted.safeParse(read(answer)) : undefined;
  if (made?.success === true) {
    const { messageId, timestamp, postConversationId } = made.data;
    room.say(
      postConversationId ?? conversation,
      {
        messageId,
        timestamp,
        from: { id: person.id },
        // not 'plain', in which a page shows the tags of a mention that somebody else wrote
        ...(said.text === undefined ? {} : { text: said.text, textFormat: 'markdown' }),
        attachments: said.attachments ?? [],
        attachmentLayout: 'list',
        mentions: [],
      },
      page,
      said.mentions?.map(({ mentioned }) => mentioned.id),
    );
  }
  await give(response, answer);
  resolve(made?.data?.messageId);
}

/** `@Keysmith`, typed without choosing it from the list, mentions the bot as well. */
function withMention(said: Draft): Draft {
  const { text, mentions = [] } = said;
  if (text === undefined || mentions.some(({ mentioned }) => mentioned.id === bot.id)) return said;
  const tag = `<at>${bot.name}</at>`;
  const typed = new RegExp(`(^|\\s)@${bot.name}\\b`, 'i');
  if (!typed.test(text)) return said;
  return {
    ...said,
    text: text.replace(typed, `$1${tag}`),
    mentions: [...mentions, { mentioned: { id: bot.id, name: bot.name }, text: tag }],
  };
}
