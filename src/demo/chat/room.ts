import { randomUUID } from 'node:crypto';
import type { DemoPerson } from '../people.ts';
import type { Content, Message } from './message.ts';
import { baseView } from './personalView.ts';

/** What the room needs of a page's web socket. */
export type Stream = {
  send: (text: string) => void;
  close: () => void;
  on: (event: 'close', listener: () => void) => unknown;
};

type Said = { conversation: string; message: Message };

/** Asks for a person's own view of a message; `undefined` when there is none. */
export type Viewer = (
  conversation: string,
  message: Message,
  person: DemoPerson,
) => Promise<Message | undefined>;

/** One page of one person. It is ready when it has read its configuration; before, it would lose messages. */
type Page = { id: string; person: DemoPerson; stream?: Stream; ready: boolean; shown: Set<string> };

/** Said to whoever shows the pages: something is waiting for this person. */
export type Notice = Readonly<{ person: string; why: 'direct' | 'mention'; messageId: string }>;

/**
 * Everything that was said, and who sees it where. The Playground forgets what a page has shown when the
 * page is loaded again, and shows nobody the personal chats of others; the room keeps it all, shows
 * everybody their own personal chat and sends a page what it hasn't shown yet.
 */
export function createRoom(people: readonly DemoPerson[], viewer: Viewer) {
  const messages = new Map<string, Said>();
  const pages = new Map<string, Page>();
  const personalChats = new Map<string, DemoPerson>();
  const notices: Notice[] = [];
  const listeners = new Set<(notice: Notice) => void>();
  const quiet = new Map<string, number>();

  const sees = (person: DemoPerson, conversation: string): boolean =>
    (personalChats.get(conversation) ?? person) === person;

  const send = (page: Page, frame: unknown): void => page.stream?.send(JSON.stringify(frame));

  const update = (page: Page, conversation: string, message: Message): void =>
    send(page, { action: 'updateMessage', actionConversationId: conversation, message });

  /** The person's own view follows the base view, unless the message has changed meanwhile. */
  const personalise = (page: Page, said: Said): void => {
    const { conversation, message } = said;
    void viewer(conversation, message, page.person).then((view) => {
      if (view !== undefined && said.message === message) update(page, conversation, view);
    });
  };

  const show = (page: Page, said: Said): void => {
    const { conversation, message } = said;
    if (!page.ready || page.stream === undefined || page.shown.has(message.messageId)) return;
    if (!sees(page.person, conversation)) return;
    page.shown.add(message.messageId);
    const [channel = conversation, root] = conversation.split(';messageid=');
    const opensPost = root === message.messageId;
    const base = baseView(message);
    send(page, {
      action: 'createMessage',
      actionConversationId: opensPost ? channel : conversation,
      message: opensPost ? { ...base, postConversationId: conversation } : base,
    });
    personalise(page, said);
  };

  const catchUp = (page: Page): void => {
    for (const said of messages.values()) show(page, said);
  };

  const notify = (notice: Notice): void => {
    notices.push(notice);
    for (const listener of listeners) listener(notice);
  };

  return {
    /** Says whose personal chat a conversation is; all other conversations are seen by everybody. */
    isPersonalChatOf: (conversation: string, person: DemoPerson) =>
      void personalChats.set(conversation, person),
    ownerOf: (conversation: string): DemoPerson | undefined => personalChats.get(conversation),
    chatOf: (person: DemoPerson): string | undefined =>
      [...personalChats].find(([, owner]) => owner === person)?.[0],

    /** A new message, in the conversation as the bot names it. `by`: the page that shows it already. */
    say(conversation: string, message: Message, by?: string, mentioned: readonly string[] = []): void {
      const said = { conversation, message };
      messages.set(message.messageId, said);
      if (by !== undefined) pages.get(by)?.shown.add(message.messageId);
      for (const page of pages.values()) show(page, said);
      if (quiet.has(conversation)) return;
      const owner = personalChats.get(conversation);
      const { messageId } = message;
      if (owner !== undefined && message.from.id !== owner.id)
        notify({ person: owner.name, why: 'direct', messageId });
      for (const person of people) {
        if (person !== owner && mentioned.includes(person.id) && person.id !== message.from.id)
          notify({ person: person.name, why: 'mention', messageId });
      }
    },

    /** Whether anything was said there. */
    isUsed: (conversation: string): boolean =>
      [...messages.values()].some((said) => said.conversation === conversation),

    /** What is said in a conversation during `work` calls nobody: a welcome waits for no one. */
    async quietly<T>(conversation: string, work: () => Promise<T>): Promise<T> {
      quiet.set(conversation, (quiet.get(conversation) ?? 0) + 1);
      try {
        return await work();
      } finally {
        const left = (quiet.get(conversation) ?? 1) - 1;
        if (left > 0) quiet.set(conversation, left);
        else quiet.delete(conversation);
      }
    },

    /** Puts another content over a message; the ids and the time stay. */
    edit(messageId: string, change: Content): void {
      const said = messages.get(messageId);
      if (said === undefined) return;
      const { timestamp, from } = said.message;
      said.message = { ...change, messageId, timestamp, from };
      for (const page of pages.values()) {
        if (!page.shown.has(messageId)) continue;
        update(page, said.conversation, baseView(said.message));
        personalise(page, said);
      }
    },

    typing(conversation: string): void {
      for (const page of pages.values()) {
        if (page.ready && sees(page.person, conversation))
          send(page, { action: 'typing', actionConversationId: conversation });
      }
    },

    /** A page that is about to be loaded. */
    open(person: DemoPerson): string {
      const id = randomUUID();
      pages.set(id, { id, person, ready: false, shown: new Set() });
      return id;
    },
    personAt: (id: string): DemoPerson | undefined => pages.get(id)?.person,

    /** The page's stream. It opens a new one when it stumbles over a message; then it goes on behind that. */
    connect(id: string, stream: Stream): void {
      const page = pages.get(id);
      if (page === undefined) {
        stream.close();
        return;
      }
      page.stream = stream;
      stream.on('close', () => {
        if (page.stream === stream) delete page.stream;
      });
      catchUp(page);
    },
    ready(id: string): void {
      const page = pages.get(id);
      if (page === undefined || page.ready) return;
      page.ready = true;
      catchUp(page);
    },

    /** All notices so far, then each new one, until the returned function is called. */
    listen(listener: (notice: Notice) => void): () => void {
      notices.forEach(listener);
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

export type Room = ReturnType<typeof createRoom>;
