import type { Effect } from '../domain/effects.ts';
import type { Rotation } from '../domain/rotation.ts';
import type { OutboxContent } from './ports/store.ts';
import { directWords,wordsFor } from './words/index.ts';

/**
 * Turns announcements into outbox rows. The words are made now, from the state they announce; what the
 * thread is told of one event is one message, so that nobody is called twice for it.
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
    ...effects
      .filter((effect) => effect.do === 'tell')
      .map((effect): OutboxContent => {
        const { person, about } = effect;
        const direct = { kind: 'direct', person, text: directWords(rotation, effect, at) } as const;
        return about === undefined ? direct : { ...direct, card: `consumer:${about}:${person.objectId}` };
      }),
  ];
}
