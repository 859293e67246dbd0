import type { Person } from '../../domain/people.ts';
import { plain } from './cards/index.ts';
import type { Seated } from './roster.ts';
import { harmless } from './text.ts';

type Mention = Readonly<{ type: 'mention'; text: string; mentioned: Readonly<{ id: string; name: string }> }>;

/** A name inside a tag: nothing in it may end the tag, or be read as an entity. */
const nameOf = (person: Person, seat: Seated | null): string =>
  plain(person.name === '' ? (seat?.name ?? 'somebody') : person.name, 80).replace(/[<>&]/g, '');

/**
 * Fills `<at>n</at>` with the n-th person: as a mention that notifies where Teams knows them here (`seats`,
 * in the order of `people`), as their plain name where it doesn't. A text without mentions is to be read as
 * it stands; one with them has to be Markdown, in which `harmless` leaves neither links nor tags.
 */
export function withMentions(
  text: string,
  people: readonly Person[],
  seats: readonly (Seated | null)[],
): Readonly<{ text: string; textFormat: 'plain' | 'markdown'; entities: readonly Mention[] }> {
  const entities: Mention[] = [];
  const parts = text.split(/<at>(\d+)<\/at>/);
  const filled = parts.map((part, index) => {
    if (index % 2 === 0) return harmless(part);
    const person = people[Number(part)];
    const seat = seats[Number(part)] ?? null;
    if (person === undefined) return '';
    const name = nameOf(person, seat);
    if (seat === null) return name;
    const tag = `<at>${name}</at>`;
    if (!entities.some((other) => other.mentioned.id === seat.id))
      entities.push({ type: 'mention', text: tag, mentioned: { id: seat.id, name } });
    return tag;
  });
  return { text: filled.join(''), textFormat: entities.length > 0 ? 'markdown' : 'plain', entities };
}
