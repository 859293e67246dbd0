import type { Vote } from './approval.ts';
import type { Digest, EffectKey, RotationId } from './ids.ts';
import type { Person } from './people.ts';
import type { Gate, RuleName, Rules } from './policy.ts';
import type { Stage } from './procedures.ts';
import type { Request } from './request.ts';

/** One line of the history that the card shows. Times are epoch milliseconds. */
export type StageTime = Readonly<{ stage: Stage; from: number; to?: number }>;

/** The looks that repeat beside the path. */
export type Chain = 'verify' | 'traffic' | 'dead' | 'wrap' | 'guard';

/** Only the key named here is heard; an older look of the same chain is stale. */
export type Chains = Readonly<Partial<Record<Chain, EffectKey>>>;

/** People of groups, by the group's id, as they were seen at one time: for display only. */
export type Members = Readonly<Record<string, readonly Person[]>>;

/** What a rotation of either procedure has. */
export type Shared = Readonly<{
  id: RotationId;
  request: Request;
  rules: Rules;
  history: readonly StageTime[];
  /** Who approved which gate, kept after the gate is passed. */
  approvals: Readonly<Partial<Record<Gate, readonly Vote[]>>>;
  /** How often each gate was opened, or its votes voided. */
  asked: Readonly<Partial<Record<Gate, number>>>;
  chains: Chains;
  /** When the first change was made in Azure that somebody may feel. */
  touchedAt?: number;
  /** Members of the policy's groups as they were seen at the time of the plan, by group id; a group that couldn't be listed is missing. */
  members?: Members;
  /** The rules whose second group was called in. */
  escalated?: readonly RuleName[];
  /** After an emergency: somebody who was skipped must look at it. */
  review?: Review;
  /** Facts that belong into the record: an adopted answer, a drift, a deviation. */
  remarks: readonly string[];
  /** People who couldn't be reached by direct message: named in the channel instead. */
  notReached: readonly Person[];
  /** When whoever is waited for was last asked or reminded. */
  remindedAt?: number;
  /** Counts effects, so that a new effect never reuses a key. */
  round: number;
}>;

export type EndedOutcome = 'refused' | 'declined' | 'cancelled';

/** Owed after an emergency, and chased until it is given. Times in epoch ms. */
export type Review = Readonly<
  | { state: 'owed'; since: number; remindedAt: number }
  | { state: 'given'; at: number; by: Person; says: string }
>;

/** Approved, and waiting for the time in which it may be carried out. */
export type AwaitingWindow<S extends Stage> = Readonly<{
  at: 'awaitingWindow';
  stage: S;
  gate: Gate;
  /** What was approved: if it changes meanwhile, it is asked for again. */
  digest: Digest;
  since: number;
  /** When the next window opens; when the approval is too old, and is asked for again. Epoch ms. */
  until: number;
  expires: number;
}>;

/** A gate that waits for its quorum. */
export type AwaitingApproval<S extends Stage> = Readonly<{
  at: 'awaitingApproval';
  stage: S;
  gate: Gate;
  digest: Digest;
  votes: readonly Vote[];
  since: number;
  /** 1 the first time that this gate asks: votes of an earlier round are void. */
  round: number;
}>;

/** The buttons that are safe in a state, and why Roll back isn't there when somebody might look for it. */
export type SafeActions = Readonly<{
  retry: boolean;
  /** Once what stood in the way has been mended: everything is checked anew. */
  checkAgain: boolean;
  rollBack: boolean;
  cancel: boolean;
  whyNotRollBack?: string;
  whyNotCancel?: string;
}>;

/** A rotation that came to nothing, and why. */
export type Ended = Readonly<{
  at: 'ended';
  stage: Stage;
  outcome: EndedOutcome;
  says: string;
  remedy?: string;
  by?: Person;
  finishedAt: number;
}>;
