import type { TurnContext } from 'botbuilder';
import type { Said } from '../../application/conversation.ts';
import type { Person } from '../../domain/people.ts';
import type { Place } from '../../domain/request.ts';
import { unreachable } from '../../domain/result.ts';
import type { IncomingInvoke, IncomingMessage } from './activity.ts';
import { ask, troubleOf } from './ask.ts';
import { askRotateCard, helpCard, statusCard, statusOf } from './cards/index.ts';
import { parseCommand, textOf, type Command } from './commands.ts';
import { reply, replyCard, type Desk } from './desk.ts';
import { withNotice } from './notice.ts';
import { personOf } from './person.ts';
import { baseOf } from './place.ts';
import { chatRefusals, refusals, successes } from './refusals.ts';
import { viewOf } from './views.ts';

/** Newest rotations that `status` looks at. */
const listed = 50;

/** Does what a message asks for, and answers where a card doesn't. */
export async function hearMessage(
  desk: Desk,
  context: TurnContext,
  activity: IncomingMessage,
): Promise<void> {
  const command = parseCommand(textOf(activity));
  if (command.is === 'help') return replyCard(context, helpCard());
  const person = await personOf(context, activity, desk);
  if (!person.ok) return reply(context, chatRefusals[person.error]);
  switch (command.is) {
    case 'askRotate':
      return replyCard(context, askRotateCard(desk.accounts));
    case 'status':
      return replyCard(context, statusCard(await desk.rotations.list(listed), desk.now()));
    case 'statusOf':
      return tellStatus(desk, context, command);
    case 'rotate': {
      const { is: _rotate, ...asked } = command;
      return hear(desk, context, activity, person.value, { say: 'rotate', ...asked, ...whereOf(activity) });
    }
    case 'cancel':
      return hear(desk, context, activity, person.value, { say: 'cancel', rotation: command.rotation });
    case 'noSuchId':
      return reply(context, chatRefusals.noSuchId(command.written));
    case 'tooLong':
      return reply(context, chatRefusals.tooLong(command.what, command.most));
    case 'unknown':
      return reply(context, chatRefusals.unknownCommand(command.written));
    default:
      return unreachable(command);
  }
}

/** Where a request is made, and where it is told: a rotation begins a thread of its own in its channel. */
export function whereOf(
  activity: IncomingMessage | IncomingInvoke,
): Readonly<{ place: Place; personal: boolean }> {
  const { conversation, serviceUrl, channelData } = activity;
  const tenantId = conversation.tenantId ?? channelData?.tenant?.id ?? '';
  return {
    place: { conversation: baseOf(conversation.id), serviceUrl, tenantId },
    personal: conversation.conversationType === 'personal',
  };
}

async function hear(
  desk: Desk,
  context: TurnContext,
  activity: IncomingMessage,
  person: Person,
  said: Said,
): Promise<void> {
  const heard = await ask(desk, activity, person, said);
  // the first delivery of this message was answered
  if (heard.repeated) return;
  const trouble = troubleOf(heard);
  if (trouble === refusals.reasonMissing && said.say === 'rotate')
    return replyCard(
      context,
      withNotice(askRotateCard(accountsWith(desk, said.account), said.account, said.breakGlass), trouble),
    );
  if (trouble !== undefined) return reply(context, trouble);
  if (!('answer' in heard)) return;
  const { answer } = heard;
  if (answer.answer === 'started' && said.say === 'rotate') {
    const { rotation, inHomeChannel } = answer;
    if (inHomeChannel) await reply(context, successes.startedAtHome(rotation));
    // in a channel the card is a post of its own; in a group chat it stands right below
    else if (activity.conversation.conversationType === 'channel')
      await reply(context, successes.startedHere(rotation, said.account));
  }
  // where the rotation is told, its card says it; elsewhere somebody has to
  if (answer.answer === 'done') await reply(context, successes.done(answer.rotation));
}

/** The account that was typed comes first among those that the form offers. */
export const accountsWith = ({ accounts }: Pick<Desk, 'accounts'>, typed: string): readonly string[] => [
  typed,
  ...accounts.filter((name) => name !== typed),
];

async function tellStatus(
  desk: Desk,
  context: TurnContext,
  { which, id }: Extract<Command, { is: 'statusOf' }>,
): Promise<void> {
  const running = id ?? (await desk.rotations.runningFor(which));
  const rotation = running === null ? null : await desk.rotations.find(running);
  if (rotation === null) return reply(context, chatRefusals.nothingRunning(which));
  return replyCard(context, statusOf(viewOf(rotation, desk.now())));
}
