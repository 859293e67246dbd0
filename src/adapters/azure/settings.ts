import type { PipelineRetryOptions } from '@azure/core-rest-pipeline';
import type { Clock, Log } from '../../application/ports/ambient.ts';
import type { ProbeLog } from '../../application/ports/store.ts';

/** Everything this adapter is told from outside. Who it signs in as comes from DefaultAzureCredential's own variables. */
export interface AzureSettings {
  /** `https://management.azure.com`, or that of another cloud. */
  readonly resourceManagerEndpoint: string;
  /** What tokens for ARM and Azure Monitor are asked for; the endpoint's origin unless said. */
  readonly resourceManagerAudience?: string;
  /** Template with `{region}`. */
  readonly metricsEndpoint?: string;
  /** Microsoft Graph, for the policy's groups: `https://graph.microsoft.com`, or that of another cloud. */
  readonly graphEndpoint?: string | null;
  /** The Entra tenant whose groups those are. */
  readonly directoryTenant?: string | null;
  /** Whether a vault's challenge must name the vault's own domain. `false` counts for loopback addresses only. */
  readonly vaultChallengeCheck: boolean;
  /** Milliseconds that one request may take. A call that must not be sent twice has no more than this in all, its token included. */
  readonly callTimeout: number;
  /** Milliseconds that a consumer's receipt address may take. */
  readonly consumerTimeout: number;
  readonly log: Log;
  readonly now: Clock['now'];
  /** Every try of a key against a data plane is written down here. */
  readonly probes: ProbeLog;
  /** How calls that are safe to repeat are repeated; the SDK's own way unless said. */
  readonly readRetries?: PipelineRetryOptions;
}

const publicMetrics = 'https://{region}.metrics.monitor.azure.com';

/** The addresses in use. Throws on one that isn't https: config must have refused it with the setting's name. */
export function endpointsOf(settings: AzureSettings): {
  readonly arm: string;
  readonly armScope: string;
  readonly metricsOf: (region: string) => string;
} {
  const arm = secureUrl(settings.resourceManagerEndpoint);
  const template = settings.metricsEndpoint ?? publicMetrics;
  const metricsOf = (region: string): string => secureUrl(template.replaceAll('{region}', region));
  metricsOf('region');
  if (settings.graphEndpoint) secureUrl(settings.graphEndpoint);
  const audience = (settings.resourceManagerAudience ?? arm).replace(/\/+$/, '');
  return { arm, armScope: `${audience}/.default`, metricsOf };
}

function secureUrl(text: string): string {
  const url = new URL(text);
  if (url.protocol !== 'https:')
    throw new Error(`${url.origin} is not https: tokens and keys would travel in the clear`);
  return url.href.replace(/\/+$/, '');
}

export const isLoopback = (url: string): boolean => {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
};
