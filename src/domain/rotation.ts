import type { Consumer } from './consumers.ts';
import type { Fault } from './faults.ts';
import type { Digest, EffectKey, Fingerprint, RotationId } from './ids.ts';
import type { Person } from './people.ts';
import type { Plan, Slot } from './plan.ts';
import type { Gate, Rules } from './policy.ts';
import type { Procedure, Stage } from './procedures.ts';
import type { Vote } from './approval.ts';
import type { Answered, Asked } from './steps.ts';
import type { TrafficLook } from './traffic.ts';
import type { Waiver, WaiverSubject } from './waivers.ts';

/** Where in Teams a rotation is told: opaque to everything but the Teams adapter. */
export type Place = Readonly<{ conversation: string; serviceUrl: string; tenantId: string }>;

export type Request = Readonly<{
  /** The account as it was typed: `name`, `group/name` or `subscription/group/name`. */
  account: string;
  procedure: Procedure;
  reason: string;
  ticket?: string;
  by: Person;
  at: number;
  place: Place;
}>;

/**
 * `live`: answered with 200 when last tried, or unchanged since. `unproved`: regenerated, not yet tried.
 * `retired`: regenerated after it was in use; its new value belongs to nobody. `unknown`: nobody can say.
 */
export type SlotState = Readonly<{
  fingerprint: Fingerprint;
  condition: 'live' | 'unproved' | 'retired' | 'unknown';
}>;

/** An effect that is under way; only its own answer is heard. */
export type Running = Readonly<{ key: EffectKey; asked: Asked; attempt: number }>;

/** Where a rotation stands. Data only where the state has it. */
export type Phase = Readonly<
  | { at: 'working'; stage: Stage; running: Running }
  | { at: 'moving'; stage: MovingStage; to: Slot; since: number }
  /** `told`: whether people were told that the soak ended without evidence. */
  | { at: 'watching'; stage: 'watchTraffic'; since: number; until: number; told: boolean }
  | {
      at: 'awaitingApproval';
      stage: GateStage;
      gate: Gate;
      digest: Digest;
      votes: readonly Vote[];
      since: number;
      /** 1 the first time that this gate asks: votes of an earlier round are void. */
      round: number;
    }
  | { at: 'held'; stage: 'approveSecond'; by: Person; since: number; reason?: string }
  | { at: 'choosing'; stage: 'switchBack'; since: number; until: number }
  | { at: 'halted'; stage: Stage; fault: Fault; since: number; resume: Resume }
  | { at: 'completed'; stage: 'finished'; outcome: CompletedOutcome; finishedAt: number }
  | {
      at: 'ended';
      stage: Stage;
      outcome: EndedOutcome;
      says: string;
      remedy?: string;
      by?: Person;
      finishedAt: number;
    }
>;

export type MovingStage = 'settleOnOneKey' | 'moveConsumers' | 'switchBack' | 'rollBack';
export type GateStage = 'approveFirst' | 'approveSecond';
export type CompletedOutcome = 'rotated' | 'switchedBack' | 'rolledBack' | 'oldKeyAlive';
export type EndedOutcome = 'refused' | 'declined' | 'cancelled';
/** What Retry goes back to: the same effect, or the same wait. */
export type Resume = Extract<Phase, { at: 'working' | 'moving' | 'watching' | 'awaitingApproval' }>;

/** One line of the history that the card shows. Times are epoch milliseconds. */
export type StageTime = Readonly<{ stage: Stage; from: number; to?: number }>;

/** The looks that repeat beside the path. Only the key named here is heard; an older look is stale. */
export type Chains = Readonly<{ verify?: EffectKey; traffic?: EffectKey; dead?: EffectKey }>;

export type OldKey = Readonly<
  | { proof: 'trying'; since: number; tries: number; heldBy: string }
  | { proof: 'dead'; since: number; at: number; tries: number }
  | { proof: 'unproved'; since: number; at: number; tries: number; because: string }
>;

/** A whole rotation: the row that is locked, advanced and saved. */
export type Rotation = Readonly<{
  id: RotationId;
  request: Request;
  rules: Rules;
  /** Known from `plan` on. */
  plan?: Plan;
  slots?: Readonly<Record<Slot, SlotState>>;
  /** The slot that consumers are being moved away from, once the plan is known. */
  retiring?: Slot;
  consumers: readonly Consumer[];
  waivers: readonly Waiver[];
  phase: Phase;
  history: readonly StageTime[];
  /** Who approved which gate, kept after the gate is passed. */
  approvals: Readonly<Partial<Record<Gate, readonly Vote[]>>>;
  /** How often each gate was opened, or its votes voided. */
  asked: Readonly<Partial<Record<Gate, number>>>;
  chains: Chains;
  /** The newest look at the traffic, since the first regeneration. */
  traffic?: TrafficLook;
  /** When the first regeneration was done; until then nothing was changed in Azure but perhaps secrets that settled. */
  touchedAt?: number;
  /** When the newest change was made that could hurt somebody: refusals are judged from here. */
  watchFrom?: number;
  oldKey?: OldKey;
  /** Facts that belong into the record: an adopted answer, a drift, a deviation. */
  remarks: readonly string[];
  /** Owners who couldn't be reached by direct message: named in the channel instead. */
  notReached: readonly Person[];
  /** When each consumer's owner was last asked or reminded. */
  remindedAt?: number;
  /** Counts effects, so that a new effect never reuses a key. */
  round: number;
}>;

/** What happened. `at` is epoch milliseconds: the domain has no clock of its own. */
export type Happening = Readonly<{ at: number }> &
  Readonly<
    | ({ type: 'stepDone'; key: EffectKey } & Answered)
    | { type: 'stepFailed'; key: EffectKey; fault: Fault }
    | { type: 'approved'; by: Person; stage: Stage; digest: Digest }
    | { type: 'rejected'; by: Person; stage: Stage; digest: Digest; reason?: string }
    | { type: 'declared'; by: Person; consumer: string; holds: Slot | 'neither' }
    | { type: 'confirmed'; by: Person; consumer: string; to: Slot }
    | { type: 'withdrawn'; by: Person; consumer: string; to: Slot }
    | { type: 'waiverAsked'; by: Person; subject: WaiverSubject; reason: string }
    | { type: 'waiverApproved'; by: Person; waiver: number }
    | { type: 'waiverRejected'; by: Person; waiver: number }
    | { type: 'chosen'; by: Person; choice: 'stay' | 'switchBack' }
    | { type: 'askedAgain'; by: Person }
    | { type: 'closedOldKeyAlive'; by: Person }
    | { type: 'retried'; by: Person; stage: Stage }
    | { type: 'rollBackAsked'; by: Person; stage: Stage }
    | { type: 'cancelled'; by: Person; stage?: Stage }
    | { type: 'notReached'; person: Person }
    | { type: 'timePassed' }
  >;

/** Why a click or a message changes nothing. The chat answers each with one clear sentence. */
export type Refusal =
  | 'staleCard'
  | 'planChanged'
  | 'notExpected'
  | 'ownRequest'
  | 'notAnApprover'
  | 'alreadyVoted'
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

/** What the channel or a person is told; the words are made in `application/words.ts`. */
export type News =
  | 'gateOpened'
  | 'planChanged'
  | 'declarationNeeded'
  | 'switchNeeded'
  | 'reminder'
  | 'withdrawn'
  | 'idleKeyRegenerated'
  | 'idleKeyProved'
  | 'consumersMoved'
  | 'noEvidence'
  | 'trafficQuiet'
  | 'trafficRoseTooLate'
  | 'waiverAsked'
  | 'waiverGranted'
  | 'waiverRejected'
  | 'held'
  | 'oldKeyRetired'
  | 'oldKeyDead'
  | 'oldKeyNotProvedDead'
  | 'choiceOpened'
  | 'halted'
  | 'retried'
  | 'rollingBack'
  | 'refused'
  | 'declined'
  | 'cancelled'
  | 'finished';

/** What the world must now do. Saved in the same transaction as the phase, carried out afterwards. */
export type Effect = Readonly<
  | ({ do: 'run'; key: EffectKey; attempt: number; notBefore?: number } & Asked)
  /** A threaded reply in the rotation's channel; the people named are mentioned. */
  | { do: 'say'; news: News; mention: readonly Person[]; about?: string }
  /** A direct message; when it can't be delivered, a mention in the channel. */
  | { do: 'tell'; person: Person; news: News; about?: string }
>;

export type Outcome = Readonly<{ rotation: Rotation; effects: readonly Effect[] }>;

/** Pure functions that the domain can't have of its own: SHA-256 over canonical JSON. */
export type Tools = Readonly<{ digest: (value: unknown) => Digest }>;

export const isOver = (rotation: Rotation): boolean =>
  rotation.phase.at === 'completed' || rotation.phase.at === 'ended';
