import type { TurnContext } from 'botbuilder';
import type { Said } from '../../application/conversation.ts';
import { isVote } from '../../application/standing.ts';
import type { Clicked } from '../../application/ports/store.ts';
import type { Person } from '../../domain/people.ts';
import type { Rotation } from '../../domain/rotation.ts';
import type { IncomingInvoke, IncomingMessage } from './activity.ts';
import { ask, isLate, troubleOf, wantsSignIn } from './ask.ts';
import { refreshed } from './cards/buttons.ts';
import {
  askRejectCard,
  askReviewCard,
  askRotateCard,
  askWaiverCard,
  formDoneCard,
  parseCardData,
  refusalCard,
  statusOf,
  type Card,
  type CardClick,
  type CardView,
} from './cards/index.ts';
import type { Desk } from './desk.ts';
import { accountsWith, whereOf } from './messages.ts';
import { withNotice } from './notice.ts';
import { personOf } from './person.ts';
import { baseOf } from './place.ts';
import { chatRefusals, refusals, sentenceOf, successes, unclearKeys, type Sentence } from './refusals.ts';
import { apiKeysView, cardAfter, viewOf, type RotationClick } from './views.ts';

type Activity = IncomingInvoke | IncomingMessage;

/**
 * What a click leads to: the card for whoever clicked, a form to be sent as a message of its own, and the
 * words for a client that can't be answered with a card.
 */
export type Outcome = Readonly<{
  card: Card;
  form?: Card;
  /** What takes the place, for everybody, of the form that was sent. */
  closed?: Card;
  trouble?: Sentence;
  told?: string;
  repeated: boolean;
  /** The decision would count with a fresh sign-in. */
  wantsSignIn?: boolean;
}>;

const refused = (trouble: Sentence): Outcome => ({
  card: refusalCard(trouble.title, trouble.says, trouble.remedy),
  trouble,
  repeated: false,
});

/**
 * Does what the data of a pressed button asks for. Whose click it is comes from the activity alone.
 * `signIn`: the token of a sign-in that the client has sent along; never to be logged.
 */
export async function hearClick(
  desk: Desk,
  context: TurnContext,
  activity: Activity,
  data: unknown,
  signIn?: string,
): Promise<Outcome> {
  const click = parseCardData(data);
  if (!click.ok) {
    desk.log.warn({ event: 'click.malformed' });
    return refused(chatRefusals.malformed);
  }
  const { value } = click;
  const person = await personOf(context, activity, desk);
  if (!person.ok) return refused(chatRefusals[person.error]);
  if (value.say === 'openRotate') {
    const form = askRotateCard(desk.accounts);
    return { card: form, form, repeated: false };
  }
  return value.say === 'submitRotate'
    ? rotate(desk, activity, person.value, value)
    : onRotation(desk, activity, person.value, value, signIn);
}

const clickedOf = ({ conversation, replyToId }: Activity): Clicked | undefined =>
  replyToId === undefined ? undefined : { conversation: baseOf(conversation.id), activityId: replyToId };

/** Whether a click is for the worker to hear; the others only open something, or say nothing that it could use. */
const isAsked = (click: RotationClick): click is Extract<RotationClick, Said> =>
  !['refresh', 'openAskWaiver', 'openReject', 'openReview', 'unclearKey'].includes(click.say);

/** What a person says, with their sign-in where it may count for something. */
const signed = (said: Extract<RotationClick, Said>, signIn: string | undefined): Said =>
  signIn !== undefined && isApproval(said) ? { ...said, signIn } : said;

type Approval = Extract<RotationClick, { say: 'approve' | 'approveWaiver' }>;

/** What a sign-in can count for. */
const isApproval = (click: RotationClick): click is Approval =>
  click.say === 'approve' || click.say === 'approveWaiver';

async function onRotation(
  desk: Desk,
  activity: Activity,
  person: Person,
  click: RotationClick,
  signIn: string | undefined,
): Promise<Outcome> {
  const heard = isAsked(click)
    ? await ask(desk, activity, person, signed(click, signIn), clickedOf(activity))
    : undefined;
  let rotation: Rotation | null;
  try {
    rotation = await desk.rotations.find(click.rotation);
  } catch (error) {
    desk.log.error({ event: 'rotation.unreadable', rotation: click.rotation, error });
    const trouble =
      heard === undefined ? chatRefusals.recordsUnreachable : (troubleOf(heard) ?? chatRefusals.answerLost);
    const { card, ...outcome } = refused(trouble);
    const again = { keysmith: 1, verb: 'refresh', rotation: click.rotation, stage: 'plan' } as const;
    // without it this client would show the refusal until the card is next edited
    return { ...outcome, card: refreshed(card, again, { refreshFor: [activity.from.id] }) };
  }
  if (rotation === null) return refused(sentenceOf({ answer: 'noSuchRotation' }));
  const view = viewOf(rotation, desk.now(), person);
  const withKeys = apiKeysView(view);
  const options = {
    // the card goes to this one client, which then goes on asking for its own view
    refreshFor: [activity.from.id],
    ...(desk.portal === undefined ? {} : { portal: desk.portal }),
  };
  const personal = activity.conversation.conversationType === 'personal';
  const card = cardAfter(click, view, person, options, personal);
  if (click.say === 'refresh') return { card, repeated: false };
  if (click.say === 'unclearKey') {
    const trouble = unclearKeys[click.unclear];
    return { card: withNotice(card, trouble), trouble, repeated: false };
  }
  if (click.say === 'openAskWaiver') {
    if (withKeys !== undefined) return { card, form: askWaiverCard(withKeys), repeated: false };
    return { card: withNotice(card, refusals.notExpected), trouble: refusals.notExpected, repeated: false };
  }
  if (click.say === 'openReject') {
    const { phase } = rotation;
    const same =
      phase.at === 'awaitingApproval' && phase.stage === click.stage && phase.digest === click.digest;
    if (same) return { card, form: askRejectCard(view), repeated: false };
    const trouble = phase.at === 'awaitingApproval' ? refusals.planChanged : chatRefusals.cannotReject;
    return { card: withNotice(card, trouble), trouble, repeated: false };
  }
  if (click.say === 'openReview') {
    if (rotation.review?.state === 'owed') return { card, form: askReviewCard(view), repeated: false };
    return { card: withNotice(card, refusals.noReviewOwed), trouble: refusals.noReviewOwed, repeated: false };
  }
  const trouble = heard === undefined ? undefined : troubleOf(heard);
  const repeated = heard?.repeated ?? false;
  if (trouble === undefined) {
    const closed = formDone(click, view, person);
    const told = successes.done(rotation.id);
    return closed === undefined ? { card, told, repeated } : { card: closed, closed, told, repeated };
  }
  // what was typed into a form is asked for again, with what is wrong with it
  const again = trouble === refusals.reasonMissing ? (formAgain(click, view) ?? card) : card;
  if (heard !== undefined && isApproval(click) && wantsSignIn(heard))
    return { card, trouble, repeated, wantsSignIn: true };
  const late = heard !== undefined && isLate(heard);
  // a vote that is being looked into isn't asked for once more
  const shown = late && isAsked(click) && isVote(click) ? { ...again, actions: [] } : again;
  return { card: withNotice(shown, trouble, late ? 'accent' : 'attention'), trouble, repeated };
}

/** The form that was sent without its reason. */
function formAgain(click: RotationClick, view: CardView): Card | undefined {
  const withKeys = apiKeysView(view);
  if (click.say === 'askWaiver' && withKeys !== undefined) return askWaiverCard(withKeys);
  return click.say === 'review' ? askReviewCard(view) : undefined;
}

/**
 * The clicks that come from a form in a message of its own, and what they did. Not the one that asks for a
 * rotation: it may have taken the place of the help for whoever pressed its button, and only for them.
 */
function formDone(click: RotationClick, view: CardView, by: Person): Card | undefined {
  if (click.say === 'reject') return formDoneCard(view, by, 'rejected', click.reason);
  if (click.say === 'askWaiver') return formDoneCard(view, by, 'asked for a waiver', click.reason);
  if (click.say === 'review') return formDoneCard(view, by, 'reviewed the emergency', click.says);
  return undefined;
}

async function rotate(
  desk: Desk,
  activity: Activity,
  person: Person,
  { account, procedure, reason, ticket, breakGlass }: Extract<CardClick, { say: 'submitRotate' }>,
): Promise<Outcome> {
  const again = (trouble: Sentence, repeated = false): Outcome => {
    const named = account === '' ? undefined : account;
    const offered = named === undefined ? desk.accounts : accountsWith(desk, named);
    const form = askRotateCard(offered, named, breakGlass);
    return { card: withNotice(form, trouble), trouble, repeated };
  };
  if (account.trim() === '') return again(chatRefusals.accountMissing);
  const heard = await ask(desk, activity, person, {
    say: 'rotate',
    account: account.trim(),
    procedure,
    reason,
    ...(ticket === undefined ? {} : { ticket }),
    ...(breakGlass === undefined ? {} : { breakGlass }),
    ...whereOf(activity),
  });
  const { repeated } = heard;
  const trouble = troubleOf(heard);
  if (trouble === refusals.reasonMissing) return again(trouble, repeated);
  if (trouble !== undefined) return { ...refused(trouble), repeated };
  if (!('answer' in heard) || heard.answer.answer !== 'started')
    return { ...refused(chatRefusals.broke), repeated };
  const { rotation: id, inHomeChannel } = heard.answer;
  const rotation = await desk.rotations.find(id);
  if (rotation === null) return { ...refused(sentenceOf({ answer: 'noSuchRotation' })), repeated };
  return {
    card: statusOf(viewOf(rotation, desk.now())),
    ...(inHomeChannel ? { told: successes.startedAtHome(id) } : {}),
    repeated,
  };
}
