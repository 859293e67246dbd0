import type { Answer, Said } from '../../application/conversation.ts';
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
export type Heard = Readonly<{ repeated: boolean } & ({ answer: Answer } | { instead: Sentence })>;

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
  const key = `${activity.type} ${activity.conversation.id} ${activity.id}`;
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
    return { repeated, instead: chatRefusals.late(said.say === 'rotate' ? undefined : said.rotation) };
  } catch (error) {
    on.log.error({ event: 'inbox.answerLost', say: said.say, inbox: id, error });
    return { repeated, instead: chatRefusals.answerLost };
  }
}

/** The sentence to tell; none when all went well. */
export function troubleOf(heard: Heard): Sentence | undefined {
  if ('instead' in heard) return heard.instead;
  const { answer } = heard;
  return answer.answer === 'done' || answer.answer === 'started' ? undefined : sentenceOf(answer);
}
