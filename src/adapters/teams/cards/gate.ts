import { approversOf } from '../../../domain/voters.ts';
import { samePerson } from '../../../domain/people.ts';
import type { Stage } from '../../../domain/procedures.ts';
import type { AwaitingApproval } from '../../../domain/shared.ts';
import { button, ofRotation, type Button } from './buttons.ts';
import { plain } from './plain.ts';
import type { Status } from './shared.ts';
import { needOf, standing } from './standing.ts';
import { clock } from './times.ts';
import type { CardView } from './view.ts';
import { counted, nameOf, names, number } from './words.ts';

export type OpenGate = AwaitingApproval<Stage>;

/** Who has approved and who still may; the data of the `votes` block that both gates show. */
export function votesOf({ rotation, now }: CardView, phase: OpenGate) {
  const open = approversOf(rotation, phase.gate).filter(
    (person) => !phase.votes.some(({ by }) => samePerson(by, person)),
  );
  return {
    votesTitle: `Approvals: ${number(phase.votes.length)} of ${number(needOf(rotation, phase.gate))}`,
    votes: phase.votes
      .slice(0, 8)
      .map(({ by, at }) => ({ name: nameOf(by), at: `approved at ${clock(at, now)}` })),
    mayVote: open.length === 0 ? '' : `May approve: ${names(open, 8)}`,
  };
}

/** Why nobody can approve yet; empty where everybody may. */
export const blockersOf = ({ blockers }: CardView, rows: number) => ({
  blockers: [
    ...blockers.slice(0, rows).map((says) => ({ text: plain(says, 200) })),
    ...(blockers.length > rows ? [{ text: `and ${number(blockers.length - rows)} more` }] : []),
  ],
});

export function gateStatus({ rotation, blockers, now }: CardView, phase: OpenGate, what: string): Status {
  const missing = needOf(rotation, phase.gate) - phase.votes.length;
  const clockLine = `Since ${clock(phase.since, now)}`;
  return blockers.length > 0
    ? {
        tone: 'warning',
        mark: 'unsure',
        headline: 'Can’t be approved yet',
        says: [`${counted(blockers.length, 'thing is', 'things are')} to be settled first, or waived.`],
        clock: clockLine,
      }
    : {
        tone: 'warning',
        mark: 'now',
        headline: `${counted(missing, phase.votes.length > 0 ? 'more approval' : 'approval')} needed`,
        says: [what, phase.round > 1 ? 'This is asked anew: earlier approvals are void.' : ''],
        clock: clockLine,
      };
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
