import {
  channelId,
  groupChatId,
  newMessageId,
  personalChatId,
  splitConversation,
  type Conversation,
  type FakePerson,
  type Message,
  type WireActivity,
} from './world.ts';

/** The conversations and what was said in them. */
export class Room {
  readonly people: readonly FakePerson[];
  /** How many members a page of the roster holds. */
  pageSize = 500;
  readonly messages: Message[] = [];
  readonly #conversations = new Map<string, Conversation>();
  readonly #onChange: () => void;

  /** `inChannel`: who is in the team; everybody by default. */
  constructor(people: readonly FakePerson[], inChannel: readonly FakePerson[], onChange: () => void) {
    this.people = people;
    this.#onChange = onChange;
    this.#conversations.set(channelId, { id: channelId, type: 'channel', members: inChannel });
    this.#conversations.set(groupChatId, { id: groupChatId, type: 'groupChat', members: people });
  }

  /** One more channel of the same team, so that a test has one of its own. */
  addChannel(id: string): void {
    const members = this.membersOf(channelId) ?? [];
    this.#conversations.set(id, { id, type: 'channel', members });
  }

  personalChat(person: FakePerson): Conversation {
    const id = personalChatId(person);
    const known = this.#conversations.get(id);
    if (known !== undefined) return known;
    const chat: Conversation = { id, type: 'personal', members: [person] };
    this.#conversations.set(id, chat);
    return chat;
  }

  find(conversation: string): Conversation | undefined {
    return this.#conversations.get(splitConversation(conversation).base);
  }

  membersOf(conversation: string): readonly FakePerson[] | undefined {
    return this.find(conversation)?.members;
  }

  /** Adds a message; undefined where there is no such conversation or no such root post. */
  post(from: Message['from'], conversation: string, activity: WireActivity): Message | undefined {
    const { base, thread } = splitConversation(conversation);
    if (this.find(base) === undefined) return undefined;
    if (thread !== undefined && !this.messages.some(({ id }) => id === thread)) return undefined;
    const message: Message = {
      id: newMessageId(),
      conversation: base,
      ...(thread === undefined ? {} : { thread }),
      from,
      activity,
      edits: 0,
      views: new Map(),
    };
    this.messages.push(message);
    this.#onChange();
    return message;
  }

  /** Puts an activity over one of the bot's messages: everybody sees the new one. */
  edit(id: string, activity: WireActivity): Message | undefined {
    const message = this.messages.find((one) => one.id === id && one.from === 'bot');
    if (message === undefined) return undefined;
    message.activity = activity;
    message.edits += 1;
    message.views.clear();
    this.#onChange();
    return message;
  }
}
