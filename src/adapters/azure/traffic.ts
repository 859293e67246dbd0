import { MetricsClient, type MetricsQueryResult } from '@azure/monitor-query-metrics';
import type { AzureTraffic } from '../../application/ports/azure.ts';
import type { Fault } from '../../domain/faults.ts';
import type { Account } from '../../domain/account.ts';
import { ok, type Result } from '../../domain/result.ts';
import { callAzure, type Context } from './call.ts';

const namespace = 'Microsoft.CognitiveServices/accounts';
/** The only metric of these accounts that is split by status code; counted for the kinds with the OpenAI surface. */
const metric = 'AzureOpenAIRequests';
/** Azure gives the ten largest series unless told otherwise, and a few 401s would be the eleventh. */
const series = 200;
const minute = 60_000;

type Minute = Readonly<{ minute: number; calls: number; refused: number }>;

export function openTraffic(context: Context): AzureTraffic {
  async function minutes(
    account: Account,
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<Result<readonly Minute[], Fault>> {
    const start = Math.floor(from / minute) * minute;
    const endpoint = context.endpoints.metricsOf(account.location);
    const queried = await callAzure(
      context,
      new URL(endpoint).origin,
      {
        name: 'traffic',
        doing: `show the traffic of ${account.name}`,
        thing: `The account ${account.name}`,
        sends: 'retried',
        needs: { action: 'Microsoft.Insights/metrics/read', role: 'Monitoring Reader' },
      },
      async ({ client, options }) => {
        const metrics = new MetricsClient(endpoint, context.credential, {
          ...client,
          credentials: { scopes: [context.endpoints.armScope] },
        });
        return metrics.queryResources([account.id], [metric], namespace, {
          ...options,
          startTime: new Date(start),
          endTime: new Date(to),
          interval: 'PT1M',
          aggregation: 'Total',
          filter: "StatusCode eq '*'",
          top: series,
        });
      },
      signal,
    );
    return queried.ok ? ok(minutesOf(queried.value, start)) : queried;
  }
  return { minutes };
}

/** Adds the series of all status codes up, minute by minute. A minute that Azure gives no number for is left out. */
function minutesOf(results: readonly MetricsQueryResult[], start: number): readonly Minute[] {
  const found = new Map<number, { calls: number; refused: number }>();
  for (const one of results.flatMap((result) => result.getMetricByName(metric)?.timeseries ?? [])) {
    const status = one.metadatavalues?.find(({ name }) => name?.toLowerCase() === 'statuscode')?.value;
    for (const { timeStamp, total } of one.data ?? []) {
      const at = Math.floor(timeStamp.getTime() / minute) * minute;
      if (total === undefined || at < start) continue;
      const sum = found.get(at) ?? { calls: 0, refused: 0 };
      found.set(at, { calls: sum.calls + total, refused: sum.refused + (status === '401' ? total : 0) });
    }
  }
  return [...found].map(([at, sum]) => ({ minute: at, ...sum })).toSorted((a, b) => a.minute - b.minute);
}
