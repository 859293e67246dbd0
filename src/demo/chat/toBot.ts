import { setTimeout as wait } from 'node:timers/promises';
import type { DemoPerson } from '../people.ts';
import { nobody } from '../team.ts';
import { answerJson, ask } from './http.ts';
import type { Answer } from './http.ts';
import { receivedActivity } from './shapes.ts';
import type { ReceivedActivity } from './shapes.ts';

/** Who wrote, and the message's id as soon as the writer's page has been told that it was posted. */
export type Writing = Readonly<{ person: DemoPerson; posted: Promise<string | undefined> }>;

export type Authors = Readonly<{
  /** Finds and forgets what a page has just posted. */
  written: (mark: string) => Writing | undefined;
  /** Whose page installed the bot in a conversation, or whose personal chat it is. */
  host: (conversation: string) => DemoPerson;
  known: (id: string) => boolean;
}>;

const marked = /<!--by:([0-9a-f-]{36})-->$/;

/** Appends to a message's text who wrote it: the Playground would send it as its one current user's. */
export const mark = (text: string, id: string): string => `${text}<!--by:${id}-->`;

/**
 * How long a page may take to show its own post once it has the answer: a reply to a post that it doesn't
 * know yet ends its stream.
 */
const untilShown = 25;

/**
 * Passes an activity of the Playground on to the bot, as the person who really acted, and answers with
 * what the bot answered. As in Teams, a message's activity has the message's id.
 */
export async function toBot(authors: Authors, endpoint: string, body: unknown): Promise<Answer> {
  const parsed = receivedActivity.safeParse(body);
  if (!parsed.success) return answerJson(400, { error: { code: 'BadSyntax', message: 'not an activity' } });
  const activity = parsed.data;
  const id = marked.exec(activity.text ?? '')?.[1];
  const writing = id === undefined ? undefined : authors.written(id);
  const person = writing?.person ?? authors.host(activity.conversation.id);
  const messageId = await writing?.posted;
  if (writing !== undefined) await wait(untilShown);
  return ask('POST', endpoint, {
    ...(writing === undefined && authors.known(activity.from.id) ? activity : actedBy(activity, person)),
    ...(activity.text === undefined ? {} : { text: activity.text.replace(marked, '') }),
    ...(messageId === undefined ? {} : { id: messageId }),
  });
}

function actedBy(activity: ReceivedActivity, person: DemoPerson): ReceivedActivity {
  const { membersAdded } = activity;
  const account = { id: person.id, aadObjectId: person.objectId };
  return {
    ...activity,
    from: { ...account, name: person.name },
    ...(membersAdded === undefined
      ? {}
      : { membersAdded: membersAdded.map((member) => (member.id === nobody.id ? account : member)) }),
  };
}
