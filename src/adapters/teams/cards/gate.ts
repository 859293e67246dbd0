import { canBeReached } from '../../../domain/approval.ts';
import { ballotOf, isOutOfReach } from '../../../domain/voters.ts';
import { button, ofRotation, type Button } from './buttons.ts';
import { plain } from './plain.ts';
import type { Status } from './shared.ts';
import { needOf, standing } from './standing.ts';
import { clock } from './times.ts';
import type { CardView } from './view.ts';
import { isFrom, type OpenGate, votersInWords } from './votes.ts';
import { counted, names, number } from './words.ts';

export { type OpenGate, votesOf } from './votes.ts';

/** Why nobody can approve yet; empty where everybody may. */
export const blockersOf = ({ blockers }: CardView, rows: number) => ({
  blockers: [
    ...blockers.slice(0, rows).map((says) => ({ text: plain(says, 200) })),
    ...(blockers.length > rows ? [{ text: `and ${number(blockers.length - rows)} more` }] : []),
  ],
});

export function gateStatus(view: CardView, phase: OpenGate, what: string): Status {
  const { blockers, now } = view;
  const clockLine = `Since ${clock(phase.since, now)}`;
  const settle =
    blockers.length > 0
      ? `${counted(blockers.length, 'thing is', 'things are')} to be settled first, or waived.`
      : '';
  const outlook = outlookOf(view, phase);
  if (outlook === 'none')
    return {
      tone: 'attention',
      mark: 'halted',
      headline: 'The quorum can no longer be reached',
      says: [...outOfReach(view, phase), settle],
      clock: clockLine,
    };
  return blockers.length > 0
    ? {
        tone: 'warning',
        mark: 'unsure',
        headline: 'Can’t be approved yet',
        says: [settle],
        clock: clockLine,
      }
    : {
        tone: 'warning',
        mark: 'now',
        headline: missing(view, phase),
        says: [
          what,
          outlook === 'later' ? 'Those who may approve now are too few; others are called in later.' : '',
          phase.round > 1 ? 'This is asked anew: earlier approvals are void.' : '',
        ],
        clock: clockLine,
      };
}

/** `2 approvals needed`; when the number is there and somebody in particular isn't, who. */
function missing({ rotation }: CardView, { gate, votes }: OpenGate): string {
  const left = needOf(rotation, gate) - votes.length;
  const atLeastOne = ballotOf(rotation, gate)?.rule.atLeastOne;
  if (left > 0) return `${counted(left, votes.length > 0 ? 'more approval' : 'approval')} needed`;
  return atLeastOne === undefined || votes.some((vote) => isFrom(atLeastOne, vote))
    ? 'Approvals needed'
    : `The approval of ${votersInWords(atLeastOne)} is needed`;
}

/** Whether the quorum can still come together: with those who may vote now, or when others are called in. */
function outlookOf({ rotation }: CardView, phase: OpenGate): 'now' | 'later' | 'none' {
  if (isOutOfReach(rotation, phase)) return 'none';
  const ballot = ballotOf(rotation, phase.gate);
  const { members = {}, notReached } = rotation;
  return ballot === undefined || canBeReached(ballot, phase.votes, members, notReached) ? 'now' : 'later';
}

/** Why the forecast is bad, and what to do about it. */
function outOfReach({ rotation }: CardView, phase: OpenGate): readonly string[] {
  const ballot = ballotOf(rotation, phase.gate);
  if (ballot === undefined) return [];
  const { atLeastOne, ...rest } = ballot.rule;
  const { notReached, members = {} } = rotation;
  const enough = canBeReached({ ...ballot, rule: rest, escalated: true }, phase.votes, members, notReached);
  const lacks =
    enough && atLeastOne !== undefined
      ? `One of the approvals must be ${votersInWords(atLeastOne)}, and nobody of that kind is left.`
      : `Too few are left for ${counted(ballot.rule.need, 'approval')}.`;
  const mend = 'cancel it, have the policy name others, and ask again.';
  return notReached.length === 0
    ? [lacks, `To go on, ${mend}`]
    : [
        `${names(notReached)} can’t be reached by direct message. ${lacks}`,
        `Ask them to decide on the card in the channel. If they are gone, ${mend}`,
      ];
}

/** The buttons and the words for whoever looks. Rejecting asks for a reason in a message of its own. */
export function decision(
  view: CardView,
  phase: OpenGate,
): Readonly<{ note: string; buttons: readonly Button[] }> {
  const { rotation, actions, blockers } = view;
  const mine = standing(view, phase.gate, phase.votes);
  const base = ofRotation(rotation);
  const blocked = blockers.length > 0;
  return {
    note: mine.note,
    buttons: [
      ...(mine.mayApprove && !blocked
        ? [button('Approve', { ...base, verb: 'approve', digest: phase.digest }, 'positive')]
        : []),
      ...(mine.mayTakeBack ? [button('Take back', { ...base, verb: 'withdrawVote' })] : []),
      ...(mine.mayDecide && actions.checkAgain ? [button('Check again', { ...base, verb: 'retry' })] : []),
      ...(mine.mayDecide && blocked ? [button('Waive…', { ...base, verb: 'openAskWaiver' })] : []),
      ...(mine.mayReject ? [button('Reject…', { ...base, verb: 'openReject', digest: phase.digest })] : []),
      // Three buttons at the most: who may reject can end it with that.
      ...(mine.mayDecide && actions.cancel && !(blocked && mine.mayReject)
        ? [button('Cancel', { ...base, verb: 'cancel' })]
        : []),
    ],
  };
}
