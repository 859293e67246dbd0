import type { Generated } from 'kysely';
import type { Answer, Said } from '../../application/conversation.ts';
import type { Clicked, OutboxContent } from '../../application/ports/store.ts';
import type { Fault } from '../../domain/faults.ts';
import type { Digest, EffectKey, RotationId } from '../../domain/ids.ts';
import type { Person } from '../../domain/people.ts';
import type { Rotation } from '../../domain/rotation.ts';
import type { Asked } from '../../domain/steps.ts';

/** The tables of the schema `keysmith`, as `migrations.ts` makes them. Times without a type are epoch milliseconds. */
export interface Tables {
  rotations: {
    id: RotationId;
    /** As it was typed, in lower case. */
    account: string;
    /** The ARM id in lower case, known from the plan on. */
    account_id: string | null;
    over: boolean;
    state: Rotation;
    wake_at: number | null;
    seq: Generated<number>;
    created_at: Generated<Date>;
    updated_at: Generated<Date>;
  };
  /** Apart from the rotations: the chat side may read those, and has no use for a salt. */
  salts: { rotation: RotationId; salt: string };
  events: {
    id: Generated<number>;
    rotation: RotationId;
    /** The rotation's own count: 1 is its beginning. */
    seq: number;
    at: number;
    type: string;
    by: Person | null;
    detail: unknown;
    recorded_at: Generated<Date>;
  };
  inbox: {
    id: Generated<number>;
    activity: string;
    by: Person;
    said: Said;
    clicked: Generated<Clicked | null>;
    received_at: number;
    answer: Answer | null;
    answered_at: Date | null;
  };
  effects: {
    key: EffectKey;
    rotation: RotationId;
    attempt: number;
    asked: Asked;
    not_before: number | null;
    due_at: number;
    done: Generated<boolean>;
    /** By the database's own clock: instances needn't agree about the time to take turns. */
    lease_until: Date | null;
  };
  journal: {
    call: string;
    rotation: RotationId;
    state: 'started' | 'done' | 'withdrawn';
    before: unknown;
    after: unknown;
    found: 'answered' | 'adopted' | null;
    fault: Fault | null;
    started_at: number;
    finished_at: number | null;
    sends: Generated<number>;
  };
  probes: { account: string; minute: number; calls: number; refused: number };
  outbox: {
    id: Generated<number>;
    rotation: RotationId;
    lane: string;
    /** The card that this row shows or brings. */
    card: string | null;
    content: OutboxContent;
    state: Generated<'pending' | 'sent' | 'parked'>;
    attempts: Generated<number>;
    not_before: Generated<number>;
    lease_until: Generated<number>;
    why: string | null;
    settled_at: number | null;
  };
  cards: { rotation: RotationId; card: string; conversation: string; activity_id: string };
  sends: { lane: string; at: number };
  policies: { digest: Digest; meaning: unknown; text: string; since: number };
  /** `id`: SHA-256 of what tells the token from every other. */
  sign_ins: { id: string; rotation: RotationId; used_at: number; expires: number };
}
