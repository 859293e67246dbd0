import { duration } from '../../../application/duration.ts';
import { mayVote, type Ballot, type VoteRefusal } from '../../../domain/approval.ts';
import { isOneOf, samePerson, type Person } from '../../../domain/people.ts';
import type { RuleName } from '../../../domain/policy.ts';
import type { Rotation } from '../../../domain/rotation.ts';
import { ballotOf, involved, ruleOf, skippedBy } from '../../../domain/voters.ts';
import { clock } from './times.ts';
import type { CardView } from './view.ts';

/** What a card offers to whoever looks at it. `note` says to them where they stand; our own words only. */
export type Standing = Readonly<{
  mayApprove: boolean;
  mayReject: boolean;
  /** Whoever has voted at a gate that is still open. */
  mayTakeBack: boolean;
  /** Retry, roll back, cancel, choose: whoever asked or approves. */
  mayDecide: boolean;
  note: string;
}>;

/** The card that everybody sees offers everything: a click that doesn't count is answered privately. */
const everybody: Standing = {
  mayApprove: true,
  mayReject: true,
  mayTakeBack: false,
  mayDecide: true,
  note: '',
};

/** How many must approve. A gate that the policy doesn't have is never opened. */
export const needOf = (rotation: Rotation, gate: RuleName): number => ruleOf(rotation, gate)?.need ?? 1;

const quiet = { mayApprove: false, mayReject: false, mayTakeBack: false } as const;

const whyNot: Readonly<Record<VoteRefusal, string>> = {
  ownRequest: 'You asked for this, so your approval doesn’t count.',
  notAnApprover: 'You are not an approver here; nothing is asked of you.',
  alreadyVoted: 'You have approved this already.',
  votedElsewhere: 'You approved the other gate of this rotation, so somebody else has to approve this one.',
  ownConsumer: 'You own a consumer of this account, so somebody else has to approve this.',
  signInNeeded: 'Your approval is asked for, with a fresh sign-in.',
};

const skippedNote =
  'This is an emergency, and you are not asked this time. When it is over, a review is asked of you.';

const signInWords = (ballot: Ballot | undefined): string =>
  ballot?.rule.signIn === undefined
    ? ''
    : ` It needs a sign-in of the last ${duration(ballot.rule.signIn.within)}; Approve asks for it.`;

/** Where a viewer stands towards a vote. `others`: those beside the requester whose vote never counts. */
export function standing(
  view: CardView,
  gate: RuleName,
  votes: readonly Readonly<{ by: Person; at: number }>[],
  others: readonly Person[] = [],
): Standing {
  const { viewer, rotation, now } = view;
  if (viewer === undefined) return everybody;
  const mayDecide = isInvolved(view);
  const ballot = ballotOf(rotation, gate, others);
  const vote = votes.find(({ by }) => samePerson(by, viewer));
  if (vote !== undefined)
    return {
      mayApprove: false,
      mayReject: true,
      mayTakeBack: true,
      mayDecide,
      note: `You approved at ${clock(vote.at, now)}.`,
    };
  const refusal = ballot === undefined ? 'notAnApprover' : whyNotHere(rotation, ballot, viewer);
  if (refusal === undefined)
    return {
      mayApprove: true,
      mayReject: true,
      mayTakeBack: false,
      mayDecide,
      note: `Your approval is asked for.${signInWords(ballot)}`,
    };
  const skipped = refusal === 'notAnApprover' && isOneOf(viewer, skippedBy(rotation));
  return { ...quiet, mayDecide, note: skipped ? skippedNote : whyNot[refusal] };
}

/** As far as the card can know: whether somebody is in a group is looked up when they vote. */
function whyNotHere({ members = {} }: Rotation, ballot: Ballot, viewer: Person): VoteRefusal | undefined {
  const memberOf = Object.entries(members).flatMap(([id, people]) => (isOneOf(viewer, people) ? [id] : []));
  const may = mayVote(ballot, { by: viewer, memberOf });
  if (may.ok) return undefined;
  const { rule, escalated } = ballot;
  const groups = [...(rule.groups ?? []), ...(escalated ? (rule.escalate?.to.groups ?? []) : [])];
  const unlisted = groups.some(({ id }) => members[id] === undefined);
  return may.error === 'notAnApprover' && unlisted ? undefined : may.error;
}

/** Whether the viewer may decide how the rotation goes on; everybody, on the card that everybody sees. */
export function isInvolved({ viewer, rotation }: CardView): boolean {
  return viewer === undefined || isOneOf(viewer, involved(rotation));
}

/** What a viewer is told where a decision is open that isn't theirs. */
export const bystanderNote = (view: CardView): string =>
  isInvolved(view) ? '' : 'Whoever asked for this and its approvers decide; nothing is asked of you.';
