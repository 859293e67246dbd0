import { allows } from './access.ts';
import { armAudiences } from './arm/surface.ts';
import { forbidden, refuseToken } from './arm/errors.ts';
import { checkApiVersion } from './arm/versions.ts';
import { accountId } from './estate.ts';
import { errorBody, field, refuse, type Call, type Reply, type Surface } from './http.ts';
import { admitBearer, type Identity } from './identity.ts';
import { dimensionsOf, matchesFilter, parseFilter } from './metricsFilter.ts';
import type { TrafficCount, TrafficLog } from './traffic.ts';
import type { World } from './world.ts';

const namespace = 'Microsoft.CognitiveServices/accounts';

/** Metrics that follow the traffic, and which calls each counts. */
const metrics: Record<string, (one: TrafficCount) => boolean> = {
  AzureOpenAIRequests: () => true,
  TotalCalls: () => true,
  SuccessfulCalls: ({ status }) => status < 400,
  ClientErrors: ({ status }) => status >= 400 && status < 500,
};

const grains: Record<string, number> = { PT1M: 60_000, PT5M: 300_000, PT15M: 900_000, PT1H: 3_600_000 };

/** Azure Monitor's regional endpoint: POST /subscriptions/{id}/metrics:getBatch (2024-02-01). */
export function createMetrics(world: World, identity: Identity, traffic: TrafficLog): Surface {
  function series(
    call: Call,
    resource: string,
    metric: string,
    start: number,
    end: number,
    grain: number,
  ): unknown {
    const filter = parseFilter(call.query.get('filter') ?? '');
    const split = filter.map(({ dimension }) => dimension);
    const counts = traffic
      .read(resource, start, end)
      .filter((one) => metrics[metric]?.(one) === true && matchesFilter(one, filter));
    const groups = Map.groupBy(counts, (one) =>
      split.map((name) => dimensionsOf(one)[name] ?? '').join('\n'),
    );
    return [...groups.values()].map((group) => ({
      metadatavalues: split.map((name) => ({
        name: { value: name.toLowerCase(), localizedValue: name.toLowerCase() },
        value: group[0] ? dimensionsOf(group[0])[name] : '',
      })),
      data: Array.from({ length: Math.max(0, Math.ceil((end - start) / grain)) }, (_, index) => {
        const from = start + index * grain;
        const total = group
          .filter(({ at }) => at >= from && at < from + grain)
          .reduce((sum, { calls }) => sum + calls, 0);
        return { timeStamp: new Date(from).toISOString(), total };
      }),
    }));
  }

  function getBatch(call: Call, resources: string[], names: string[]): Reply {
    const interval = call.query.get('interval') ?? 'PT1M';
    const grain = grains[interval] ?? 60_000;
    const end = Date.parse(call.query.get('endtime') ?? '') || world.now();
    const asked = Date.parse(call.query.get('starttime') ?? '') || end - 3_600_000;
    // Azure keeps whole grains: a query that starts inside a minute is given all of that minute
    const start = Math.floor(asked / grain) * grain;
    return {
      status: 200,
      body: {
        values: resources.map((resource) => ({
          starttime: new Date(start).toISOString(),
          endtime: new Date(end).toISOString(),
          interval,
          namespace,
          resourceregion: world.account(resource).location,
          resourceid: resource,
          value: names.map((name) => ({
            id: `${resource}/providers/Microsoft.Insights/metrics/${name}`,
            type: 'Microsoft.Insights/metrics',
            name: { value: name, localizedValue: name },
            displayDescription: `${name} of the account`,
            unit: 'Count',
            timeseries: series(call, resource, name, start, end, grain),
            errorCode: 'Success',
          })),
        })),
      },
    };
  }

  return {
    name: 'metrics',
    admit: (call) => {
      const audiences = ['https://metrics.monitor.azure.com', ...armAudiences, world.url];
      return admitBearer(identity, call, audiences, (fault) =>
        refuseToken(fault, world.estate.tenant, audiences),
      );
    },
    answer: (call, principal) => {
      const wrongVersion = checkApiVersion(call);
      if (wrongVersion) return wrongVersion;
      const given = field(call.body, 'resourceids');
      const resources = Array.isArray(given) ? given.filter((one) => typeof one === 'string') : [];
      if (call.method !== 'POST' || resources.length === 0 || !principal) {
        return refuse(400, 'BadRequest', 'The request body must list resourceids.');
      }
      const denied = resources.find((id) => !allows(principal, 'Microsoft.Insights/metrics/read', id));
      if (denied !== undefined) return forbidden(principal, 'Microsoft.Insights/metrics/read', denied);
      const ids = new Set(world.estate.accounts.map((row) => accountId(row).toLowerCase()));
      const unknown = resources.find((id) => !ids.has(id.toLowerCase()));
      if (unknown !== undefined)
        return refuse(404, 'ResourceNotFound', `The resource '${unknown}' was not found.`);
      const names = (call.query.get('metricnames') ?? '').split(',').filter((name) => name !== '');
      const wrong = names.find((name) => !(name in metrics));
      if (
        wrong !== undefined ||
        call.query.get('metricnamespace')?.toLowerCase() !== namespace.toLowerCase()
      ) {
        return refuse(
          400,
          'BadRequest',
          `Failed to find metric configuration for provider: Microsoft.CognitiveServices, resource Type: accounts, metric: ${wrong ?? ''}, Valid metrics: ${Object.keys(metrics).join(',')}`,
        );
      }
      return getBatch(call, resources, names);
    },
    error: errorBody,
    headers: () => ({}),
  };
}
