import type { RegisteredConsumer } from './consumers.ts';
import type { Digest } from './ids.ts';
import type { Person } from './people.ts';

/** `prepare` stands before the idle key dies, `retire` before the key that was in use dies. */
export type Gate = 'prepare' | 'retire';

/** How many of whom. The requester never counts. */
export type GateRule = Readonly<{ need: number; from: readonly Person[] }>;

/** What happens after the retirement: stay on the new slot, go back, or ask on a card (and stay when nobody answers). */
export type Afterwards = 'stay' | 'ask' | 'switchBack';

/** The policy as it applies to one account: kept with the rotation, so that the record says which rules applied. */
export type Rules = Readonly<{
  gates: Readonly<Record<Gate, GateRule>>;
  consumers: readonly RegisteredConsumer[];
  afterwards: Afterwards;
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
}>;
