import type { Effect, Rotation } from '../domain/rotation.ts';
import type { OutboxContent } from './ports/store.ts';
import { wordsFor } from './words.ts';

/** Turns announcements into outbox rows. The words are made now, from the state they announce. */
export function contentsOf(
  rotation: Rotation,
  effects: readonly Effect[],
  at: number,
): readonly OutboxContent[] {
  return effects.flatMap((effect): readonly OutboxContent[] => {
    switch (effect.do) {
      case 'run':
        return [];
      case 'say': {
        const said: OutboxContent = { kind: 'message', ...wordsFor(rotation, effect, at) };
        return effect.news === 'waiverAsked' && effect.about !== undefined
          ? [said, { kind: 'card', card: `waiver:${Number(effect.about)}` }]
          : [said];
      }
      case 'tell': {
        const { text } = wordsFor(rotation, { ...effect, mention: [] }, at);
        const direct = { kind: 'direct', person: effect.person, text } as const;
        return [
          effect.about === undefined
            ? direct
            : { ...direct, card: `consumer:${effect.about}:${effect.person.objectId}` },
        ];
      }
    }
  });
}
