import { randomUUID } from 'node:crypto';

/** Someone in the fake Teams: `id` is the Teams id (an MRI), `objectId` and `tenantId` those of Entra ID. */
export type FakePerson = Readonly<{
  id: string;
  objectId: string;
  tenantId: string;
  name: string;
  role?: 'user' | 'guest' | 'anonymous';
}>;

export const tenantId = '5c0f3a52-9d4b-4f0e-9c58-0f6a9d1c7e11';

/** A person with ids derived from the name, so that a policy can name them before Teams is started. */
export function fakePerson(name: string, tenant = tenantId): FakePerson {
  const letters = Array.from(name.toLowerCase(), (letter) => letter.charCodeAt(0).toString(16)).join('');
  const tail = letters.padEnd(12, '0').slice(0, 12);
  return {
    id: `29:${name.toLowerCase()}`,
    objectId: `0b1ec7ed-0000-4000-8000-${tail}`,
    tenantId: tenant,
    name,
  };
}

export type Conversation = Readonly<{
  id: string;
  type: 'channel' | 'groupChat' | 'personal';
  members: readonly FakePerson[];
}>;

/** The one channel, group chat and team that the fake Teams starts with. */
export const channelId = '19:key-rotations@thread.tacv2';
export const groupChatId = '19:on-call@thread.v2';
export const teamId = '19:platform@thread.tacv2';
export const personalChatId = (person: FakePerson): string => `a:${person.objectId}`;

type Attachment = Readonly<{ contentType: string; content?: unknown }>;

/** An activity as it stands on the wire; only what the fake looks at is named. */
export type WireActivity = Readonly<
  { type: string; text?: string; attachments?: readonly Attachment[] } & Record<string, unknown>
>;

/** A message as Teams keeps it. `thread` is the id of the root post for a reply in a channel. */
export type Message = {
  readonly id: string;
  readonly conversation: string;
  readonly thread?: string;
  readonly from: 'bot' | FakePerson;
  activity: WireActivity;
  edits: number;
  /** What each person's client shows instead of the message's own card, until the next edit; by Teams id. */
  readonly views: Map<string, Card>;
};

export type Card = Readonly<Record<string, unknown>>;

export const cardType = 'application/vnd.microsoft.card.adaptive';

/** The card that everybody gets; undefined for a text. */
export function baseCard(message: Message): Card | undefined {
  const attachment = message.activity.attachments?.find(({ contentType }) => contentType === cardType);
  return isRecord(attachment?.content) ? attachment.content : undefined;
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Message ids of Teams are the milliseconds of their arrival; two never share one. */
let lastId = 0;
export function newMessageId(): string {
  lastId = Math.max(lastId + 1, Date.now());
  return String(lastId);
}

export const newInvokeId = (): string => `f:${randomUUID()}`;

/** `19:…;messageid=5` as its two halves. */
export function splitConversation(id: string): Readonly<{ base: string; thread?: string }> {
  const [base = '', rest] = id.split(';messageid=');
  return rest === undefined ? { base } : { base, thread: rest };
}
