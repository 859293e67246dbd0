import { accountId, type AccountRow } from './estate.ts';
import type { World } from './world.ts';

/** Calls that arrived in one second. */
export interface TrafficCount {
  account: string;
  /** Epoch milliseconds of the second's start. */
  at: number;
  operation: string;
  status: number;
  deployment: string;
  calls: number;
}

/** What the data plane really received: the source of the metrics. */
export interface TrafficLog {
  count(account: AccountRow, operation: string, status: number): void;
  /** Calls of an account (ARM id) from `start` to before `end`, as far as the metrics know them by now. */
  read(account: string, start: number, end: number): TrafficCount[];
}

export function createTrafficLog(world: World, refusalsCounted: boolean): TrafficLog {
  const counts = new Map<string, TrafficCount>();
  return {
    count: (account, operation, status) => {
      if (status === 401 && !refusalsCounted) return;
      const at = Math.floor(world.now() / 1000) * 1000;
      const id = accountId(account).toLowerCase();
      const name = [id, at, operation, status].join(' ');
      const known = counts.get(name);
      if (known) known.calls += 1;
      else
        counts.set(name, {
          account: id,
          at,
          operation,
          status,
          deployment: account.deployments[0] ?? '',
          calls: 1,
        });
    },
    read: (account, start, end) => {
      const known = world.now() - world.timing.metricsLag;
      return [...counts.values()].filter(
        (one) => one.account === account.toLowerCase() && one.at >= start && one.at < end && one.at <= known,
      );
    },
  };
}
