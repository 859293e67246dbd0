import type { OutcomeOf } from '../effects.ts';
import type { Fault } from '../faults.ts';
import type { Refusal } from '../happenings.ts';
import type { Stage } from '../procedures.ts';
import type { Result } from '../result.ts';
import type { AwaitingApproval, AwaitingWindow, Ended, Shared } from '../shared.ts';
import type { Running } from '../steps.ts';
import type { Difference, Guarded } from './guarded.ts';
import type { KeyAddress } from './key.ts';
import type { EncryptionPlan, Found } from './plan.ts';

/** Where a rotation of the encryption key stands. Data only where the state has it. */
export type EncryptionPhase = Readonly<
  /** `waiting`: the step is tried again at `next`, because a right isn't in force yet. */
  | { at: 'working'; stage: Stage; running: Running; waiting?: RightAwaited }
  /** `unfit`: what was chosen before and can't be used. */
  | { at: 'choosingKey'; stage: 'plan'; since: number; unfit?: EncryptionPlan }
  | AwaitingApproval<'approve'>
  | AwaitingWindow<'approve'>
  /** Azure has accepted the change and wraps. `told`: whether people were told that it takes longer than usual. */
  | { at: 'wrapping'; stage: Stage; since: number; operation: string | null; told: boolean }
  /** All is verified; the last choice stands open for a while. */
  | { at: 'settling'; stage: 'guardOldVersion'; since: number; until: number }
  | { at: 'halted'; stage: Stage; fault: Fault; since: number; resume: EncryptionResume }
  | { at: 'completed'; stage: 'finished'; outcome: EncryptionOutcome; finishedAt: number }
  | Ended
>;

/** What Retry goes back to. */
export type EncryptionResume = Extract<EncryptionPhase, { at: 'working' | 'wrapping' }>;

/** `moved`: it uses the new key. `pinned`: and no longer follows the newest version by itself. */
export type EncryptionOutcome = 'moved' | 'pinned' | 'rolledBack';

/** A right of the account's identity that Azure doesn't honour yet. Times in epoch ms. */
export type RightAwaited = Readonly<{ says: string; since: number; until: number; next: number }>;

/**
 * Where the account is being pointed, or was last. `forth`: to the key of the plan; `back`: to the one before;
 * `pin`: to the version that it follows already. `version` is never `''`.
 */
export type Heading = Readonly<{
  why: 'forth' | 'back' | 'pin';
  to: KeyAddress;
  version: KeyAddress;
  identityClientId: string | null;
}>;

/** A move of an account to another encryption key. */
export type EncryptionKeyRotation = Shared &
  Readonly<{
    procedure: 'encryptionKey';
    /** Known from the first look on. */
    found?: Found;
    /** The plan that was approved, or is being voted on. */
    plan?: EncryptionPlan;
    phase: EncryptionPhase;
    /** A request whose answer was lost, while nobody can say whether it happened. */
    doubt?: 'createKeyVersion' | 'pointAccountAtKey';
    /** What this rotation made in the vault, whatever became of it. */
    created?: KeyAddress;
    heading?: Heading;
    /** Since when a right is waited for, over several tries. */
    rightAwaitedSince?: number;
    /** What changed beside the encryption, as the last verification saw it. */
    differences?: readonly Difference[];
    /** How the data plane answered after the change. */
    dataPlane?: string;
    guarded: readonly Guarded[];
  }>;

export type EncryptionOutcomeOf = OutcomeOf<EncryptionKeyRotation>;

/** What people decide. Every refusal is a value; none of them changes anything. */
export type EncryptionDecided = Result<EncryptionOutcomeOf, Refusal>;
