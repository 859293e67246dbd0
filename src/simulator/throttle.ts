/** Token buckets of ARM, per principal and subscription (azure.microsoft.com/updates, 13 March 2024). */
export interface Throttle {
  writes: { capacity: number; refillPerSecond: number };
  reads: { capacity: number; refillPerSecond: number };
}

export const armThrottle: Throttle = {
  writes: { capacity: 200, refillPerSecond: 10 },
  reads: { capacity: 250, refillPerSecond: 25 },
};

export interface Buckets {
  /** Takes one token. `remaining` is what is left; `retryAfter` (seconds) is given when there was none. */
  take(kind: 'writes' | 'reads', who: string): { remaining: number; retryAfter?: number };
  remaining(kind: 'writes' | 'reads', who: string): number;
}

export function createBuckets(throttle: Throttle, now: () => number): Buckets {
  const levels = new Map<string, { level: number; at: number }>();
  const look = (kind: 'writes' | 'reads', who: string): { level: number; at: number } => {
    const { capacity, refillPerSecond } = throttle[kind];
    const at = now();
    const last = levels.get(`${kind} ${who}`) ?? { level: capacity, at };
    return { level: Math.min(capacity, last.level + ((at - last.at) / 1000) * refillPerSecond), at };
  };
  return {
    remaining: (kind, who) => Math.floor(look(kind, who).level),
    take: (kind, who) => {
      const bucket = look(kind, who);
      if (bucket.level < 1) {
        const wait = (1 - bucket.level) / throttle[kind].refillPerSecond;
        return { remaining: 0, retryAfter: Math.max(1, Math.ceil(wait)) };
      }
      levels.set(`${kind} ${who}`, { ...bucket, level: bucket.level - 1 });
      return { remaining: Math.floor(bucket.level - 1) };
    },
  };
}
