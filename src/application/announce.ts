import type { Effect } from '../domain/effects.ts';
import type { Rotation } from '../domain/rotation.ts';
import { consumerCardName, gateCardName, reviewCardName } from './cardNames.ts';
import type { CardName, OutboxContent } from './ports/store.ts';
import { directWords, wordsFor } from './words/index.ts';

/**
 * Turns announcements into outbox rows. The words are made now, from the state they announce; what the
 * thread is told of one event is one message, so that nobody is called twice for it. Whoever is asked to
 * vote is asked directly as well.
 */
export function contentsOf(
  rotation: Rotation,
  effects: readonly Effect[],
  at: number,
): readonly OutboxContent[] {
  const said = effects.filter((effect) => effect.do === 'say');
  const waivers = said.filter(({ news, about }) => news === 'waiverAsked' && about !== undefined);
  return [
    ...(said.length === 0 ? [] : [{ kind: 'message', ...wordsFor(rotation, said, at) } as const]),
    ...waivers.map(({ about }) => ({ kind: 'card', card: `waiver:${Number(about)}` }) as const),
    ...said.flatMap((effect) => asksToVote(rotation, effect, at)),
    ...effects
      .filter((effect) => effect.do === 'tell')
      .map((effect): OutboxContent => {
        const { person } = effect;
        const card = cardFor(rotation, effect);
        const direct = { kind: 'direct', person, text: directWords(rotation, effect, at) } as const;
        return card === undefined ? direct : { ...direct, card };
      }),
  ];
}

type Say = Extract<Effect, { do: 'say' }>;
type Tell = Extract<Effect, { do: 'tell' }>;

/** A card each, edited at every vote: more of them would use up what Teams lets a bot send. The thread names everybody. */
const mostAsked = 20;

/** A direct message with the gate's card to each of those who may vote now. */
function asksToVote(rotation: Rotation, { news, mention }: Say, at: number): readonly OutboxContent[] {
  const { phase } = rotation;
  if (phase.at !== 'awaitingApproval' || (news !== 'gateOpened' && news !== 'escalated')) return [];
  const text = directWords(rotation, { news }, at);
  return mention
    .slice(0, mostAsked)
    .map((person) => ({ kind: 'direct', person, text, card: gateCardName(phase.gate, person) }) as const);
}

/** The card that a direct message brings. A review is asked for with a card once; the reminders point at it. */
function cardFor({ review }: Rotation, { news, person, about }: Tell): CardName | undefined {
  if (about !== undefined) return consumerCardName(about, person);
  const first = review?.state === 'owed' && review.remindedAt === review.since;
  return news === 'reviewOwed' && first ? reviewCardName(person) : undefined;
}
