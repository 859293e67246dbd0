import type { Timing } from '../../domain/policy.ts';
import { duration, strict } from './words.ts';

const minute = 60_000;
const hour = 60 * minute;

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
};

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
} satisfies Record<keyof Timing, typeof wait>);
