import { clouds } from './clouds.ts';
import { isLoopbackHost, isLoopbackUrl } from './loopback.ts';
import type { SettingProblem } from './problems.ts';
import { schema, type SettingName, type Values } from './schema.ts';

/** A rule between settings. It is asked only when each of the settings it is about can be read. */
export type Rule = Readonly<{
  about: readonly SettingName[];
  check: (values: Values) => readonly SettingProblem[];
}>;

const problem = (setting: SettingName, says: string, write?: string): SettingProblem => ({
  setting,
  says,
  write: write ?? schema.shape[setting].description ?? '',
});

const rule = <Name extends SettingName>(
  about: readonly Name[],
  check: (values: Pick<Values, Name>) => readonly (SettingProblem | false)[],
): Rule => ({ about, check: (values) => check(values).filter((found) => found !== false) });

/** Bot Framework's cloud settings. */
export const botCloud = [
  'ToChannelFromBotLoginUrl',
  'ToChannelFromBotOAuthScope',
  'ToBotFromChannelTokenIssuer',
  'OAuthUrl',
  'ToBotFromChannelOpenIdMetadataUrl',
  'ToBotFromEmulatorOpenIdMetadataUrl',
  'CallerId',
  'ValidateAuthority',
] as const satisfies readonly SettingName[];

const azureEndpoints = [
  'AZURE_RESOURCE_MANAGER_ENDPOINT',
  'AZURE_METRICS_ENDPOINT',
  'AZURE_PORTAL_ENDPOINT',
] as const satisfies readonly SettingName[];

export const rules: readonly Rule[] = [
  // Anybody can speak to a bot without an app id, so nothing it reaches may be real: a tunnel is quickly made.
  rule(
    [
      'MicrosoftAppId',
      'KEYSMITH_ROLE',
      'HOST',
      'AZURE_CLOUD',
      'KEYSMITH_SERVICE_URLS',
      'AZURE_AUTHORITY_HOST',
      'AZURE_GRAPH_ENDPOINT',
      'IDENTITY_ENDPOINT',
      ...azureEndpoints,
    ],
    (values) => {
      if (values.MicrosoftAppId !== undefined) return [];
      const { KEYSMITH_ROLE: role, HOST: host, KEYSMITH_SERVICE_URLS: serviceUrls = [] } = values;
      // the authority and the identity may be unset: tokens asked for a loopback audience open nothing
      const reached = [
        ...azureEndpoints,
        'AZURE_AUTHORITY_HOST',
        'AZURE_GRAPH_ENDPOINT',
        'IDENTITY_ENDPOINT',
      ] as const;
      const elsewhere: SettingName[] = reached.filter((name) => {
        const url = values[name] ?? (values.AZURE_CLOUD === 'custom' ? undefined : defaultOf(name));
        return url !== undefined && !isLoopbackUrl(url.replaceAll('{region}', 'region'));
      });
      if (role !== 'worker' && !isLoopbackHost(host)) elsewhere.push('HOST');
      if (serviceUrls.length === 0 || !serviceUrls.every(isLoopbackUrl))
        elsewhere.push('KEYSMITH_SERVICE_URLS');
      const says = `is missing: without it anybody could give orders, so nothing may lead away from this machine, as ${elsewhere.join(', ')} would`;
      const write = "the bot's application (client) id, or addresses of this machine into those";
      return [elsewhere.length > 0 && problem('MicrosoftAppId', says, write)];
    },
  ),
  rule(['MicrosoftAppId', 'MicrosoftAppPassword', 'MicrosoftAppType', 'MicrosoftAppTenantId'], (values) => {
    const { MicrosoftAppId: id, MicrosoftAppPassword: password, MicrosoftAppType: type } = values;
    const { MicrosoftAppTenantId: tenant } = values;
    if (id === undefined) {
      return [
        password !== undefined &&
          problem('MicrosoftAppId', 'is missing although MicrosoftAppPassword is set'),
      ];
    }
    const managed = type === 'UserAssignedMSI';
    return [
      !managed &&
        password === undefined &&
        problem(
          'MicrosoftAppPassword',
          'is missing',
          "a client secret of the bot's app registration, or set MicrosoftAppType to UserAssignedMSI",
        ),
      // Bot Framework refuses to start with both
      managed &&
        password !== undefined &&
        problem('MicrosoftAppPassword', 'has no place beside a managed identity', 'nothing: delete it'),
      type !== 'MultiTenant' &&
        tenant === undefined &&
        problem('MicrosoftAppTenantId', `is missing, and MicrosoftAppType ${type} needs it`),
    ];
  }),
  // Otherwise it would be everybody's bot, or nobody's.
  rule(['MicrosoftAppId', 'MicrosoftAppType', 'MicrosoftAppTenantId', 'KEYSMITH_TENANTS'], (values) => [
    values.MicrosoftAppId !== undefined &&
      values.MicrosoftAppType === 'MultiTenant' &&
      values.MicrosoftAppTenantId === undefined &&
      values.KEYSMITH_TENANTS === undefined &&
      problem(
        'KEYSMITH_TENANTS',
        'is missing, and without it a MultiTenant bot knows no tenant to listen to',
      ),
  ]),
  // One of them switches off every default of Bot Framework, so that the others would be empty.
  rule([...botCloud, 'MicrosoftAppId'], (values) => {
    const set = botCloud.find((name) => values[name] !== undefined);
    if (set === undefined) return [];
    return [
      values.MicrosoftAppId === undefined && problem('MicrosoftAppId', `is missing although ${set} is set`),
      ...botCloud
        .filter((name) => values[name] === undefined)
        .map((name) => problem(name, `is missing: ${set} is set, and they come together or not at all`)),
    ];
  }),
  // A bot calls nothing of Azure: it only links to the portal.
  rule(['AZURE_CLOUD', 'KEYSMITH_ROLE', ...azureEndpoints], (values) =>
    values.AZURE_CLOUD !== 'custom'
      ? []
      : (values.KEYSMITH_ROLE === 'bot' ? (['AZURE_PORTAL_ENDPOINT'] as const) : azureEndpoints)
          .filter((name) => values[name] === undefined)
          .map((name) => problem(name, 'is missing, and AZURE_CLOUD custom needs it')),
  ),
  rule(['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'], (values) => [
    values.IDENTITY_HEADER !== undefined &&
      values.IDENTITY_ENDPOINT === undefined &&
      problem('IDENTITY_ENDPOINT', 'is missing although IDENTITY_HEADER is set'),
  ]),
  rule(['DATABASE_URL', 'DATABASE_DIRECT_URL'], (values) => [
    values.DATABASE_DIRECT_URL !== undefined &&
      values.DATABASE_URL === undefined &&
      problem('DATABASE_URL', 'is missing although DATABASE_DIRECT_URL is set'),
  ]),
  // Whoever takes over before that could send a request again that is still under way.
  rule(['KEYSMITH_LEASE', 'KEYSMITH_AZURE_TIMEOUT', 'KEYSMITH_LOOK_MARGIN'], (values) => {
    const least = values.KEYSMITH_AZURE_TIMEOUT + values.KEYSMITH_LOOK_MARGIN;
    return [
      values.KEYSMITH_LEASE <= least &&
        problem(
          'KEYSMITH_LEASE',
          'is not longer than KEYSMITH_AZURE_TIMEOUT and KEYSMITH_LOOK_MARGIN together',
          `more than ${least}ms`,
        ),
    ];
  }),
  rule(['KEYSMITH_LEASE', 'KEYSMITH_TEAMS_TIMEOUT'], (values) => [
    values.KEYSMITH_LEASE <= values.KEYSMITH_TEAMS_TIMEOUT &&
      problem('KEYSMITH_LEASE', 'is not longer than KEYSMITH_TEAMS_TIMEOUT'),
  ]),
  rule(['KEYSMITH_PROOF_EVERY', 'KEYSMITH_PROOF_WITHIN'], (values) => [
    values.KEYSMITH_PROOF_EVERY > values.KEYSMITH_PROOF_WITHIN &&
      problem('KEYSMITH_PROOF_WITHIN', 'is shorter than KEYSMITH_PROOF_EVERY'),
  ]),
  // Who signs in proves it to this bot: a token for another program would prove nothing here.
  rule(['KEYSMITH_SIGN_IN_AUDIENCE', 'MicrosoftAppId'], (values) => {
    const { KEYSMITH_SIGN_IN_AUDIENCE: uri, MicrosoftAppId: id } = values;
    return [
      uri !== undefined &&
        id === undefined &&
        problem('MicrosoftAppId', 'is missing although KEYSMITH_SIGN_IN_AUDIENCE is set'),
      uri !== undefined &&
        id !== undefined &&
        !uri.toLowerCase().endsWith(id) &&
        problem('KEYSMITH_SIGN_IN_AUDIENCE', "does not end in the bot's MicrosoftAppId"),
    ];
  }),
  // The answer has to come while somebody waits for it.
  rule(['KEYSMITH_LOOKUP_WITHIN', 'KEYSMITH_ANSWER_WITHIN'], (values) => [
    values.KEYSMITH_LOOKUP_WITHIN > values.KEYSMITH_ANSWER_WITHIN &&
      problem(
        'KEYSMITH_LOOKUP_WITHIN',
        'is longer than KEYSMITH_ANSWER_WITHIN',
        'less than that, e.g. 2500ms',
      ),
  ]),
  // Teams is said to wait about 10 s for the answer to a click; nobody has confirmed it, so stay far below.
  rule(['KEYSMITH_ANSWER_WITHIN'], (values) => [
    values.KEYSMITH_ANSWER_WITHIN > 8_000 &&
      problem('KEYSMITH_ANSWER_WITHIN', 'is longer than Teams waits', 'at most 8s, e.g. 3s'),
  ]),
];

/** What stands for an endpoint that isn't set in a cloud that isn't custom: never this machine. */
function defaultOf(name: SettingName): string | undefined {
  if (name === 'AZURE_RESOURCE_MANAGER_ENDPOINT') return clouds.public.resourceManager;
  if (name === 'AZURE_METRICS_ENDPOINT') return clouds.public.metrics;
  if (name === 'AZURE_PORTAL_ENDPOINT') return clouds.public.portal;
  if (name === 'AZURE_GRAPH_ENDPOINT') return clouds.public.graph;
  return undefined;
}
