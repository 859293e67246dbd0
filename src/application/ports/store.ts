import type { Fault } from '../../domain/faults.ts';
import type { KeyAddress } from '../../domain/encryptionKey/key.ts';
import type { AccountId, Digest, EffectKey, RotationId } from '../../domain/ids.ts';
import type { Person } from '../../domain/people.ts';
import type { Gate } from '../../domain/policy.ts';
import type { Place } from '../../domain/request.ts';
import type { Rotation } from '../../domain/rotation.ts';
import type { Asked } from '../../domain/steps.ts';
import type { PolicyVersion } from './policy.ts';
import type { Answer, Said } from '../conversation.ts';
import type { SignedIn } from './signIns.ts';

/** What somebody asked for in Teams, as the chat side wrote it down. It decided nothing. */
export type InboxRow = Readonly<{
  id: string;
  /** Unique: the conversation and the activity's id, so a repeated activity is one row. */
  activity: string;
  by: Person;
  said: Said;
  /** The message whose button was pressed; absent for what was typed. */
  clicked?: Clicked;
  receivedAt: number;
}>;

/** A message of ours in Teams, as the chat names it. Where a card stands is the clicker's client's word. */
export type Clicked = Readonly<{ conversation: string; activityId: string }>;

/** The audit record of one change. `detail` holds fingerprints at most, never a value. */
export type AuditEvent = Readonly<{ at: number; type: string; by?: Person; detail: unknown }>;

export type NewEffect = Readonly<{
  key: EffectKey;
  rotation: RotationId;
  attempt: number;
  notBefore?: number;
}> &
  Asked;

/**
 * What Teams must be shown. `card`: a living card, rendered from the current state when it is delivered,
 * so several pending ones are one. `message`: a threaded reply. `direct`: a message to one person.
 * `mentions` are people to be named; `text` holds `<at>n</at>` where the n-th (from 0) stands. `replaced`:
 * a card that was sent twice, because nobody heard that it had arrived, is edited to say where its twin is.
 */
export type OutboxContent = Readonly<
  | { kind: 'card'; card: CardName }
  | { kind: 'message'; text: string; mentions: readonly Person[] }
  | { kind: 'direct'; person: Person; text: string; card?: CardName }
  /** What became of what somebody said, when it took so long that they were told to wait. */
  | { kind: 'answer'; person: Person; answer: Answer }
  /** `person`: in whose personal chat it stands; absent: in the channel. */
  | { kind: 'replaced'; activityId: string; person?: Person }
>;

/**
 * `living`: the one card of the rotation. `consumer:<name>:<object id>`: the card that asks one owner
 * about one consumer, in their personal chat. `gate:<gate>:<object id>`: the card that asks one approver, in
 * theirs. `review:<object id>`: the one that asks somebody whom an emergency skipped for a review.
 * `waiver:<id>`: a waiver's own card with its votes.
 */
export type CardName =
  | 'living'
  | `consumer:${string}:${string}`
  | `gate:${Gate}:${string}`
  | `review:${string}`
  | `waiver:${number}`;

export type OutboxRow = Readonly<{
  id: string;
  rotation: RotationId;
  /** Delivered in order per lane: the place's conversation, or the person's. */
  lane: string;
  content: OutboxContent;
  attempts: number;
}>;

/** One transaction. What is saved in it is saved together or not at all; jobs are sent in it too. */
export interface Tx {
  /** Adds the row, its audit event and the first living card. Refused with the running one's id when the same account already has a rotation that isn't over. */
  insertRotation(rotation: Rotation, salt: string, event: AuditEvent): Promise<RotationId | null>;
  /** Locks the row until the end of the transaction. */
  lockRotation(id: RotationId): Promise<Rotation | null>;
  /** Saves the row, appends the audit event, marks the living cards to be redrawn. `wakeAt`: the row's own next deadline. Without an event nothing happened: only `wakeAt` is kept. */
  saveRotation(rotation: Rotation, event: AuditEvent | null, wakeAt: number | null): Promise<void>;
  /** Another rotation of the same ARM account that isn't over. */
  runningOn(accountId: string, otherThan: RotationId): Promise<RotationId | null>;
  addEffects(effects: readonly NewEffect[]): Promise<void>;
  finishEffect(key: EffectKey, attempt: number): Promise<void>;
  addOutbox(rotation: RotationId, contents: readonly OutboxContent[]): Promise<void>;
  /** Locks an inbox row until the end of the transaction; false when it is answered already or another worker has it. */
  claimInbox(id: string): Promise<boolean>;
  /** Also erases the token that the row may hold. */
  answerInbox(id: string, answer: Answer): Promise<void>;
  /** Writes down that a vote is counted with this sign-in; false when one was already. */
  useSignIn(signIn: SignedIn, rotation: RotationId, at: number): Promise<boolean>;
  /**
   * Compares a clicked message with the card as it was sent. `known`: it is that card, or another one that
   * we know. `adopted`: none was known to have been sent, so this one is it from now on. `twin`: another
   * one is.
   */
  recogniseCard(
    rotation: RotationId,
    card: CardName,
    clicked: Clicked,
  ): Promise<'known' | 'adopted' | 'twin'>;
}

export type EffectRow = NewEffect & Readonly<{ done: boolean }>;

/** Intent and outcome of one non-idempotent call, e.g. a regenerateKey or one secret's write. `before` and `after` hold fingerprints and versions only. */
export type JournalRow = Readonly<{
  call: string;
  state: 'started' | 'done';
  before: unknown;
  after?: unknown;
  found?: 'answered' | 'adopted';
  startedAt: number;
  /** How often the request was sent: more than one only after absence was proved. */
  sends: number;
}>;

/** What happened to this lock attempt: the work's answer, or somebody else holds it. */
export type Locked<T> = Readonly<{ held: true; value: T } | { held: false }>;

export interface Journal {
  find(call: string): Promise<JournalRow | null>;
  /** Commits `started` before the call is sent; again after proved absence, counting `sends`. */
  start(call: string, rotation: RotationId, before: unknown, at: number): Promise<void>;
  finish(call: string, after: unknown, found: 'answered' | 'adopted', at: number): Promise<void>;
  /** A call that certainly had no effect (refused, denied, throttled, not sent): the intent is taken back. */
  withdraw(call: string, fault: Fault, at: number): Promise<void>;
  /**
   * Holds a session advisory lock on `key` on a dedicated direct connection while `work` runs;
   * `signal` aborts when that connection dies.
   */
  withLock<T>(key: string, work: (signal: AbortSignal) => Promise<T>): Promise<Locked<T>>;
}

/** Our own probes against the data plane, so that the traffic can be counted without them. */
export interface ProbeLog {
  add(account: string, at: number, statuses: readonly number[]): Promise<void>;
  /** Per whole minute (epoch ms). */
  minutes(
    account: string,
    from: number,
  ): Promise<readonly Readonly<{ minute: number; calls: number; refused: number }>[]>;
}

/** What earlier rotations of an account's encryption key have put under guard. */
export interface Guards {
  /** The rotations of this account's encryption key that have versions to watch, newest first, running ones too. */
  of(account: AccountId): Promise<readonly Guard[]>;
}

export type Guard = Readonly<{
  rotation: RotationId;
  /** When it was asked for, in epoch ms. */
  at: number;
  /** Its looks go on. */
  watching: boolean;
  versions: readonly KeyAddress[];
}>;

/** Every version of the policy that was ever in force, so that a record that names a digest can be read years later. */
export interface PolicyVersions {
  /** Keeps a version under its digest; nothing to do when it is there. */
  keep(version: PolicyVersion, at: number): Promise<void>;
  find(digest: Digest): Promise<Readonly<{ text: string; since: number }> | null>;
}

/** Where a card was sent: known after its first delivery. */
export type SentCard = Readonly<{ card: CardName; conversation: string; activityId: string }>;

export interface Outbox {
  /** The oldest row of a lane that is due, claimed for `leaseMs`; null when there is none or someone else delivers this lane. */
  next(lane: string, now: number, leaseMs: number): Promise<OutboxRow | null>;
  lanes(now: number): Promise<readonly string[]>;
  sentCard(rotation: RotationId, card: CardName): Promise<SentCard | null>;
  sent(id: string, sent: SentCard | null): Promise<void>;
  /** The message that held the card is gone: the next delivery posts it anew. */
  forgetCard(rotation: RotationId, card: CardName): Promise<void>;
  postpone(id: string, until: number, why: string): Promise<void>;
  /** Given up for good (403, 404, 413): this row only, the lane goes on. */
  park(id: string, why: string): Promise<void>;
  /** Timestamps (epoch ms) of the sends into a conversation in the last hour, newest first, for Teams' send limits. */
  recentSends(lane: string, since: number): Promise<readonly number[]>;
}

export interface Rotations {
  find(id: RotationId): Promise<Rotation | null>;
  salt(id: RotationId): Promise<string>;
  /** Newest first. */
  list(limit: number): Promise<readonly Rotation[]>;
  runningFor(accountName: string): Promise<RotationId | null>;
  events(id: RotationId): Promise<readonly AuditEvent[]>;
  /** Rotations whose own deadline has come. */
  due(now: number): Promise<readonly RotationId[]>;
}

export interface Inbox {
  /** Writes a row down, once per activity. Gives the row's id, the earlier one's for a repeated activity. */
  post(
    activity: string,
    by: Person,
    said: Said,
    at: number,
    clicked?: Clicked,
  ): Promise<Readonly<{ id: string; repeated: boolean }>>;
  /** Waits for the worker's answer; null when it takes longer. */
  answer(id: string, withinMs: number): Promise<Answer | null>;
  /** Rows not yet answered, oldest first, in order per rotation; those after the row named. */
  waiting(limit: number, after?: string): Promise<readonly InboxRow[]>;
  /** Wakes the workers, as a new row does: one that waits can be answered now. */
  wake(): Promise<void>;
}

export interface Effects {
  find(key: EffectKey): Promise<EffectRow | null>;
}

/** What wakes the worker. Each is a wake-up that carries an id; a stale one is a no-op. */
export interface Wakers {
  inbox(): Promise<void>;
  /** Gives the time to come back at (epoch ms), or null when it is done. */
  effect(key: EffectKey): Promise<number | null>;
  rotation(id: RotationId): Promise<void>;
  outbox(lane: string): Promise<number | null>;
}

export interface Store {
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  readonly rotations: Rotations;
  readonly inbox: Inbox;
  readonly effects: Effects;
  readonly journal: Journal;
  readonly outbox: Outbox;
  readonly probes: ProbeLog;
  readonly guards: Guards;
  readonly policies: PolicyVersions;
  /** Starts the jobs; resolves when they run. */
  work(wakers: Wakers): Promise<void>;
  close(): Promise<void>;
}

export type { Place };
