import type { Call } from './http.ts';

/**
 * What goes wrong with one request. The caller has been let in by then (a Key Vault challenge uses nothing up).
 * - `{ status }`: that answer; the effect doesn't happen unless `afterEffect`.
 * - `lostBefore`: connection destroyed, no effect. `lostAfter`: effect, then connection destroyed.
 * - `{ landsLate }`: the effect happens that many ms later, whether or not the client has given up by then; its
 *   connection is destroyed at once, or with `socket: 'hang'` only after the effect.
 * - `partialBody`: effect, then half an answer. `{ delay }`: effect at once, answer later. `hang`: nothing, ever.
 */
export type Fault =
  | {
      status: number;
      code?: string;
      message?: string;
      /** Seconds, or any text that Retry-After may hold. */
      retryAfter?: number | string;
      afterEffect?: boolean;
    }
  | 'lostBefore'
  | 'lostAfter'
  | { landsLate: number; socket?: 'close' | 'hang' }
  | 'partialBody'
  | { delay: number }
  | 'hang';

export interface FaultPlan {
  /** `path`: part of the decoded path (any case), or an expression over it. `principal`: name of who asks. */
  match: { method?: string; path: RegExp | string; principal?: string };
  /** How many requests it strikes; 1 unless said. */
  times?: number;
  fault: Fault;
}

export interface Faults {
  /** Strikes the next matching requests. Several plans for the same path strike in the order they were made. */
  next(plan: FaultPlan): void;
  /** Plans that have not struck yet. */
  pending(): number;
  clear(): void;
}

export interface FaultQueue extends Faults {
  take(call: Call, principal?: string): Fault | undefined;
}

export function createFaults(): FaultQueue {
  let plans: { plan: FaultPlan; left: number }[] = [];
  const matches = ({ match }: FaultPlan, call: Call, principal?: string): boolean =>
    (match.principal === undefined || match.principal === principal) &&
    (match.method === undefined || match.method.toUpperCase() === call.method) &&
    (typeof match.path === 'string'
      ? call.path.toLowerCase().includes(match.path.toLowerCase())
      : // search() ignores lastIndex, so a /g expression can't miss every other request
        call.path.search(match.path) >= 0);
  return {
    next: (plan) => void plans.push({ plan, left: plan.times ?? 1 }),
    pending: () => plans.reduce((sum, { left }) => sum + left, 0),
    clear: () => {
      plans = [];
    },
    take: (call, principal) => {
      const found = plans.find(({ plan }) => matches(plan, call, principal));
      if (!found) return undefined;
      found.left -= 1;
      plans = plans.filter(({ left }) => left > 0);
      return found.plan.fault;
    },
  };
}
