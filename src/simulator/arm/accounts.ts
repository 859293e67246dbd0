import { createHash } from 'node:crypto';
import { allows } from '../access.ts';
import { guidOf } from '../encryption/opener.ts';
import { accountId, type AccountRow } from '../estate.ts';
import type { Call, Reply } from '../http.ts';
import { page, type Params, type Route } from '../routes.ts';
import type { World } from '../world.ts';
import { accountFor, accountPath, isReply, subscriptionOf, type ArmContext } from './context.ts';
import { encryptionBody, identityBody } from './encryptionBody.ts';

const readAccounts = 'Microsoft.CognitiveServices/accounts/read';

/** An account as ARM shows it (Accounts_Get, 2025-09-01). */
export function accountBody(row: AccountRow, world: World): object {
  const id = accountId(row);
  const digest = createHash('sha256').update(JSON.stringify(row)).digest('hex');
  return {
    id,
    name: row.name,
    type: 'Microsoft.CognitiveServices/accounts',
    location: row.location,
    kind: row.kind,
    sku: { name: 'S0' },
    etag: `"${digest.slice(0, 8)}-0000-0000-0000-${digest.slice(8, 20)}"`,
    tags: row.tags,
    identity: identityBody(row, world),
    properties: {
      provisioningState: row.provisioningState,
      endpoint: endpointOf(row, world),
      endpoints: {
        'OpenAI Language Model Instance API': endpointOf(row, world),
      },
      internalId: guidOf(id).replaceAll('-', ''),
      customSubDomainName: row.subdomain,
      publicNetworkAccess: row.publicNetworkAccess,
      disableLocalAuth: row.disableLocalAuth,
      dateCreated: '2025-05-19T08:00:00.0000000Z',
      callRateLimit: { rules: [] },
      capabilities: [{ name: 'VirtualNetworks' }, { name: 'CustomerManagedKey' }],
      networkAcls: { defaultAction: 'Allow', virtualNetworkRules: [], ipRules: [] },
      privateEndpointConnections: [],
      isMigrated: false,
      ...encryptionBody(row, world),
    },
  };
}

/** The data plane of an account: here a path below the simulator, in Azure a host of its own. */
export const endpointOf = (row: AccountRow, world: World): string => `${world.url}/data/${row.subdomain}/`;

/** A list leaves out what the caller can't read instead of refusing. */
function list(call: Call, params: Params, context: ArmContext): Reply {
  const subscription = subscriptionOf(params, context);
  if (isReply(subscription)) return subscription;
  const { world, principal, pageSize } = context;
  const group = params('group').toLowerCase();
  const rows = world.estate.accounts.filter(
    (row) =>
      row.subscription === subscription.id &&
      (group === '' || row.resourceGroup.toLowerCase() === group) &&
      allows(principal, readAccounts, accountId(row)),
  );
  return {
    status: 200,
    body: page(
      rows.map((row) => accountBody(row, world)),
      pageSize,
      call,
    ),
  };
}

/** A list of what lies below an account. */
const below =
  (action: string, rows: (account: AccountRow) => object[]) =>
  (call: Call, params: Params, context: ArmContext): Reply => {
    const account = accountFor(action, params, context);
    return isReply(account) ? account : { status: 200, body: page(rows(account), context.pageSize, call) };
  };

export const accountRoutes: readonly Route<ArmContext>[] = [
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/Microsoft.CognitiveServices/accounts',
    answer: list,
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.CognitiveServices/accounts',
    answer: list,
  },
  {
    method: 'GET',
    path: accountPath,
    answer: (_call, params, context) => {
      const account = accountFor(readAccounts, params, context);
      return isReply(account) ? account : { status: 200, body: accountBody(account, context.world) };
    },
  },
  {
    method: 'GET',
    path: `${accountPath}/deployments`,
    answer: below('Microsoft.CognitiveServices/accounts/deployments/read', (account) =>
      account.deployments.map((name) => ({
        id: `${accountId(account)}/deployments/${name}`,
        type: 'Microsoft.CognitiveServices/accounts/deployments',
        name,
        sku: { name: 'Standard', capacity: 10 },
        properties: {
          model: { format: 'OpenAI', name, version: '2024-11-20' },
          provisioningState: 'Succeeded',
        },
      })),
    ),
  },
  {
    method: 'GET',
    path: `${accountPath}/connections`,
    answer: below('Microsoft.CognitiveServices/accounts/connections/read', (account) =>
      account.connections.map(({ name, ...properties }) => ({
        id: `${accountId(account)}/connections/${name}`,
        type: 'Microsoft.CognitiveServices/accounts/connections',
        name,
        properties: { ...properties, isSharedToAll: true },
      })),
    ),
  },
];
