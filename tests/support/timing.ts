import type { Timing } from '../../src/domain/policy.ts';

/** Every wait of a rotation as short as a test wants it (ms); name those that the test is about. */
export const quickTiming = (change: Partial<Timing> = {}): Timing => ({
  soak: 1500,
  metricsLag: 0,
  watchEvery: 300,
  receiptEvery: 100,
  remindEvery: 60_000,
  choiceWithin: 60_000,
  deadEvery: 200,
  deadWithin: 20_000,
  wrapEvery: 100,
  wrapUsually: 5000,
  wrapPatience: 30_000,
  rightEvery: 200,
  rightWithin: 10_000,
  guardEvery: 300,
  expiryWarning: 2_592_000_000,
  ...change,
});
