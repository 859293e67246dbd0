import type { Rotation } from '../../../domain/rotation.ts';
import type { ButtonData } from './verbs.ts';
import type { Card, CardOptions } from './view.ts';

/** One button of a card; the template makes an `Action.Execute` and its `Action.Submit` fallback of it. */
export type Button = Readonly<{
  title: string;
  style: 'default' | 'positive' | 'destructive';
  verb: string;
  data: ButtonData;
}>;

export const button = (title: string, data: ButtonData, style: Button['style'] = 'default'): Button => ({
  title,
  style,
  verb: data.verb,
  data,
});

/** What every button of a rotation carries: which rotation, and the stage that its card showed. */
export const ofRotation = (rotation: Rotation) =>
  ({ keysmith: 1, rotation: rotation.id, stage: rotation.phase.stage }) as const;

/** Teams takes no more people than this. */
const mostRefreshed = 60;

/** Adds what makes the clients of these people fetch a view of their own; the card itself works without. */
export function refreshed(card: Card, data: ButtonData, options: CardOptions): Card {
  const userIds = (options.refreshFor ?? []).slice(0, mostRefreshed);
  if (userIds.length === 0) return card;
  const action = { title: 'Refresh', verb: data.verb, data };
  return {
    ...card,
    refresh: {
      action: {
        type: 'Action.Execute',
        ...action,
        fallback: { type: 'Action.Submit', title: action.title, data },
      },
      userIds,
    },
  };
}
