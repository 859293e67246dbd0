import type { Person } from '../../domain/people.ts';
import type { Place } from '../../domain/request.ts';
import type { Rotation } from '../../domain/rotation.ts';
import type { Answer } from '../conversation.ts';
import type { CardName } from './store.ts';

/** Where something is sent: a conversation (a channel's thread when `thread` is known), or a person. */
export type Target = Readonly<
  { to: 'place'; place: Place; thread?: string } | { to: 'person'; person: Person; via: Place }
>;

export type Outgoing = Readonly<
  | { kind: 'text'; text: string; mentions: readonly Person[] }
  /** Rendered from `rotation` at this moment; `now` is epoch ms. `over`: the activity to edit in place. */
  | { kind: 'card'; card: CardName; rotation: Rotation; now: number; over?: string; text?: string }
  /** What became of something that somebody said. */
  | { kind: 'answer'; rotation: Rotation; answer: Answer }
  /** Says, in place of a card, that a newer one took its place. */
  | { kind: 'replaced'; rotation: Rotation; over: string }
>;

/**
 * `later`: 429, 412, 502, 504 or no connection; `after` in ms when Teams said so. `never`: 403, 404, 413
 * and their like. `unknown`: the answer was lost, so it may stand there already.
 */
export type Delivery = Readonly<
  | { ok: true; conversation: string; activityId: string }
  | { ok: false; when: 'later' | 'unknown'; after?: number; why: string }
  | { ok: false; when: 'never'; status: number; why: string }
>;

/** Sends into Teams; one send a call, with a time-out, and every failure as a value. */
export interface Messenger {
  send(target: Target, what: Outgoing): Promise<Delivery>;
}
