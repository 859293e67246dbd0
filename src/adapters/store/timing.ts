/** Milliseconds, except `connections`. The defaults are those of production. */
export type StoreTiming = Readonly<{
  /** How long an effect stays with a worker that has stopped renewing its claim. */
  lease: number;
  /** Between two looks for rows whose job was lost. */
  sweep: number;
  /** Between two looks of pg-boss at its timers; at least 500. */
  poll: number;
  /** Between two questions to a connection that holds a lock, and how long each may take. */
  lockHeartbeat: number;
  /** Between two looks at an inbox row, in case its notification was lost. */
  answerLook: number;
  /** How long `close` waits for what was begun. */
  stop: number;
  /** Size of the pool, beside the direct connections. */
  connections: number;
}>;

export const defaultTiming: StoreTiming = {
  lease: 10_000,
  sweep: 2_000,
  poll: 1_000,
  lockHeartbeat: 2_000,
  answerLook: 1_000,
  stop: 10_000,
  connections: 20,
};
