import type { Slot } from '../domain/apiKeys/plan.ts';
import type { WaiverSubject } from '../domain/apiKeys/waivers.ts';
import type { KeyChoice } from '../domain/encryptionKey/target.ts';
import type { LastChoice, Refusal } from '../domain/happenings.ts';
import type { Digest, RotationId } from '../domain/ids.ts';
import type { Procedure, Stage } from '../domain/procedures.ts';
import type { Place } from '../domain/request.ts';
import type { SignInRefusal } from './ports/signIns.ts';

/**
 * What a person can say to Keysmith, by message or by button, once its shape is checked. Who said it
 * comes from the authenticated activity and stands beside it, never inside.
 */
export type Said = Readonly<
  | {
      say: 'rotate';
      account: string;
      procedure: Procedure;
      reason: string;
      ticket?: string;
      /** An emergency. */
      breakGlass?: true;
      place: Place;
      personal: boolean;
    }
  /** `signIn`: the token of a fresh sign-in, where the policy asks for one. Never logged, erased when it is heard. */
  | { say: 'approve'; rotation: RotationId; stage: Stage; digest: Digest; signIn?: string }
  | { say: 'reject'; rotation: RotationId; stage: Stage; digest: Digest; reason?: string }
  | { say: 'withdrawVote'; rotation: RotationId; stage: Stage }
  | { say: 'declare'; rotation: RotationId; consumer: string; holds: Slot | 'neither' }
  | { say: 'confirm'; rotation: RotationId; consumer: string; to: Slot }
  | { say: 'withdraw'; rotation: RotationId; consumer: string; to: Slot }
  | { say: 'askWaiver'; rotation: RotationId; subject: WaiverSubject; reason: string }
  | { say: 'approveWaiver'; rotation: RotationId; waiver: number; signIn?: string }
  | { say: 'rejectWaiver'; rotation: RotationId; waiver: number }
  | { say: 'chooseKey'; rotation: RotationId; choice: KeyChoice }
  | { say: 'choose'; rotation: RotationId; choice: LastChoice }
  | { say: 'askAgain'; rotation: RotationId }
  | { say: 'closeOldKeyAlive'; rotation: RotationId }
  | { say: 'retry'; rotation: RotationId; stage: Stage }
  | { say: 'review'; rotation: RotationId; says: string }
  | { say: 'rollBack'; rotation: RotationId; stage: Stage }
  /** `stage` when it is a button on a card; typed, it means the rotation as it is. */
  | { say: 'cancel'; rotation: RotationId; stage?: Stage }
>;

/** Why a vote couldn't be judged at all: a group couldn't be looked up, or the sign-in proves nothing. */
export type NotCounted = 'membershipUnknown' | 'brokenInside' | SignInRefusal;

/** What the worker answers, after its commit. The chat side turns it into a card or a sentence. */
export type Answer = Readonly<
  | { answer: 'done'; rotation: RotationId }
  | { answer: 'started'; rotation: RotationId; inHomeChannel: boolean }
  | { answer: 'refused'; rotation: RotationId; refusal: Refusal }
  | { answer: 'alreadyRunning'; rotation: RotationId }
  | { answer: 'noSuchRotation' }
  | { answer: 'reasonMissing' }
  /** `because`: of a vote that wasn't counted. */
  | { answer: 'cannot'; says: string; remedy: string; because?: NotCounted }
>;
