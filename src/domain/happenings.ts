import type { Slot } from './apiKeys/plan.ts';
import type { WaiverSubject } from './apiKeys/waivers.ts';
import type { Standing, VoteRefusal } from './approval.ts';
import type { KeyChoice } from './encryptionKey/target.ts';
import type { Fault } from './faults.ts';
import type { Digest, EffectKey } from './ids.ts';
import type { Person } from './people.ts';
import type { Stage } from './procedures.ts';
import type { Answered } from './steps.ts';

/** What people may answer when a rotation asks how it shall end. */
export type LastChoice = 'stay' | 'switchBack' | 'pin';

/** What happened. `at` is epoch milliseconds: the domain has no clock of its own. */
export type Happening = Readonly<{ at: number }> &
  Readonly<
    | ({ type: 'stepDone'; key: EffectKey } & Answered)
    | { type: 'stepFailed'; key: EffectKey; fault: Fault }
    | ({ type: 'approved'; stage: Stage; digest: Digest } & Standing)
    | ({ type: 'rejected'; stage: Stage; digest: Digest; reason?: string } & Standing)
    | { type: 'voteWithdrawn'; by: Person; stage: Stage }
    | { type: 'declared'; by: Person; consumer: string; holds: Slot | 'neither' }
    | { type: 'confirmed'; by: Person; consumer: string; to: Slot }
    | { type: 'withdrawn'; by: Person; consumer: string; to: Slot }
    | { type: 'waiverAsked'; by: Person; subject: WaiverSubject; reason: string }
    | ({ type: 'waiverApproved'; waiver: number } & Standing)
    | ({ type: 'waiverRejected'; waiver: number } & Standing)
    | { type: 'keyChosen'; by: Person; choice: KeyChoice }
    | { type: 'chosen'; by: Person; choice: LastChoice }
    | { type: 'askedAgain'; by: Person }
    | { type: 'closedOldKeyAlive'; by: Person }
    | { type: 'retried'; by: Person; stage: Stage }
    | { type: 'rollBackAsked'; by: Person; stage: Stage }
    | { type: 'cancelled'; by: Person; stage?: Stage }
    | { type: 'reviewed'; by: Person; says: string }
    | { type: 'notReached'; person: Person }
    | { type: 'timePassed' }
  >;

/** One kind of what happens. */
export type On<T extends Happening['type']> = Extract<Happening, { type: T }>;

/** Why a click or a message changes nothing. The chat answers each with one clear sentence. */
export type Refusal =
  | VoteRefusal
  | 'notVoted'
  | 'noReviewOwed'
  | 'staleCard'
  | 'planChanged'
  | 'notExpected'
  | 'notAnOwner'
  | 'notInvolved'
  | 'blocked'
  | 'unknownConsumer'
  | 'unknownWaiver'
  | 'alreadyWaived'
  | 'tooFewVoters'
  | 'reasonMissing'
  | 'notSafeNow'
  | 'alreadyOver';
