import type { TurnContext } from 'botbuilder';
import type { Rotations } from '../../application/ports/store.ts';
import type { Asking } from './ask.ts';
import type { Card } from './cards/index.ts';
import type { Roster } from './roster.ts';
import type { Tenants } from './tenants.ts';
import { inWords, type Sentence } from './refusals.ts';
import type { SignInSetup } from './signIn.ts';
import { harmless } from './text.ts';

/** What the chat side works with. It reads rotations and writes the inbox; it does nothing else. */
export type Desk = Asking &
  Readonly<{
    rotations: Pick<Rotations, 'find' | 'list' | 'runningFor'>;
    /** Account names that the form offers. */
    accounts: readonly string[];
    roster: Roster;
    connectorKey: symbol;
    /** Whose people are heard; null: everybody, because nobody is authenticated either. */
    tenants: Tenants | null;
    /** Absent: nobody can sign in here. */
    signIn?: SignInSetup;
    /** Base address of the Azure portal, without a slash at its end. */
    portal?: string;
  }>;

/** Answers a message with a sentence of our own, in the thread it stands in. Plain: it may quote what was typed. */
export async function reply(context: TurnContext, words: Sentence | string): Promise<void> {
  const text = typeof words === 'string' ? words : inWords(words);
  await context.sendActivity({ type: 'message', textFormat: 'plain', text: harmless(text) });
}

const cardType = 'application/vnd.microsoft.card.adaptive';

export const attached = (card: Card) => ({ contentType: cardType, content: card });

/** Sends a card as a message of its own, in the thread of what is answered. */
export async function replyCard(context: TurnContext, card: Card): Promise<void> {
  await context.sendActivity({ type: 'message', attachments: [attached(card)] });
}

/** Puts a card in place of the one whose button was pressed, for everybody. */
export async function replaceCard(context: TurnContext, card: Card): Promise<void> {
  const { replyToId: id, conversation } = context.activity;
  if (id === undefined || id === '') return;
  await context.updateActivity({ type: 'message', id, conversation, attachments: [attached(card)] });
}

/**
 * Answers an invoke with a card for whoever clicked. Sent by hand: `actionExecute` of teams-ai 1.7.4 would
 * show one person's view to everybody, once any card with `refresh` was returned. Always 200: after a
 * failed refresh a client may stop asking.
 */
export async function answerCard(context: TurnContext, card: Card): Promise<void> {
  await context.sendActivity({ type: 'invokeResponse', value: cardAnswer(card) });
}

/** An invoke's answer over HTTP that shows a card. */
export const cardAnswer = (card: Card) => ({
  status: 200,
  body: { statusCode: 200, type: cardType, value: card },
});
