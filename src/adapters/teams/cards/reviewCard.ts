import type { CompletedOutcome } from '../../../domain/apiKeys/rotation.ts';
import type { EncryptionOutcome } from '../../../domain/encryptionKey/rotation.ts';
import type { Rotation } from '../../../domain/rotation.ts';
import type { EndedOutcome } from '../../../domain/shared.ts';
import { distinctPeople, type Person } from '../../../domain/people.ts';
import { button, ofRotation } from './buttons.ts';
import { reviewButtons } from './emergency.ts';
import { plain } from './plain.ts';
import { refusalCard } from './plainCards.ts';
import { facts, marks } from './rows.ts';
import { headingOf } from './shared.ts';
import { fill } from './templates.ts';
import type { Card, CardView } from './view.ts';
import { nameOf, names } from './words.ts';

/** Asks one of those whom an emergency skipped for a review; once it is given, says what it says. */
export function reviewCard(view: CardView, viewer: Person): Card {
  const { rotation } = view;
  const { review, request, approvals } = rotation;
  const given = review?.state === 'given';
  const approved = distinctPeople(Object.values(approvals).flatMap((votes) => votes.map(({ by }) => by)));
  return fill('review', {
    ...headingOf(rotation),
    ...(given ? marks.done : marks.unsure),
    title: given ? `Reviewed by ${nameOf(review.by)}` : 'A review is owed',
    facts: facts({
      'Asked by': nameOf(request.by),
      Reason: plain(request.reason, 300),
      'Approved by': names(approved, 8),
      'Came to': endOf(rotation),
    }),
    says: given
      ? `“${plain(review.says, 600)}”`
      : 'You were not asked when it was approved. Look at what was done and write what you think of it; one review is enough.',
    where: 'The card of the rotation in the channel has the whole record.',
    buttons: reviewButtons({ ...view, viewer }),
  });
}

const outcomes: Readonly<Record<CompletedOutcome | EncryptionOutcome | EndedOutcome, string>> = {
  rotated: 'both keys are new',
  switchedBack: 'both keys are new',
  rolledBack: 'rolled back',
  oldKeyAlive: 'closed with the old key alive',
  moved: 'it uses another encryption key',
  pinned: 'it is pinned to another version of its encryption key',
  refused: 'refused',
  declined: 'rejected',
  cancelled: 'cancelled',
};

const endOf = ({ phase }: Rotation): string => ('outcome' in phase ? outcomes[phase.outcome] : '');

/** Asks for the words of a review, in a message of its own. */
export function askReviewCard({ rotation }: CardView): Card {
  if (rotation.review?.state !== 'owed')
    return refusalCard(
      'No review is owed',
      'Somebody gave it already, or none was needed.',
      `Say: status ${rotation.id}`,
    );
  return fill('ask-review', {
    ...headingOf(rotation),
    title: 'Review the emergency rotation',
    follows:
      'It was approved by fewer people than usual. What you write goes on record and is told in the channel.',
    buttons: [button('Send the review', { ...ofRotation(rotation), verb: 'review' }, 'positive')],
  });
}
