import type { Digest, EffectKey } from './ids.ts';
import type { Person } from './people.ts';
import type { Execution } from './policy.ts';
import type { Asked } from './steps.ts';

/** News that either procedure has. */
export type SharedNews =
  | 'gateOpened'
  | 'planChanged'
  | 'voteWithdrawn'
  | 'votesExpired'
  | 'escalated'
  | 'approvalExpired'
  | 'windowAwaited'
  | 'skipped'
  | 'reviewOwed'
  | 'reviewed'
  | 'reminder'
  | 'choiceOpened'
  | 'halted'
  | 'retried'
  | 'rollingBack'
  | 'refused'
  | 'declined'
  | 'cancelled'
  | 'finished';

export type ApiKeysNews =
  | SharedNews
  | 'declarationNeeded'
  | 'switchNeeded'
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
  | 'oldKeyNotProvedDead';

export type EncryptionNews =
  | SharedNews
  | 'keyToChoose'
  | 'keyUnfit'
  | 'keyVersionCreated'
  | 'accountPointed'
  | 'rightAwaited'
  | 'wrapIsSlow'
  | 'encryptionVerified'
  | 'guardAlarm'
  | 'guardMended';

/** What the channel or a person is told; the words are made in `application/words`. */
export type News = ApiKeysNews | EncryptionNews;

/** What the world must now do. Saved in the same transaction as the phase, carried out afterwards. */
export type Effect = Readonly<
  | ({ do: 'run'; key: EffectKey; attempt: number; notBefore?: number } & Asked)
  /** A threaded reply in the rotation's channel; the people named are mentioned. */
  | { do: 'say'; news: News; mention: readonly Person[]; about?: string }
  /** A direct message; when it can't be delivered, a mention in the channel. */
  | { do: 'tell'; person: Person; news: News; about?: string }
>;

/** A rotation after something happened to it, and what the world must now do. */
export type OutcomeOf<R> = Readonly<{ rotation: R; effects: readonly Effect[] }>;

/** Pure functions that the domain can't have of its own, since they need a library. */
export type Tools = Readonly<{
  /** SHA-256 over canonical JSON. */
  digest: (value: unknown) => Digest;
  /** From when on (epoch ms, not before `at`) something may be carried out: `at` itself where a window is open. */
  nextOpen: (execution: Execution, at: number) => number;
}>;
