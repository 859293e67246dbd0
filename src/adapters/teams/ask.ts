import type { Answer, Said } from '../../application/conversation.ts';
import { isVote } from '../../application/standing.ts';
import type { Log } from '../../application/ports/ambient.ts';
import type { Clicked, Inbox } from '../../application/ports/store.ts';
import type { Person } from '../../domain/people.ts';
import type { IncomingInvoke, IncomingMessage } from './activity.ts';
import { chatRefusals, sentenceOf, type Sentence } from './refusals.ts';

export type Asking = Readonly<{
  inbox: Pick<Inbox, 'post' | 'answer'>;
  /** How long the worker's answer is waited for, in milliseconds. */
  answerWithin: number;
  log: Log;
  now: () => number;
}>;

/** What came of it: the worker's answer, or the sentence that stands in for one. */
export type Heard = Readonly<
  { repeated: boolean } & ({ answer: Answer } | { instead: Sentence; late?: true })
>;

/** Whether it is only that the worker's answer takes long. */
export const isLate = (heard: Heard): boolean => 'late' in heard;

/**
 * Writes down what a person said, once per activity, and waits a moment for the worker's answer. Nothing
 * is decided here. `clicked`: the message whose button was pressed.
 */
export async function ask(
  on: Asking,
  activity: IncomingMessage | IncomingInvoke,
  by: Person,
  said: Said,
  clicked?: Clicked,
): Promise<Heard> {
  // a click that is sent again with a sign-in is another question than the one without
  const signed = 'signIn' in said ? ' signed' : '';
  const key = `${activity.type} ${activity.conversation.id} ${activity.id}${signed}`;
  let row: Awaited<ReturnType<Inbox['post']>>;
  try {
    row = await on.inbox.post(key, by, said, on.now(), clicked);
  } catch (error) {
    on.log.error({ event: 'inbox.unreachable', say: said.say, error });
    return { repeated: false, instead: chatRefusals.recordsUnreachable };
  }
  const { id, repeated } = row;
  try {
    const answer = await on.inbox.answer(id, on.answerWithin);
    on.log.info({ event: 'activity.heard', say: said.say, inbox: id, repeated, answer: answer?.answer });
    if (answer !== null) return { repeated, answer };
    return { repeated, instead: lateFor(said), late: true };
  } catch (error) {
    on.log.error({ event: 'inbox.answerLost', say: said.say, inbox: id, error });
    return { repeated, instead: chatRefusals.answerLost };
  }
}

/** What is told while the worker hasn't answered yet: of a vote, that it is looked into. */
function lateFor(said: Said): Sentence {
  if (said.say === 'rotate') return chatRefusals.late(undefined);
  return isVote(said) ? chatRefusals.checking(said.rotation) : chatRefusals.late(said.rotation);
}

/** Whether a vote would count with a sign-in: there was none, or one that is too old or was used. */
export function wantsSignIn(heard: Heard): boolean {
  if (!('answer' in heard)) return false;
  const { answer } = heard;
  if (answer.answer === 'refused') return answer.refusal === 'signInNeeded';
  return (
    answer.answer === 'cannot' &&
    (answer.because === 'signInUsedBefore' || answer.because === 'signInExpired')
  );
}

/** The sentence to tell; none when all went well. */
export function troubleOf(heard: Heard): Sentence | undefined {
  if ('instead' in heard) return heard.instead;
  const { answer } = heard;
  return answer.answer === 'done' || answer.answer === 'started' ? undefined : sentenceOf(answer);
}
