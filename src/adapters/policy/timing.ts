import type { Timing } from '../../domain/policy.ts';
import { duration, span, strict } from './words.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** What stands for a wait that the file doesn't mention: slow, because a mistake here costs an outage. */
export const defaultTiming: Timing = {
  soak: 30 * minute,
  // "metrics are typically available within 3 minutes" and sometimes more
  metricsLag: 5 * minute,
  watchEvery: 5 * minute,
  receiptEvery: minute,
  remindEvery: 4 * hour,
  choiceWithin: 24 * hour,
  deadEvery: 5 * minute,
  // gateways can take a replaced key for "up to several hours" (learn.microsoft.com, disable-local-auth)
  deadWithin: 8 * hour,
  wrapEvery: 15_000,
  wrapUsually: 10 * minute,
  wrapPatience: 60 * minute,
  rightEvery: 30_000,
  // people saw 5 to 10 minutes pass (hashicorp/terraform-provider-azurerm#32855)
  rightWithin: 15 * minute,
  guardEvery: hour,
  expiryWarning: 30 * day,
};

/** Shorter, and a move that is merely slow would be taken for one that failed. */
export const leastWrapPatience = 30 * minute;

const wait = duration.exactOptional();

export const timing = strict({
  soak: wait,
  metricsLag: wait,
  watchEvery: wait,
  receiptEvery: wait,
  remindEvery: wait,
  choiceWithin: wait,
  deadEvery: wait,
  deadWithin: wait,
  wrapEvery: wait,
  wrapUsually: wait,
  wrapPatience: wait,
  rightEvery: wait,
  rightWithin: wait,
  guardEvery: wait,
  // no timer waits for it: it is compared with a date
  expiryWarning: span.exactOptional(),
} satisfies Record<keyof Timing, typeof wait>);
