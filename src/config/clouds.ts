/** Where an Azure cloud listens: https addresses without a slash at the end. */
export type AzureEndpoints = Readonly<{
  resourceManager: string;
  /** The audience of Resource Manager's tokens; the scope is this with `/.default`. Azure Monitor takes the same. */
  audience: string;
  /** Azure Monitor's batch API; `{region}` stands for the account's location. */
  metrics: string;
  portal: string;
  /** Microsoft Graph; its address is its audience, too. Null: there is none. */
  graph: string | null;
  /** Where tokens come from; null leaves it to the identity SDK. */
  authority: string | null;
}>;

/**
 * Sources: Resource Manager and audiences: `KnownMonitorMetricsQueryAudience` of
 * @azure/monitor-query-metrics 1.0.0 and Az PowerShell's Get-AzEnvironment; authorities:
 * `AzureAuthorityHosts` of @azure/identity 4.14.1; metrics: the READMEs and tests of the azure-sdk
 * repositories (azure-monitor-querymetrics, monitor-query-metrics); Graph: learn.microsoft.com/graph/deployments
 * (the US Government's DoD has another one, https://dod-graph.microsoft.us, to be set by hand).
 */
export const clouds = {
  public: {
    resourceManager: 'https://management.azure.com',
    audience: 'https://management.azure.com',
    metrics: 'https://{region}.metrics.monitor.azure.com',
    portal: 'https://portal.azure.com',
    graph: 'https://graph.microsoft.com',
    authority: 'https://login.microsoftonline.com',
  },
  usgov: {
    resourceManager: 'https://management.usgovcloudapi.net',
    audience: 'https://management.usgovcloudapi.net',
    metrics: 'https://{region}.metrics.monitor.azure.us',
    portal: 'https://portal.azure.us',
    graph: 'https://graph.microsoft.us',
    authority: 'https://login.microsoftonline.us',
  },
  china: {
    resourceManager: 'https://management.chinacloudapi.cn',
    audience: 'https://management.chinacloudapi.cn',
    metrics: 'https://{region}.metrics.monitor.azure.cn',
    portal: 'https://portal.azure.cn',
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    authority: 'https://login.chinacloudapi.cn',
  },
} as const satisfies Record<string, AzureEndpoints>;

/**
 * Who issues the tokens of people, per cloud; `{tenant}` stands for the tenant's id. The second is that of tokens
 * of version 1, which an app registration gets unless it asks for version 2. Source: the issuers in each cloud's
 * OpenID configuration, as in @azure/msal-common's own copy of them, and Entra's access token reference.
 */
export const tokenIssuers = {
  public: ['https://login.microsoftonline.com/{tenant}/v2.0', 'https://sts.windows.net/{tenant}/'],
  usgov: ['https://login.microsoftonline.us/{tenant}/v2.0', 'https://sts.windows.net/{tenant}/'],
  china: ['https://login.partner.microsoftonline.cn/{tenant}/v2.0', 'https://sts.chinacloudapi.cn/{tenant}/'],
} as const satisfies Record<string, readonly string[]>;

/**
 * The hosts that Teams' own service URLs are on, per cloud of Teams.
 * Source: microsoft.github.io/teams-sdk, "Service URL Validation", allowed hostnames by cloud.
 */
export const teamsServiceUrls = {
  public: [
    'https://smba.trafficmanager.net',
    'https://smba.onyx.prod.teams.trafficmanager.net',
    'https://smba.infra.gcc.teams.microsoft.com',
  ],
  usgov: ['https://smba.infra.gov.teams.microsoft.us', 'https://smba.infra.dod.teams.microsoft.us'],
  china: ['https://frontend.botapi.msg.infra.teams.microsoftonline.cn'],
} as const satisfies Record<string, readonly string[]>;
