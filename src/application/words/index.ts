import type { ApiKeysNews, EncryptionNews, News } from '../../domain/effects.ts';
import { distinctPeople, type Person } from '../../domain/people.ts';
import { accountOf, type Rotation } from '../../domain/rotation.ts';
import { apiKeysWords } from './apiKeys.ts';
import { encryptionWords } from './encryptionKey.ts';

/** Text with `<at>n</at>` where the n-th (from 0) of `mentions` is named. */
export type Words = Readonly<{ text: string; mentions: readonly Person[] }>;

export type Announced = Readonly<{ news: News; mention: readonly Person[]; about?: string }>;

/**
 * What the thread is told of everything that happened at once: one message, which names whoever must act
 * and the account. The card above it has the rotation's id.
 */
export function wordsFor(rotation: Rotation, announced: readonly Announced[], at: number): Words {
  const mentions = distinctPeople(announced.flatMap(({ mention }) => mention));
  const names = mentions.map((_person, index) => `<at>${String(index)}</at>`).join(', ');
  const called = names === '' ? '' : `${names} — `;
  const said = announced.map((one) => sentence(rotation, one, at));
  const text = said.map((words, index) => (index === 0 ? words : capitalised(words))).join(' ');
  return { text: `${called}${mentionless(`${nameOf(rotation)}: ${text}`)}`, mentions };
}

/** What one person is told directly, far from the card: so it names the rotation too. */
export const directWords = (rotation: Rotation, told: Told, at: number): string =>
  mentionless(`${rotation.id} · ${nameOf(rotation)}: ${sentence(rotation, told, at)}`);

type Told = Pick<Announced, 'news' | 'about'>;

/** Each procedure announces its own news only: that is what its `advance` is made of. */
function sentence(rotation: Rotation, { news, about }: Told, at: number): string {
  const more = about === undefined ? {} : { about };
  return rotation.procedure === 'apiKeys'
    ? apiKeysWords(rotation, { news: news as ApiKeysNews, ...more }, at)
    : encryptionWords(rotation, { news: news as EncryptionNews, ...more }, at);
}

const nameOf = (rotation: Rotation): string => accountOf(rotation)?.name ?? rotation.request.account;

/** What people typed, an account or a reason, may hold `<at>0</at>`: an unseen joiner keeps it from calling anybody. */
const mentionless = (text: string): string => text.replace(/<(?=\/?at)/gi, '<\u2060');

const capitalised = (text: string): string => text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
