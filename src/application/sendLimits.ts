/**
 * Teams' limits for one bot in one thread: 7 sends in 1 s, 8 in 2 s, 60 in 30 s, 1,800 in 1 h.
 * Source: "Rate limiting for bots", Microsoft Learn (numbers may change); one below each is used.
 */
const limits = [
  { sends: 6, within: 1000 },
  { sends: 7, within: 2000 },
  { sends: 59, within: 30_000 },
  { sends: 1799, within: 3_600_000 },
] as const;

/** When the next send is allowed (epoch ms), given the times of earlier ones, newest first. */
export const sendAllowedAt = (earlier: readonly number[], now: number): number =>
  limits.reduce((allowed, { sends, within }) => {
    const oldest = earlier[sends - 1];
    return oldest === undefined ? allowed : Math.max(allowed, oldest + within);
  }, now);
