import type { Effect } from './effects.ts';
import type { On, Refusal } from './happenings.ts';
import { remark, say, tell } from './outcome.ts';
import { isOneOf } from './people.ts';
import { err, ok, type Result } from './result.ts';
import { skippedBy, type Voted } from './voters.ts';

/** An emergency that has changed something owes a review when it is over. */
export const owesReview = <R extends Voted>(rotation: R, at: number): R =>
  rotation.request.breakGlass === true && rotation.touchedAt !== undefined && rotation.review === undefined
    ? { ...rotation, review: { state: 'owed', since: at, remindedAt: at } }
    : rotation;

/** Asks those who were skipped to look at what was done in their place. */
export const askReview = (rotation: Voted): readonly Effect[] =>
  rotation.review?.state === 'owed'
    ? [
        say('reviewOwed', skippedBy(rotation)),
        ...skippedBy(rotation).map((person) => tell(person, 'reviewOwed')),
      ]
    : [];

/** When a review that is owed is asked for again (epoch ms); null when none is. */
export const reviewDueAt = ({ review, rules }: Voted): number | null =>
  review?.state === 'owed' ? review.remindedAt + rules.timing.remindEvery : null;

/** Asks again when it is time. */
export function chaseReview<R extends Voted>(
  rotation: R,
  at: number,
): Readonly<{ rotation: R; effects: readonly Effect[] }> {
  const due = reviewDueAt(rotation);
  if (rotation.review?.state !== 'owed' || due === null || at < due) return { rotation, effects: [] };
  const chased: R = { ...rotation, review: { ...rotation.review, remindedAt: at } };
  return { rotation: chased, effects: askReview(chased) };
}

/** One of those who were skipped says what they think of it. Nobody reviews what they asked for or approved. */
export function review<R extends Voted>(
  rotation: R,
  { by, says, at }: On<'reviewed'>,
): Result<Readonly<{ rotation: R; effects: readonly Effect[] }>, Refusal> {
  if (rotation.review?.state !== 'owed') return err('noReviewOwed');
  if (!isOneOf(by, skippedBy(rotation))) return err('notInvolved');
  if (says.trim() === '') return err('reasonMissing');
  const given: R = { ...rotation, review: { state: 'given', at, by, says: says.trim() } };
  const noted = remark(given, `Review of the emergency by ${by.name}: ${says.trim()}`);
  return ok({ rotation: noted, effects: [say('reviewed', [rotation.request.by])] });
}
