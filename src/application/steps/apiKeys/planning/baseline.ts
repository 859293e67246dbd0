import type { Account } from '../../../../domain/account.ts';
import type { Plan } from '../../../../domain/apiKeys/plan.ts';
import { type Tools } from '../../../step.ts';
import { subtractProbes, wholeMinute } from '../traffic.ts';

const baselineMinutes = 60;

/** The hour before, without our own probes; null when Azure Monitor shows nothing. */
export async function baselineOf(
  tools: Tools,
  account: Account,
  signal: AbortSignal,
): Promise<Plan['baseline']> {
  const now = tools.clock.now();
  const from = wholeMinute(now - baselineMinutes * 60_000);
  const metrics = await tools.azure.traffic.minutes(account, from, now, signal);
  if (!metrics.ok || metrics.value.length === 0) return null;
  const own = await tools.probes.minutes(account.id, from);
  const clients = subtractProbes(metrics.value, own);
  return {
    minutes: baselineMinutes,
    calls: clients.reduce((sum, { calls }) => sum + calls, 0),
    refused: clients.reduce((sum, { refused }) => sum + refused, 0),
  };
}
