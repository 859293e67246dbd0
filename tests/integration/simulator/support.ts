import { get, type Agent } from 'node:https';
import { json } from 'node:stream/consumers';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CognitiveServicesManagementClient } from '@azure/arm-cognitiveservices';
import type { AccessToken } from '@azure/core-auth';
import { KeyClient } from '@azure/keyvault-keys';
import { SecretClient } from '@azure/keyvault-secrets';
import { MetricsClient } from '@azure/monitor-query-metrics';
import {
  demoEstate,
  startSimulator,
  trust,
  type Simulator,
  type SimulatorOptions,
} from '../../../src/simulator/index.ts';

export const group = 'contoso-ai';
export const production = demoEstate().subscriptions[0]?.id ?? '';

export interface Azure extends AsyncDisposable {
  simulator: Simulator;
  credential: { getToken(scopes: string | string[]): Promise<AccessToken> };
  accounts: CognitiveServicesManagementClient['accounts'];
  management: CognitiveServicesManagementClient;
  /** Never re-sends. */
  once: CognitiveServicesManagementClient;
  secrets: SecretClient;
  keys: KeyClient;
  metrics: MetricsClient;
  /** A call of ARM as the wire sees it; signed in unless `authorization` says otherwise. */
  arm(method: string, path: string, options?: { body?: unknown; authorization?: string }): Promise<Answered>;
  /** A call of the data plane on a connection of its own, or the agent's: the status it was answered with. */
  call(account: string, key: string, path?: string, agent?: Agent): Promise<Answered>;
}

export interface Answered {
  status: number;
  headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test looks into it with expect()
  body: any;
}

export const accountPath = (name: string, resourceGroup = group): string =>
  `/subscriptions/${production}/resourceGroups/${resourceGroup}/providers/Microsoft.CognitiveServices/accounts/${name}`;

const answered = async (response: Response): Promise<Answered> => ({
  status: response.status,
  headers: response.headers,
  body: await response.json(),
});

/**
 * Signs in at this simulator's managed identity endpoint. @azure/identity remembers the first endpoint that a process
 * met, so its own credential can meet only one simulator in a test file: sdk.test.ts has it.
 */
const credentialOf = ({ identityOf }: Simulator): Azure['credential'] => ({
  getToken: async (scopes: string | string[]) => {
    const { endpoint, header } = identityOf('keysmith');
    const resource = [scopes].flat().join().replace('/.default', '');
    const query = new URLSearchParams({ resource, 'api-version': '2019-08-01' });
    const response = await fetch(`${endpoint}?${query.toString()}`, {
      headers: { 'x-identity-header': header },
    });
    const issued = (await response.json()) as { access_token: string; expires_on: string };
    return { token: issued.access_token, expiresOnTimestamp: Number(issued.expires_on) * 1000 };
  },
});

/** A simulator and the real SDK clients pointed at it. */
export async function startAzure(options: Partial<SimulatorOptions> = {}): Promise<Azure> {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  const simulator = await startSimulator({ estate: demoEstate(), certificateFolder: folder, ...options });
  trust(simulator.ca);
  for (const name of ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'])
    process.env[name] = simulator.environment[name];
  const credential = credentialOf(simulator);
  const arm = {
    endpoint: simulator.url,
    credentialScopes: 'https://management.azure.com/.default',
    // what matters is how often is re-sent, not how slowly
    retryOptions: { retryDelayInMs: 10, maxRetryDelayInMs: 20 },
  };
  const management = new CognitiveServicesManagementClient(credential, production, arm);
  const vault = simulator.vaultUrl('contoso-apps');
  const vaultOptions = { disableChallengeResourceVerification: true };
  return {
    simulator,
    credential,
    management,
    accounts: management.accounts,
    once: new CognitiveServicesManagementClient(credential, production, {
      ...arm,
      retryOptions: { maxRetries: 0 },
    }),
    secrets: new SecretClient(vault, credential, vaultOptions),
    keys: new KeyClient(vault, credential, vaultOptions),
    metrics: new MetricsClient(simulator.url, credential),
    arm: async (method, path, { body, authorization } = {}) => {
      const { token } = await credential.getToken('https://management.azure.com/.default');
      return answered(
        await fetch(`${simulator.url}${path}`, {
          method,
          headers: { authorization: authorization ?? `Bearer ${token}`, 'content-type': 'application/json' },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
      );
    },
    call: (account, key, path = 'openai/v1/models', agent) => {
      // fetch would pool its connections, and a connection stays with its gateway node
      return new Promise((resolve, reject) => {
        get(
          new URL(path, simulator.endpoint(account)),
          { agent: agent ?? false, headers: { 'api-key': key } },
          (incoming) => {
            const headers = new Headers(Object.entries(incoming.headers) as [string, string][]);
            json(incoming).then(
              (body) => resolve({ status: incoming.statusCode ?? 0, headers, body }),
              reject,
            );
          },
        ).on('error', reject);
      });
    },
    [Symbol.asyncDispose]: async () => {
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
