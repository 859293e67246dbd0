import type { OutcomeOf } from '../effects.ts';
import type { Fault } from '../faults.ts';
import type { Refusal } from '../happenings.ts';
import type { Fingerprint } from '../ids.ts';
import type { Person } from '../people.ts';
import type { Stage } from '../procedures.ts';
import type { Result } from '../result.ts';
import type { AwaitingApproval, AwaitingWindow, Ended, Shared } from '../shared.ts';
import type { Running } from '../steps.ts';
import type { Consumer } from './consumers.ts';
import type { Plan, Slot } from './plan.ts';
import type { TrafficLook } from './traffic.ts';
import type { Waiver } from './waivers.ts';

/**
 * `live`: answered with 200 when last tried, or unchanged since. `unproved`: regenerated, not yet tried.
 * `retired`: regenerated after it was in use; its new value belongs to nobody. `unknown`: nobody can say.
 */
export type SlotState = Readonly<{
  fingerprint: Fingerprint;
  condition: 'live' | 'unproved' | 'retired' | 'unknown';
}>;

/** Where a rotation stands. Data only where the state has it. */
export type Phase = Readonly<
  | { at: 'working'; stage: Stage; running: Running }
  | { at: 'moving'; stage: MovingStage; to: Slot; since: number }
  /** `told`: whether people were told that the soak ended without evidence. */
  | { at: 'watching'; stage: 'watchTraffic'; since: number; until: number; told: boolean }
  | AwaitingApproval<GateStage>
  | AwaitingWindow<GateStage>
  | { at: 'held'; stage: 'approveSecond'; by: Person; since: number; reason?: string }
  | { at: 'choosing'; stage: 'switchBack'; since: number; until: number }
  | { at: 'halted'; stage: Stage; fault: Fault; since: number; resume: Resume }
  | { at: 'completed'; stage: 'finished'; outcome: CompletedOutcome; finishedAt: number }
  | Ended
>;

export type MovingStage = 'settleOnOneKey' | 'moveConsumers' | 'switchBack' | 'rollBack';
export type GateStage = 'approveFirst' | 'approveSecond';
export type CompletedOutcome = 'rotated' | 'switchedBack' | 'rolledBack' | 'oldKeyAlive';
/** What Retry goes back to: the same effect, or the same wait. */
export type Resume = Extract<
  Phase,
  { at: 'working' | 'moving' | 'watching' | 'awaitingApproval' | 'awaitingWindow' }
>;

export type OldKey = Readonly<
  | { proof: 'trying'; since: number; tries: number; heldBy: string }
  | { proof: 'dead'; since: number; at: number; tries: number }
  | { proof: 'unproved'; since: number; at: number; tries: number; because: string }
>;

/** A rotation of the API keys. */
export type ApiKeysRotation = Shared &
  Readonly<{
    procedure: 'apiKeys';
    /** Known from `plan` on. */
    plan?: Plan;
    slots?: Readonly<Record<Slot, SlotState>>;
    /** The slot that consumers are being moved away from, once the plan is known. */
    retiring?: Slot;
    consumers: readonly Consumer[];
    waivers: readonly Waiver[];
    phase: Phase;
    /** The newest look at the traffic, since the first regeneration. */
    traffic?: TrafficLook;
    /** When the newest change was made that could hurt somebody: refusals are judged from here. */
    watchFrom?: number;
    oldKey?: OldKey;
  }>;

export type Outcome = OutcomeOf<ApiKeysRotation>;

/** What people decide. Every refusal is a value; none of them changes anything. */
export type Decided = Result<Outcome, Refusal>;
