import type { TrafficSample } from '../../../domain/apiKeys/traffic.ts';
import { answered, type StepRunner } from '../../step.ts';
import { accountOf } from './keys.ts';
import { type Minute, subtractProbes, wholeMinute } from './traffic.ts';

/**
 * Seed step 3, "monitor logs or availability": what Azure Monitor shows of the account's calls, without
 * our own probes. No metrics is an answer too: it means no evidence, never that all is well.
 */
export const watchTraffic: StepRunner<'watchTraffic'> = async (tools, { rotation, ask, signal }) => {
  const account = accountOf(rotation);
  const now = tools.clock.now();
  const earliest = wholeMinute(ask.totalFrom);
  const metrics = await tools.azure.traffic.minutes(account, earliest, now, signal);
  if (!metrics.ok) return answered<'watchTraffic'>({ look: { at: now, unavailable: metrics.error.says } });
  const own = await tools.probes.minutes(account.id, earliest);
  const clients = subtractProbes(metrics.value, own);
  const visible = refusalsVisible(metrics.value, own);
  const sample = (from: number, to = now): TrafficSample => ({
    ...sum(clients, from, to),
    from,
    to,
    refusalsVisible: visible,
  });
  return answered<'watchTraffic'>({
    look: { at: now, window: sample(ask.windowFrom), total: sample(ask.totalFrom, ask.totalTo) },
  });
};

/** Azure Monitor counts in whole minutes, so the first and the last one count whole. */
function sum(
  minutes: readonly Minute[],
  from: number,
  to: number,
): Readonly<{ calls: number; refused: number }> {
  const within = minutes.filter(({ minute }) => minute >= wholeMinute(from) && minute <= to);
  return {
    calls: within.reduce((total, { calls }) => total + calls, 0),
    refused: within.reduce((total, { refused }) => total + refused, 0),
  };
}

/**
 * Whether Azure counts refused calls at all (nobody could confirm it): the random key that `plan` tried
 * was answered 401, so it must show.
 */
function refusalsVisible(metrics: readonly Minute[], own: readonly Minute[]): boolean | 'unknown' {
  if (own.every(({ refused }) => refused === 0)) return 'unknown';
  if (metrics.length === 0) return 'unknown';
  return metrics.some(({ refused }) => refused > 0);
}
