import type { Slot } from './apiKeys/plan.ts';

/**
 * How a call to the outside went wrong: a closed list, made once at the adapter's edge.
 * `unreachable` means that nothing was sent. `unknownOutcome` (reset, time-out, unreadable body,
 * 5xx after sending) means: look before anything else, it may have happened.
 */
export type FaultKind =
  | 'throttled'
  | 'denied'
  | 'missing'
  | 'conflict'
  | 'refused'
  | 'unreachable'
  | 'unknownOutcome'
  | 'drifted'
  | 'notProved'
  | 'bug';

/**
 * A fault in words that a person can act on. `says`: what happened; `remedy`: what to do next.
 * Neither holds a key, a token or a stack trace. `action` names the missing Azure action of a `denied`.
 */
export type Fault = Readonly<{
  kind: FaultKind;
  says: string;
  remedy: string;
  code?: string;
  action?: string;
  /** Milliseconds Azure asked us to wait (429). */
  retryAfter?: number;
  /** Slots of which nobody can say any more what they hold. */
  inDoubt?: readonly Slot[];
}>;
