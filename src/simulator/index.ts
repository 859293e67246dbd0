import { createArm } from './arm/surface.ts';
import { endpointOf } from './arm/accounts.ts';
import { changeAccount } from './arm/accountUpdates.ts';
import type { KeyPair } from './accountKeys.ts';
import { makeCertificate, type ServerCertificate } from './certificates.ts';
import { createDataPlane } from './dataPlane.ts';
import { createEncryption } from './encryption/index.ts';
import { accountId, type Estate, type SlotName } from './estate.ts';
import { createFaults, type Faults } from './faults.ts';
import type { Surface } from './http.ts';
import { createGraph } from './graph/surface.ts';
import { createIdentity } from './identity.ts';
import { addVersion, rotated } from './keyVault/keyChanges.ts';
import { createVault } from './keyVault/surface.ts';
import { liveKey } from './keyStore.ts';
import { createMetrics } from './metrics.ts';
import type { Effect, RequestRecord } from './records.ts';
import type { SecretVersion } from './secretStore.ts';
import { serve, type RunningServer } from './server.ts';
import { armThrottle, type Throttle } from './throttle.ts';
import { defaultTiming, type Timing } from './timing.ts';
import { createTrafficLog } from './traffic.ts';
import { createWorld } from './world.ts';

export type { Estate, SlotName } from './estate.ts';
export { demoEstate } from './estate.ts';
export type { Fault, FaultPlan, Faults } from './faults.ts';
export type { Effect, RequestRecord } from './records.ts';
export type { Timing } from './timing.ts';
export { trust } from './trust.ts';

export interface SimulatorOptions {
  /** Copied: later changes go through `simulator.estate`. */
  estate: Estate;
  /** Where ca.pem is written, for NODE_EXTRA_CA_CERTS. */
  certificateFolder: string;
  /** https port of ARM, data plane and metrics; the identity, the vaults and Graph take the ports after it. 0 or absent: any. */
  port?: number;
  timing?: Partial<Timing>;
  throttle?: Partial<Throttle>;
  /** Items on a page of an ARM list; small, so that paging is met. */
  pageSize?: number;
  random?: () => number;
  now?: () => number;
  /** Whether calls refused with 401 show up in the metrics. Nobody has confirmed either for the real Azure. */
  refusalsCounted?: boolean;
}

export interface Simulator {
  /** https origin of ARM, metrics and data plane. */
  url: string;
  /** The authority's certificate, as PEM and as a file. */
  ca: string;
  caFile: string;
  /** Certificate and key that a receipt endpoint on loopback may serve with. */
  certificate: Pick<ServerCertificate, 'key' | 'cert'>;
  /** Settings of the program that shall meet this Azure; it signs in as the estate's first principal. */
  environment: Record<string, string>;
  /** IDENTITY_ENDPOINT and IDENTITY_HEADER of any principal, by name. */
  identityOf(principal: string): { endpoint: string; header: string };
  vaultUrl(vault: string): string;
  /** https origin of Microsoft Graph. */
  graphUrl: string;
  /** ARM id of an account, by name (the first of that name). */
  accountId(account: string): string;
  /** Data plane of an account, by name or ARM id; ends in a slash. */
  endpoint(account: string): string;
  /** Live: changes count from the next request on. */
  estate: Estate;
  timing: Timing;
  effects: readonly Effect[];
  onEffect(hear: (effect: Effect) => void): () => void;
  requests: readonly RequestRecord[];
  faults: Faults;
  /** Every key value ever issued; for leak tests. */
  issuedKeys(): string[];
  /** Only for tests and simulated clients. By name or ARM id. */
  currentKeys(account: string): KeyPair;
  /** The current version of a secret; undefined when there is none. Only for tests. */
  currentSecret(vault: string, secret: string): SecretVersion | undefined;
  /** Somebody else regenerates a key, e.g. in the portal. */
  regenerateByHand(account: string, slot: SlotName): void;
  /** Somebody else sends a PATCH for an account; throws when ARM would refuse it. */
  changeByHand(account: string, body: object): void;
  /** Somebody else ends what goes on at an account. */
  cancelByHand(account: string): void;
  /** Somebody else, or the vault's own policy, makes a new version of a key; gives its name. */
  rotateByHand(vault: string, key: string): string;
  close(): Promise<void>;
}

/** Starts an Azure on loopback: https for everything but the managed identity, which is plain http as in App Service. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const timing: Timing = { ...defaultTiming, ...options.timing };
  const estate = structuredClone(options.estate);
  const world = createWorld(estate, timing, options.now ?? Date.now, options.random ?? Math.random);
  const certificate = await makeCertificate(options.certificateFolder);
  const faults = createFaults();
  const requests: RequestRecord[] = [];
  const identity = createIdentity(world);
  const traffic = createTrafficLog(world, options.refusalsCounted ?? true);
  const encryption = createEncryption(world);
  const arm = createArm(world, identity, encryption, {
    pageSize: options.pageSize ?? 4,
    throttle: { ...armThrottle, ...options.throttle },
  });
  const metrics = createMetrics(world, identity, traffic);
  const dataPlane = createDataPlane(world, traffic, encryption);

  const running: RunningServer[] = [];
  const listen = async (surfaceOf: (call: { path: string }) => Surface, secure = true): Promise<string> => {
    const server = await serve({
      world,
      faults,
      requests,
      surfaceOf,
      port: options.port ? options.port + running.length : 0,
      ...(secure && { tls: { key: certificate.key, cert: certificate.cert } }),
    });
    running.push(server);
    return server.origin;
  };
  const close = async (): Promise<void> => {
    encryption.close();
    await Promise.all(running.map((server) => server.close()));
  };

  let identityUrl: string;
  let graphUrl = '';
  const graph = createGraph(world, identity, { url: () => graphUrl, pageSize: options.pageSize ?? 4 });
  try {
    world.url = await listen(({ path }) =>
      /^\/data\//i.test(path) ? dataPlane : /metrics:getBatch$/i.test(path) ? metrics : arm,
    );
    identityUrl = await listen(() => identity.surface, false);
    for (const vault of estate.vaults) {
      const surface = createVault(world, identity, encryption, vault);
      world.vaultUrls.set(vault.name, await listen(() => surface));
    }
    graphUrl = await listen(() => graph);
  } catch (error) {
    await close();
    throw error;
  }

  const identityOf = (name: string): { endpoint: string; header: string } => {
    const principal = estate.principals.find((row) => row.name === name);
    if (!principal) throw new Error(`the estate has no principal ${name}`);
    return { endpoint: `${identityUrl}/msi/token`, header: identity.headerOf(principal) };
  };
  const service = identityOf(estate.principals[0]?.name ?? '');

  return {
    url: world.url,
    ca: certificate.ca,
    caFile: certificate.caFile,
    certificate: { key: certificate.key, cert: certificate.cert },
    environment: {
      AZURE_CLOUD: 'custom',
      AZURE_RESOURCE_MANAGER_ENDPOINT: world.url,
      AZURE_METRICS_ENDPOINT: world.url,
      AZURE_GRAPH_ENDPOINT: graphUrl,
      AZURE_PORTAL_ENDPOINT: `${world.url}/portal`,
      AZURE_TENANT_ID: estate.tenant,
      IDENTITY_ENDPOINT: service.endpoint,
      IDENTITY_HEADER: service.header,
      NODE_EXTRA_CA_CERTS: certificate.caFile,
    },
    identityOf,
    graphUrl,
    vaultUrl: (name) => {
      const url = world.vaultUrls.get(name);
      if (url === undefined) throw new Error(`the estate has no vault ${name}`);
      return url;
    },
    accountId: (account) => accountId(world.account(account)),
    endpoint: (account) => endpointOf(world.account(account), world),
    estate,
    timing,
    effects: world.effects,
    onEffect: (hear) => world.onEffect(hear),
    requests,
    faults,
    issuedKeys: () => [...world.issued],
    currentKeys: (account) => world.keysOf(world.account(account)).at(),
    currentSecret: (vaultName, secret) => {
      const vault = estate.vaults.find(({ name }) => name === vaultName);
      return vault && world.secretsOf(vault).find(secret)?.versions.at(-1);
    },
    regenerateByHand: (account, slot) => world.regenerate(world.account(account), slot, 'someone else'),
    changeByHand: (account, body) => {
      encryption.settle();
      const begun = changeAccount(world.account(account), body, 'someone else', { world, encryption });
      if (begun && !('startedAt' in begun)) throw new Error(`refused: ${JSON.stringify(begun.body)}`);
    },
    cancelByHand: (account) => encryption.cancel(world.account(account)),
    rotateByHand: (vaultName, name) => {
      const vault = estate.vaults.find((row) => row.name === vaultName);
      const key = vault && liveKey(vault, name);
      if (!vault || !key) throw new Error(`the estate has no key ${name} in ${vaultName}`);
      const context = { world, vault, encryption, principal: { name: 'someone else' } };
      return addVersion('rotateKey', key, rotated(key, world), context).version;
    },
    close,
  };
}
