import { refuse, type Call, type Reply } from '../http.ts';

/** Versions that each resource provider answers; the newest stable ones, and those that recordings show. */
const supported: readonly [provider: RegExp, versions: readonly string[], type: string][] = [
  [
    /\/providers\/Microsoft\.Authorization\/locks/i,
    ['2020-05-01', '2017-04-01', '2016-09-01', '2015-01-01'],
    'locks',
  ],
  [
    /\/providers\/Microsoft\.Authorization\/permissions/i,
    ['2022-04-01', '2018-07-01', '2018-01-01-preview', '2015-07-01'],
    'permissions',
  ],
  [/\/providers\/Microsoft\.Authorization\/role\w+/i, ['2022-04-01', '2018-07-01', '2015-07-01'], 'roles'],
  [
    /\/providers\/Microsoft\.KeyVault\//i,
    ['2026-02-01', '2025-05-01', '2024-11-01', '2023-07-01', '2023-02-01', '2022-07-01', '2021-10-01'],
    'vaults',
  ],
  [
    /\/providers\/Microsoft\.CognitiveServices\//i,
    [
      '2025-12-01',
      '2025-09-01',
      '2025-06-01',
      '2024-10-01',
      '2023-05-01',
      '2022-12-01',
      '2021-10-01',
      '2017-04-18',
    ],
    'accounts',
  ],
  [/metrics:getBatch$/i, ['2024-02-01', '2023-10-01'], 'metrics'],
  [
    /^\/subscriptions/i,
    ['2022-12-01', '2022-09-01', '2021-01-01', '2020-01-01', '2016-06-01'],
    'subscriptions',
  ],
];

/** Refuses a call without a version or with one that its provider doesn't know; both 400, as ARM does. */
export function checkApiVersion(call: Call): Reply | undefined {
  const version = call.query.get('api-version');
  if (version === null || version === '') {
    return refuse(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  const [, versions, type] = supported.find(([provider]) => provider.test(call.path)) ?? [];
  if (!versions || versions.includes(version)) return undefined;
  const provider = /\/providers\/([^/]+)/i.exec(call.path)?.[1];
  // ARM's own addresses are answered differently from those of a provider (Azure/azure-powershell#6031 and #2230)
  return provider === undefined
    ? refuse(
        400,
        'InvalidApiVersionParameter',
        `The api-version '${version}' is invalid. The supported versions are '${versions.join(',')}'.`,
      )
    : refuse(
        400,
        'NoRegisteredProviderFound',
        `No registered resource provider found for location 'westus3' and API version '${version}' for type '${type ?? ''}'. The supported api-versions are '${versions.join(', ')}'. The supported locations are 'westus3, eastus2'.`,
      );
}
