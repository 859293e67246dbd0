import { TurnState } from '@microsoft/teams-ai/lib/TurnState.js';
import { Application } from '@microsoft/teams-ai/lib/Application.js';
import type { TurnContext } from 'botbuilder';
import { execute, incoming, isInvoke, isMessage, type Incoming } from './activity.ts';
import { hearClick, type Outcome } from './clicks.ts';
import { refusalCard, welcomeCard } from './cards/index.ts';
import { answerCard, replaceCard, reply, replyCard, type Desk } from './desk.ts';
import { hearMessage } from './messages.ts';
import { isAway } from './patience.ts';
import { withNotice } from './notice.ts';
import { chatRefusals, type Sentence } from './refusals.ts';
import { Seen } from './seen.ts';
import { loginRequest, signedInWith, type SignedInWith } from './signIn.ts';

type Handler = (context: TurnContext, activity: Incoming) => Promise<void>;

/**
 * The routes of the bot. Nothing is kept in teams-ai's turn state: it loses all but one of several turns
 * at once in a conversation. The typing timer is off: one Application has a single one for everybody.
 * An edited message (`messageUpdate`) has no route, so it starts nothing.
 */
export function botApplication(desk: Desk): Application {
  const app = new Application({
    startTypingTimer: false,
    // it trusts the shape of what strangers send; commands.ts does it with care
    removeRecipientMention: false,
    turnStateFactory: () => new TurnState(),
  });
  const seen = new Seen();
  const route = (fits: (activity: Incoming) => boolean, handler: Handler, invoked = false): void => {
    app.addRoute(
      (context) => Promise.resolve(fits(read(context))),
      (context) => handler(context, read(context)),
      invoked,
    );
  };
  route((activity) => isInvoke(activity) && activity.name === 'adaptiveCard/action', onExecute(desk), true);
  route(isMessage, onMessage(desk, seen));
  route(isWelcome, onWelcome(seen));
  return app;
}

/** The server has checked it before, so here it can't fail. */
const read = (context: TurnContext): Incoming => incoming.parse(context.activity);

function onExecute(desk: Desk): Handler {
  return async (context, activity) => {
    if (!isInvoke(activity)) return;
    try {
      const pressed = execute.safeParse(activity.value);
      const data = pressed.success ? pressed.data.action.data : undefined;
      const { signIn: setup } = desk;
      const proof =
        setup !== undefined && pressed.success ? await signedInWith(context, setup, pressed.data) : undefined;
      const outcome = await hearClick(desk, context, activity, data, proof?.token);
      const { card, form, closed } = outcome;
      // the answer first: a form that can't be sent must not cost the clicker the card
      if (outcome.wantsSignIn === true) await askSignIn(desk, context, outcome, proof);
      else await answerCard(context, card);
      if (form !== undefined && form !== card) await replyCard(context, form);
      if (closed !== undefined) await replaceCard(context, closed);
    } catch (error) {
      desk.log.error({ event: 'click.failed', error });
      const { title, says, remedy } = sentenceFor(error);
      if (!context.responded) await answerCard(context, refusalCard(title, says, remedy));
    }
  };
}

/**
 * Has the client sign its person in and send the click again. Single sign-on comes first, since it asks
 * nobody anything; when that sign-in is too old, the connection's own page; after that only a sentence.
 */
async function askSignIn(
  { signIn: setup }: Desk,
  context: TurnContext,
  { card, trouble }: Outcome,
  proof: SignedInWith | undefined,
): Promise<void> {
  if (setup === undefined) return answerCard(context, withNotice(card, chatRefusals.signInNotSetUp));
  if (proof?.how === 'asked')
    return answerCard(context, withNotice(card, trouble ?? chatRefusals.signInUnreachable));
  const request = await loginRequest(context, setup, proof === undefined ? 'silent' : 'asked');
  if (request === undefined) return answerCard(context, withNotice(card, chatRefusals.signInUnreachable));
  await context.sendActivity({ type: 'invokeResponse', value: request });
}

function onMessage(desk: Desk, seen: Seen): Handler {
  return async (context, activity) => {
    if (!isMessage(activity) || isBot(activity) || activity.channelData?.eventType === 'editMessage') return;
    const key = `${activity.conversation.id} ${activity.id}`;
    // Teams delivers a message again when it got no answer; the inbox has it once in any case
    if (seen.again(key)) return;
    try {
      const pressed = isPressed(activity);
      await (pressed ? onSubmit(desk, context, activity) : hearMessage(desk, context, activity));
    } catch (error) {
      seen.forget(key);
      desk.log.error({ event: 'message.failed', error });
      await reply(context, sentenceFor(error));
    }
  };
}

const sentenceFor = (error: unknown): Sentence =>
  isAway(error) ? chatRefusals.recordsUnreachable : chatRefusals.broke;

type Message = Extract<Incoming, { type: 'message' }>;

/** A pressed Action.Submit comes as a message without a text. */
const isPressed = ({ text, value }: Message): boolean =>
  (text ?? '').trim() === '' && typeof value === 'object' && value !== null;

/** A client that doesn't know Action.Execute can't be answered with a card, so it is told in words. */
async function onSubmit(desk: Desk, context: TurnContext, activity: Message): Promise<void> {
  const outcome = await hearClick(desk, context, activity, activity.value);
  const { form, trouble, told, repeated } = outcome;
  if (repeated) return;
  if (outcome.wantsSignIn === true)
    return reply(context, chatRefusals[desk.signIn === undefined ? 'signInNotSetUp' : 'signInElsewhere']);
  if (form !== undefined) return replyCard(context, form);
  if (trouble !== undefined) return reply(context, trouble);
  if (told !== undefined) await reply(context, told);
}

/** Bots' ids begin with `28:`; two that answer each other would never stop. */
const isBot = ({ from, recipient }: Incoming): boolean =>
  from.id.startsWith('28:') || from.id === recipient.id || ('role' in from && from.role === 'bot');

/** Of the several events of an install this is the one that every kind of conversation sends. */
const isWelcome = (activity: Incoming): boolean =>
  activity.type === 'conversationUpdate' &&
  'membersAdded' in activity &&
  Array.isArray(activity.membersAdded) &&
  activity.membersAdded.some(({ id }) => id === activity.recipient.id);

function onWelcome(seen: Seen): Handler {
  return async (context, activity) => {
    if (seen.again(`welcome ${activity.conversation.id}`)) return;
    await replyCard(context, welcomeCard());
  };
}
