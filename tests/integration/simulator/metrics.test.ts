import { expect, test } from '@jest/globals';
import { accountPath, startAzure, type Azure } from './support.ts';

const account = 'contoso-chat';
const minute = 60_000;

/** Calls by status code, as the metrics show them now. */
async function measure(
  azure: Azure,
  from: number,
  to: number,
  filter = "StatusCode eq '*'",
): Promise<unknown> {
  const [result] = await azure.metrics.queryResources(
    [accountPath(account)],
    ['AzureOpenAIRequests'],
    'Microsoft.CognitiveServices/accounts',
    { startTime: new Date(from), endTime: new Date(to), interval: 'PT1M', aggregation: 'Total', filter },
  );
  const series = result?.getMetricByName('AzureOpenAIRequests')?.timeseries ?? [];
  return Object.fromEntries(
    series.map(({ metadatavalues, data }) => [
      metadatavalues?.[0]?.value,
      data?.reduce((sum, { total }) => sum + (total ?? 0), 0),
    ]),
  );
}

test('the metrics follow the traffic by status code, minute by minute, after a lag', async () => {
  const start = Math.floor(Date.now() / minute) * minute;
  let now = start + 5_000;
  await using azure = await startAzure({ now: () => now, timing: { metricsLag: 2 * minute } });
  const { key1 } = azure.simulator.currentKeys(account);
  for (let index = 0; index < 3; index += 1) await azure.call(account, key1);
  await azure.call(account, 'wrong');
  now += minute;
  await azure.call(account, key1);

  expect(await measure(azure, start, now)).toEqual({});
  now += 1.5 * minute;
  expect(await measure(azure, start, now)).toEqual({ '200': 3, '401': 1 });
  now += minute;
  expect(await measure(azure, start, now)).toEqual({ '200': 4, '401': 1 });
  expect(await measure(azure, start + minute, now)).toEqual({ '200': 1 });
  expect(await measure(azure, start, now, "StatusCode eq '401'")).toEqual({ '401': 1 });
});

test('refused calls can be left out of the metrics', async () => {
  await using azure = await startAzure({ refusalsCounted: false });
  await azure.call(account, azure.simulator.currentKeys(account).key1);
  await azure.call(account, 'wrong');
  expect(await measure(azure, Date.now() - minute, Date.now() + minute)).toEqual({ '200': 1 });
});

test('refuses an unknown metric and a caller who may not read metrics', async () => {
  await using azure = await startAzure();
  const query = (metric: string): Promise<unknown> =>
    azure.metrics.queryResources([accountPath(account)], [metric], 'Microsoft.CognitiveServices/accounts');
  await expect(query('KeySlotRequests')).rejects.toMatchObject({ statusCode: 400 });
  for (const grant of azure.simulator.estate.principals[0]?.grants ?? []) {
    grant.notActions = ['Microsoft.Insights/*'];
  }
  await expect(query('AzureOpenAIRequests')).rejects.toMatchObject({
    statusCode: 403,
    message: expect.stringContaining('Microsoft.Insights/metrics/read'),
  });
});
