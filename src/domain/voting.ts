import { addVote, type Ballot, mayVote, type Standing, standingVotes } from './approval.ts';
import type { Refusal } from './happenings.ts';
import type { Digest } from './ids.ts';
import { samePerson } from './people.ts';
import type { Gate } from './policy.ts';
import type { Stage } from './procedures.ts';
import { err, ok, type Result } from './result.ts';
import type { AwaitingApproval, Shared } from './shared.ts';
import { ballotOf, type Voted } from './voters.ts';

type Clicked = Standing & Readonly<{ stage: string; digest: Digest; at: number }>;

/** Digest of what an approval at a gate is about. */
type DigestOf<R> = (rotation: R, gate: Gate) => Digest;

/** The ballot of a gate that is open: a rotation opens none that its policy doesn't have. */
export function openBallot(rotation: Voted, gate: Gate): Ballot {
  const ballot = ballotOf(rotation, gate);
  if (ballot === undefined)
    throw new Error(`${rotation.id} waits at the gate ${gate}, which its policy doesn't have`);
  return ballot;
}

const countAsked = <R extends Shared>(rotation: R, gate: Gate, round: number): R => ({
  ...rotation,
  asked: { ...rotation.asked, [gate]: round },
});

/** A gate that asks now, for the first time or anew: the rotation that has counted it, and the phase to enter. */
export function openedGate<R extends Shared, S extends Stage>(
  rotation: R,
  { stage, gate }: Readonly<{ stage: S; gate: Gate }>,
  at: number,
  digestOf: DigestOf<R>,
): Readonly<{ rotation: R; phase: AwaitingApproval<S> }> {
  const round = (rotation.asked[gate] ?? 0) + 1;
  const asked: R = { ...countAsked(rotation, gate, round), remindedAt: at };
  const digest = digestOf(asked, gate);
  return {
    rotation: asked,
    phase: { at: 'awaitingApproval', stage, gate, digest, votes: [], since: at, round },
  };
}

/**
 * The gate's digest again, after anything that may have changed what it is about: different means that the
 * votes are void. Null when it is still what people were asked.
 */
export function renewedGate<R extends Shared, S extends Stage>(
  rotation: R,
  phase: AwaitingApproval<S>,
  digestOf: DigestOf<R>,
): Readonly<{ rotation: R; phase: AwaitingApproval<S>; voided: boolean }> | null {
  if (digestOf(rotation, phase.gate) === phase.digest) return null;
  const voided = phase.votes.length > 0;
  const round = voided ? phase.round + 1 : phase.round;
  const asked = countAsked(rotation, phase.gate, round);
  return {
    rotation: asked,
    phase: { ...phase, digest: digestOf(asked, phase.gate), votes: [], round },
    voided,
  };
}

/** The gate that a click is about, when the card it came from still tells the truth and this person may vote. */
export function clickedGate<S extends Stage>(
  rotation: Voted,
  phase: AwaitingApproval<S> | Readonly<{ at: 'elsewhere' }>,
  event: Clicked,
): Result<AwaitingApproval<S>, Refusal> {
  if (phase.at !== 'awaitingApproval' || phase.stage !== event.stage) return err('staleCard');
  const may = mayVote(openBallot(rotation, phase.gate), event);
  if (!may.ok) return may;
  return phase.digest === event.digest ? ok(phase) : err('planChanged');
}

/** Counts one more vote at an open gate. Gives the phase with it, and whether the quorum is reached. */
export function countVote<S extends Stage>(
  rotation: Voted,
  phase: AwaitingApproval<S>,
  { by, at, digest, memberOf, signedInAt, signInId }: Clicked,
): Result<Readonly<{ phase: AwaitingApproval<S>; reached: boolean }>, Refusal> {
  const vote = {
    by,
    at,
    digest,
    ...(memberOf === undefined ? {} : { memberOf }),
    ...(signedInAt === undefined ? {} : { signedInAt }),
    ...(signInId === undefined ? {} : { signInId }),
  };
  const counted = addVote(openBallot(rotation, phase.gate), phase.votes, vote);
  if (!counted.ok) return counted;
  return ok({ phase: { ...phase, votes: counted.value.votes }, reached: counted.value.reached });
}

/** A vote taken back before the quorum is reached. */
export function takenBack<S extends Stage>(
  phase: AwaitingApproval<S> | Readonly<{ at: 'elsewhere' }>,
  { by, stage }: Pick<Clicked, 'by' | 'stage'>,
): Result<AwaitingApproval<S>, Refusal> {
  if (phase.at !== 'awaitingApproval' || phase.stage !== stage) return err('staleCard');
  const votes = phase.votes.filter((vote) => !samePerson(vote.by, by));
  return votes.length === phase.votes.length ? err('notVoted') : ok({ ...phase, votes });
}

/** An open gate without the votes whose time is over; the same object when none is. */
export function withoutExpired<S extends Stage>(
  rotation: Voted,
  phase: AwaitingApproval<S>,
  at: number,
): AwaitingApproval<S> {
  const votes = standingVotes(openBallot(rotation, phase.gate), phase.votes, at);
  return votes.length === phase.votes.length ? phase : { ...phase, votes };
}

/** When something is due at an open gate beside the reminder (epoch ms): a vote expires, or others are called in. */
export function gateDueAt(rotation: Voted, phase: AwaitingApproval<Stage>): readonly number[] {
  const { rule, escalated } = openBallot(rotation, phase.gate);
  const { votesExpire, escalate } = rule;
  return [
    ...(votesExpire === undefined ? [] : phase.votes.map(({ at }) => at + votesExpire)),
    ...(escalate === undefined || escalated ? [] : [phase.since + escalate.after]),
  ];
}
