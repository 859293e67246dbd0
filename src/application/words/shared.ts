import type { SharedNews } from '../../domain/effects.ts';
import type { Rotation } from '../../domain/rotation.ts';
import { ballotOf, skippedBy } from '../../domain/voters.ts';
import { duration } from '../duration.ts';

/** News that is told in the same words whichever procedure it is. */
export type CommonNews = Extract<
  SharedNews,
  | 'planChanged'
  | 'voteWithdrawn'
  | 'votesExpired'
  | 'escalated'
  | 'approvalExpired'
  | 'windowAwaited'
  | 'skipped'
  | 'reviewOwed'
  | 'reviewed'
  | 'retried'
>;

const listed = new Intl.ListFormat('en', { type: 'conjunction' });

type Facts = Readonly<{ rotation: Rotation; at: number }>;

/** How many votes there are of how many that it takes. */
function count({ rotation }: Facts): string {
  const { phase } = rotation;
  if (phase.at !== 'awaitingApproval') return '';
  const need = ballotOf(rotation, phase.gate)?.rule.need ?? 0;
  return ` ${String(phase.votes.length)} of ${String(need)} approvals now.`;
}

/** To go on behind `<account>: `; a news without words doesn't compile. */
export const commonWords: Readonly<Record<CommonNews, (facts: Facts) => string>> = {
  planChanged: () =>
    'what you were asked to approve has changed, so the votes given so far are void. The card shows what is true now; please decide again.',
  voteWithdrawn: (facts) => `a vote was taken back.${count(facts)}`,
  votesExpired: (facts) =>
    `your approval was given too long ago and doesn't count any more.${count(facts)} Please look at the card and decide again.`,
  escalated: ({ rotation, at }) =>
    `nobody has decided for ${duration(at - ('since' in rotation.phase ? rotation.phase.since : at))}, so you are asked as well. Please look at the card and decide.`,
  approvalExpired: () =>
    'it was approved, but no time in which it may be carried out came soon enough. Please look at the card and decide again.',
  windowAwaited: ({ rotation: { phase }, at }) =>
    phase.at === 'awaitingWindow'
      ? `approved. It is carried out in ${duration(phase.until - at)}, when the next window of the policy opens. Until then it can be cancelled.`
      : 'approved. It waits for the next window of the policy.',
  // In the thread it stands beside what the others are asked, so it says who is meant.
  skipped: ({ rotation }) => {
    const skipped = skippedBy(rotation).map(({ name }) => name);
    const are = skipped.length === 1 ? 'is' : 'are';
    return `${rotation.request.by.name} began an emergency rotation, so ${listed.format(skipped)} ${are} not asked this time. The reason given: ${rotation.request.reason}. It can be followed on the card; when it is over, one of those who were not asked owes a review.`;
  },
  reviewOwed: ({ rotation: { request } }) =>
    `the emergency rotation of ${request.by.name} is over, and a review is owed. Please look at the record and write with the button on the card what you think of it. I ask again until somebody has.`,
  reviewed: ({ rotation: { review } }) =>
    review?.state === 'given'
      ? `${review.by.name} has reviewed the emergency: ${review.says}`
      : 'the emergency has been reviewed.',
  retried: () => 'it goes on, beginning with a look at what is there.',
};
