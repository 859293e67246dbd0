import { z } from 'zod';
import type { DemoPerson } from '../people.ts';
import { ask, fine, read } from './http.ts';
import type { Message } from './message.ts';

const adaptiveCard = 'application/vnd.microsoft.card.adaptive';

const refreshing = z.looseObject({
  refresh: z.looseObject({
    action: z.looseObject({ type: z.literal('Action.Execute') }),
    userIds: z.array(z.string()).optional(),
  }),
});

/** What a button is answered with when it is answered with a card. */
export const answeredCard = z.looseObject({
  type: z.literal(adaptiveCard),
  value: z.record(z.string(), z.unknown()),
});

/** A card without what the Playground doesn't know and would warn of below it. */
export function plainCard(card: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { refresh: _refresh, msteams: _fullWidth, ...rest } = card;
  return rest;
}

/** The message as everybody gets it. */
export const baseView = (message: Message): Message => ({
  ...message,
  attachments: message.attachments.map((attachment) =>
    attachment.contentType === adaptiveCard
      ? { ...attachment, content: plainCard(attachment.content as Readonly<Record<string, unknown>>) }
      : attachment,
  ),
});

/**
 * Asks the bot for a person's own view of a card, as Teams does by itself when it shows a card whose
 * `refresh.userIds` name that person, or name nobody. `undefined` when the card has no such view, or the bot
 * answered with something else. Microsoft Learn: "Universal Actions for Adaptive Cards", user-specific views.
 */
export async function personalView(
  playground: string,
  conversation: string,
  message: Message,
  person: DemoPerson,
): Promise<Message | undefined> {
  const [attachment, ...more] = message.attachments;
  const card = refreshing.safeParse(attachment?.content);
  if (attachment === undefined || more.length > 0 || !card.success) return undefined;
  const { action, userIds } = card.data.refresh;
  if (userIds !== undefined && !userIds.includes(person.id)) return undefined;
  const answer = await ask('POST', `${playground}/_conversation/v1/invoke`, {
    name: 'adaptiveCard/action',
    value: { action, trigger: 'automatic' },
    from: { id: person.id },
    conversation: { id: conversation },
    replyToId: message.messageId,
  });
  const view = answeredCard.safeParse(read(answer));
  if (!fine(answer) || !view.success) return undefined;
  return baseView({ ...message, attachments: [{ ...attachment, content: view.data.value }] });
}
