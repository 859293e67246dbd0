import { involved } from '../../../domain/steering.ts';
import { isOneOf, samePerson, type Person } from '../../../domain/people.ts';
import type { Gate } from '../../../domain/policy.ts';
import { clock } from './times.ts';
import type { CardView } from './view.ts';

/** What a card offers to whoever looks at it. `note` says to them where they stand; our own words only. */
export type Standing = Readonly<{
  mayApprove: boolean;
  mayReject: boolean;
  /** Retry, roll back, cancel, choose: whoever asked or approves. */
  mayDecide: boolean;
  note: string;
}>;

/** The card that everybody sees offers everything: a click that doesn't count is answered privately. */
const everybody: Standing = { mayApprove: true, mayReject: true, mayDecide: true, note: '' };

/** Where a viewer stands towards a vote. `excluded` are those whose vote never counts. */
export function standing(
  view: CardView,
  gate: Gate,
  votes: readonly Readonly<{ by: Person; at: number }>[],
  excluded: readonly Person[] = [view.rotation.request.by],
): Standing {
  const { viewer, rotation, now } = view;
  if (viewer === undefined) return everybody;
  const mayDecide = isInvolved(view);
  const approver = isOneOf(viewer, rotation.rules.gates[gate].from);
  if (isOneOf(viewer, excluded)) {
    const note = 'You asked for this, so your approval doesn’t count.';
    return { mayApprove: false, mayReject: false, mayDecide, note };
  }
  if (!approver) {
    return {
      mayApprove: false,
      mayReject: false,
      mayDecide,
      note: 'You are not an approver here; nothing is asked of you.',
    };
  }
  const vote = votes.find(({ by }) => samePerson(by, viewer));
  return vote === undefined
    ? { mayApprove: true, mayReject: true, mayDecide, note: 'Your approval is asked for.' }
    : { mayApprove: false, mayReject: true, mayDecide, note: `You approved at ${clock(vote.at, now)}.` };
}

/** Whether the viewer may decide how the rotation goes on; everybody, on the card that everybody sees. */
export function isInvolved({ viewer, rotation }: CardView): boolean {
  return viewer === undefined || isOneOf(viewer, involved(rotation));
}

/** What a viewer is told where a decision is open that isn't theirs. */
export const bystanderNote = (view: CardView): string =>
  isInvolved(view) ? '' : 'Whoever asked for this and its approvers decide; nothing is asked of you.';
