import { ada, type Keysmith } from './keysmith.ts';
import { type Answered, type Card, channelId, type FakePerson, type Message } from './fakeTeams.ts';
import { baseCard, personalChatId, shown, textOf } from './fakeTeams.ts';

const kicker = /(?:API|Encryption) key rotation (R-[A-Z0-9]+)/;

const idOf = (message: Message): string | undefined => kicker.exec(shown(message))?.[1];

/** The words that a person is shown in answer to a click. */
export const words = ({ card }: Answered): string => (card === undefined ? '' : textOf(card));

/** A channel of one test: what is sent into another doesn't use up this one's share of Teams' send limits. */
export function newChannel({ teams }: Keysmith, name: string): string {
  const id = `19:${name}@thread.tacv2`;
  teams.room.addChannel(id);
  return id;
}

/** Asks for a rotation and follows it: `where` it is asked in, `told` where it is told (the same, unless said). */
export async function rotate(
  keysmith: Keysmith,
  words: string,
  { by = ada, where = channelId, told = where }: { by?: FakePerson; where?: string; told?: string } = {},
) {
  const { teams } = keysmith;
  const before = new Set(teams.messages(told).map(idOf));
  await teams.say(by, `rotate ${words}`, { conversation: where });
  const isNew = (message: Message): boolean => idOf(message) !== undefined && !before.has(idOf(message));
  const card = await teams.until(() => teams.messages(told).find(isNew));
  return follow(keysmith, card);
}

/** One rotation as people follow it: the living card, the thread below it, and what each person is told. */
export function follow({ teams }: Keysmith, card: Message) {
  const id = idOf(card) ?? '';
  const replies = (): readonly Message[] =>
    teams.messages(card.conversation).filter(({ thread }) => thread === card.id);
  const direct = (person: FakePerson): readonly Message[] =>
    teams.messages(personalChatId(person)).filter((message) => shown(message).includes(id));

  /** Waits for a message among those; says what there was instead. */
  async function among(messages: () => readonly Message[], pattern: RegExp): Promise<Message> {
    return teams
      .until(() => messages().findLast((message) => pattern.test(shown(message))))
      .catch(() => {
        const there = messages().map(shown).join('\n---\n');
        throw new Error(`${id}: nothing like ${String(pattern)}, only:\n${there}`);
      });
  }

  return {
    id,
    /** The living card; edited in place as it goes on. */
    card,
    text: (): string => shown(card),
    replies,
    direct,
    /** Waits until the living card, as everybody sees it, says so. */
    shows: (pattern: RegExp): Promise<Message> => among(() => [card], pattern),
    /** Waits for a reply in the thread. */
    says: (pattern: RegExp): Promise<Message> => among(replies, pattern),
    /** Waits for a message in somebody's personal chat. */
    tells: (person: FakePerson, pattern: RegExp): Promise<Message> => among(() => direct(person), pattern),
    /** Presses a button of the living card, as this person sees it now. */
    press: (person: FakePerson, button: string | RegExp, inputs: Readonly<Record<string, string>> = {}) =>
      teams.click(person, card, button, inputs),
    /** These people approve at the same instant. */
    approve: async (...approvers: readonly FakePerson[]): Promise<readonly Answered[]> =>
      Promise.all(approvers.map((person) => teams.click(person, card, 'Approve'))),
    /** The base card as it is now. */
    base: (): Card => baseCard(card) ?? {},
  };
}

export type Thread = Awaited<ReturnType<typeof rotate>>;
