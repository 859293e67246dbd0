import type { RegisteredConsumer } from './apiKeys/consumers.ts';
import type { Digest } from './ids.ts';
import type { Person } from './people.ts';

/**
 * `prepare` stands before the idle key dies, and before an account is pointed at another encryption key;
 * `retire` before the key that was in use dies; `oneWay` before an account leaves its Microsoft-managed
 * encryption key, which nobody can undo.
 */
export type Gate = 'prepare' | 'retire' | 'oneWay';

/**
 * The rules that the policy has by name: those of the gates, `waive` for going on without a proof (without
 * it that of `retire` counts), `breakGlass` for emergencies, in the place of `prepare` and `retire`.
 */
export type RuleName = Gate | 'waive' | 'breakGlass';

/**
 * People whom somebody else keeps together: whether a person is one of them is looked up when they vote.
 * `id` tells them apart in the record; `name` is for reading only.
 */
export type Group = Readonly<{ id: string; name: string }> &
  Readonly<
    | { kind: 'entraGroup'; group: string }
    | { kind: 'channelMembers' | 'channelOwners'; team: string; channel: string }
  >;

export type Voters = Readonly<{ people: readonly Person[]; groups: readonly Group[] }>;

/** How many of whom may decide, and who may not. Durations in milliseconds. */
export type GateRule = Readonly<{
  need: number;
  from: readonly Person[];
  /** Their members may vote as well. */
  groups?: readonly Group[];
  /** One vote at least must come from here. */
  atLeastOne?: Voters;
  /** Whoever asked may vote too. Without it: never. */
  requester?: 'in';
  /** The owners of the consumers may not vote. Without it they may. */
  consumerOwners?: 'out';
  /** Nobody who voted at one of these gates of the same rotation may vote here. */
  notAlso?: readonly Gate[];
  /** How long a vote counts while the quorum isn't reached. */
  votesExpire?: number;
  /** After how long without a quorum others may vote as well, and are asked to. */
  escalate?: Readonly<{ after: number; to: Voters }>;
  /** A vote counts only of somebody who has signed in anew within this time. */
  signIn?: Readonly<{ within: number }>;
}>;

/** When what was approved may be carried out. */
export type Execution = Readonly<{
  /** None: at any time that isn't frozen. */
  windows: readonly ExecutionWindow[];
  freezes: readonly Freeze[];
  /** How long an approval may wait for a window (ms); afterwards it is asked for again. */
  within: number;
}>;

/** Every week. `days`: ISO weekdays, 1 is Monday; `from`, `to`: `HH:MM` in `zone` (IANA); to before from: over midnight. */
export type ExecutionWindow = Readonly<{ days: readonly number[]; from: string; to: string; zone: string }>;

/** Nothing is carried out in this time (epoch ms); `says` why. */
export type Freeze = Readonly<{ from: number; to: number; says: string }>;

/** What happens after the retirement: stay on the new slot, go back, or ask on a card (and stay when nobody answers). */
export type Afterwards = 'stay' | 'ask' | 'switchBack';

/** What a new encryption key is like. */
export type EncryptionRules = Readonly<{
  type: 'RSA' | 'RSA-HSM';
  bits: number;
  /** Milliseconds that a new version lives; absent: as the vault's own rotation policy says, else for ever. */
  lifetime?: number;
}>;

/** The policy as it applies to one account: kept with the rotation, so that the record says which rules applied. */
export type Rules = Readonly<{
  /** Without `oneWay` nobody may go through that door, without `breakGlass` nobody may hurry. */
  gates: Readonly<
    Record<'prepare' | 'retire', GateRule> & Partial<Record<'oneWay' | 'waive' | 'breakGlass', GateRule>>
  >;
  /** Absent: at any time. */
  execution?: Execution;
  consumers: readonly RegisteredConsumer[];
  afterwards: Afterwards;
  encryption: EncryptionRules;
  timing: Timing;
  /** Digest of the whole policy file that this was resolved from. */
  policy: Digest;
}>;

/** Every wait of a rotation, in milliseconds. Settings; nothing in the code shortens them. */
export type Timing = Readonly<{
  /** Watching the traffic before the second gate, and again after each regeneration. */
  soak: number;
  /** How long Azure Monitor takes to show a call: the soak is judged this much later. */
  metricsLag: number;
  /** Between two looks at Azure Monitor. */
  watchEvery: number;
  /** Between two looks at the receipts of the consumers. */
  receiptEvery: number;
  /** After how long without a receipt the owner is reminded, and again. */
  remindEvery: number;
  /** How long the choice of switching back stands open before the rotation stays where it is. */
  choiceWithin: number;
  /** Between two tries of the retired key. */
  deadEvery: number;
  /** After how long the proof that the retired key is dead is given up, and said so. */
  deadWithin: number;
  /** Between two looks at a change of the encryption key that Azure has accepted. */
  wrapEvery: number;
  /** After how long that takes longer than usual, which is said once. Also how long an account is watched that follows its key by itself. */
  wrapUsually: number;
  /** After how long the wait is given up and people are asked; at least 30 minutes in production. */
  wrapPatience: number;
  /** Between two tries of a right that was granted and may not be in force yet, and how long it is waited for. */
  rightEvery: number;
  rightWithin: number;
  /** Between two looks at the key versions that must stay enabled. */
  guardEvery: number;
  /** How long before the current version's expiry the channel is alarmed. */
  expiryWarning: number;
}>;
