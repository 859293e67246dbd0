import type { DemoPerson } from '../people.ts';
import { nobody } from '../team.ts';
import { answerJson, ask, fine, read } from './http.ts';
import type { Answer } from './http.ts';
import type { Content, Message } from './message.ts';
import type { Room } from './room.ts';
import { created, newConversation, pagedRoster, roster, sentActivity } from './shapes.ts';
import type { SentActivity } from './shapes.ts';

type Connector = Readonly<{ playground: string; room: Room; people: readonly DemoPerson[]; botId: string }>;

/**
 * The connector that the activities name: passes the bot's calls on to the Playground's, tells the room
 * what was said, and behaves as Teams does where the Playground doesn't: text and a card stay one
 * message, the activity of a new personal conversation is sent, a person is also found by object id,
 * and nobody besides the five is in the roster. `path` begins with `/v3/`.
 */
export async function fromBot(
  connector: Connector,
  method: string,
  path: string,
  body: unknown,
): Promise<Answer> {
  const { playground } = connector;
  if (method === 'POST' && path === '/v3/conversations') return createConversation(connector, body);

  const [, conversation = '', rest = ''] = /^\/v3\/conversations\/([^/]+)\/(.+)$/.exec(path) ?? [];
  const [collection = '', item] = rest.split('?')[0]?.split('/') ?? [];
  if (method === 'GET') return members(connector, path, collection, item);

  const activity = sentActivity.safeParse(body);
  if (collection !== 'activities' || !activity.success)
    return ask(method, `${playground}/_connector${path}`, body);
  if (method === 'POST') return send(connector, decodeURIComponent(conversation), activity.data);
  const answer = await ask(method, `${playground}/_connector${path}`, inOnePiece(activity.data));
  if (method === 'PUT' && fine(answer) && item !== undefined)
    connector.room.edit(decodeURIComponent(item), contentOf(activity.data));
  return answer;
}

async function createConversation(connector: Connector, body: unknown): Promise<Answer> {
  const { playground, people, room, botId } = connector;
  const wanted = newConversation.safeParse(body);
  if (!wanted.success) return answerJson(400, { error: { code: 'BadSyntax', message: 'bad body' } });
  const { activity: first, members: given, ...rest } = wanted.data;
  const asked = sentActivity.safeParse(first);
  if (rest.isGroup === true) {
    // the Playground would crash over a missing channel and answer as if it had failed itself
    if (rest.channelData?.channel === undefined || !asked.success)
      return answerJson(400, { error: { code: 'BadSyntax', message: 'channel and activity are needed' } });
    const answer = await ask('POST', `${playground}/_connector/v3/conversations`, body);
    const made = created.safeParse(read(answer));
    if (fine(answer) && made.success)
      room.say(
        made.data.id,
        messageOf(asked.data, made.data.activityId ?? '', botId),
        undefined,
        mentioned(asked.data),
      );
    return answer;
  }
  const wantedId = given?.[0]?.id;
  const person = people.find(({ id, objectId }) => id === wantedId || objectId === wantedId);
  if (person === undefined)
    return answerJson(403, { error: { code: 'Forbidden', message: 'not in this team' } });
  const answer = await ask('POST', `${playground}/_connector/v3/conversations`, {
    ...rest,
    members: [{ id: person.id }],
  });
  const made = created.safeParse(read(answer));
  if (!fine(answer) || !made.success || !asked.success) return answer;
  const sent = await send(connector, made.data.id, asked.data);
  const { id: activityId } = created.partial().parse(read(sent) ?? {});
  return fine(sent) ? answerJson(201, { id: made.data.id, activityId }) : sent;
}

async function send(
  { playground, room, botId }: Connector,
  conversation: string,
  activity: SentActivity,
): Promise<Answer> {
  const path = `/_connector/v3/conversations/${encodeURIComponent(conversation)}/activities`;
  const answer = await ask('POST', `${playground}${path}`, inOnePiece(activity));
  if (!fine(answer)) return answer;
  if (activity.type === 'typing') room.typing(conversation);
  const made = created.safeParse(read(answer));
  if (activity.type === 'message' && made.success) {
    const { id } = made.data;
    // a post in a channel is a conversation of its own, named after its first message
    const thread =
      conversation.startsWith('19:') && conversation.endsWith('@thread.tacv2')
        ? `${conversation};messageid=${id}`
        : conversation;
    room.say(thread, messageOf(activity, id, botId), undefined, mentioned(activity));
  }
  return answer;
}

async function members(
  { playground, people }: Connector,
  path: string,
  collection: string,
  item: string | undefined,
): Promise<Answer> {
  const wanted = item === undefined ? undefined : decodeURIComponent(item);
  const known = people.find(({ objectId }) => objectId === wanted);
  const asked =
    known === undefined || item === undefined ? path : path.replace(item, encodeURIComponent(known.id));
  const answer = await ask('GET', `${playground}/_connector${asked}`);
  if (!fine(answer) || item !== undefined) return answer;
  const body = read(answer);
  if (collection === 'members') {
    const all = roster.safeParse(body);
    if (all.success) return answerJson(200, withoutNobody(all.data));
  }
  if (collection === 'pagedmembers') {
    const page = pagedRoster.safeParse(body);
    if (page.success) return answerJson(200, { ...page.data, members: withoutNobody(page.data.members) });
  }
  return answer;
}

const withoutNobody = <T extends { id: string }>(accounts: readonly T[]): readonly T[] =>
  accounts.filter(({ id }) => id !== nobody.id);

/** Only the layout `carousel` keeps the Playground from tearing text and card apart. */
const inOnePiece = (activity: SentActivity): SentActivity =>
  activity.text !== undefined && (activity.attachments?.length ?? 0) > 0
    ? { ...activity, attachmentLayout: 'carousel' }
    : activity;

const mentioned = (activity: SentActivity): readonly string[] =>
  (activity.entities ?? []).flatMap(({ type, mentioned: who }) =>
    type === 'mention' && who !== undefined ? [who.id] : [],
  );

const messageOf = (activity: SentActivity, messageId: string, botId: string): Message => ({
  ...contentOf(activity),
  messageId,
  timestamp: Date.now(),
  from: { id: botId },
});

function contentOf(activity: SentActivity): Content {
  const { text, textFormat, attachments = [], entities = [], suggestedActions } = activity;
  const mentions = entities.filter(({ type }) => type === 'mention');
  // where text stands beside them, the page puts the attachments into these places
  const places = attachments.map((_, index) => `<span class="inline-compose-card" itemID="${index}"></span>`);
  return {
    ...(text === undefined
      ? {}
      : { text: [text, ...places].join('<br><br>'), textFormat: textFormat ?? 'markdown' }),
    attachments: attachments.map(({ contentType, content }) => ({ contentType, content })),
    attachmentLayout: 'list',
    mentions: text === undefined ? [] : mentions,
    ...(suggestedActions === undefined ? {} : { suggestedActions }),
  };
}
