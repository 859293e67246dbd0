import type { TurnContext } from 'botbuilder';
import { execute, isInvoke, isMessage, type Incoming } from './activity.ts';
import { refreshed } from './cards/buttons.ts';
import { parseCardData, refusalCard, type Card } from './cards/index.ts';
import { cardAnswer, reply } from './desk.ts';
import { chatRefusals } from './refusals.ts';

/**
 * The answer to a click that is one too many: always a card, since after a failed refresh a client may stop
 * asking. Only the clicker sees it, and where it took the place of a card, their client asks for that again.
 */
export function tooManyClicks(activity: Incoming): ReturnType<typeof cardAnswer> | undefined {
  if (!isInvoke(activity) || activity.name !== 'adaptiveCard/action') return undefined;
  const { title, says, remedy } = chatRefusals.tooMany;
  return cardAnswer(healing(refusalCard(title, says, remedy), activity));
}

function healing(card: Card, activity: Incoming): Card {
  const pressed = execute.safeParse('value' in activity ? activity.value : undefined);
  const click = parseCardData(pressed.success ? pressed.data.action.data : undefined);
  if (!click.ok || !('rotation' in click.value)) return card;
  const again = { keysmith: 1, verb: 'refresh', rotation: click.value.rotation, stage: 'plan' } as const;
  return refreshed(card, again, { refreshFor: [activity.from.id] });
}

/** Says once, where it was said, that there was too much of it. */
export const tellTooMany =
  (activity: Incoming) =>
  async (context: TurnContext): Promise<void> => {
    if (isMessage(activity)) await reply(context, chatRefusals.tooMany);
  };
