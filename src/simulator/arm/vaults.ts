import { allows } from '../access.ts';
import { vaultId, type VaultRow } from '../estate.ts';
import { refuse, type Call, type Reply } from '../http.ts';
import { page, type Params, type Route } from '../routes.ts';
import type { World } from '../world.ts';
import { isReply, subscriptionOf, type ArmContext } from './context.ts';
import { forbidden } from './errors.ts';

const vaultType = 'Microsoft.KeyVault/vaults';
const hsmType = 'Microsoft.KeyVault/managedHSMs';
type VaultType = typeof vaultType | typeof hsmType;

const typeOf = (row: VaultRow): VaultType => (row.kind === 'managedHsm' ? hsmType : vaultType);

/** A vault as ARM shows it (Vaults_Get). A property that was never set is not there. */
function vaultBody(row: VaultRow, world: World): object {
  const address = `${world.vaultUrls.get(row.name) ?? ''}/`;
  const tenantId = row.tenant ?? world.estate.tenant;
  const shared = {
    tenantId,
    enableSoftDelete: row.softDelete !== false,
    softDeleteRetentionInDays: 90,
    ...(row.purgeProtection !== false && { enablePurgeProtection: true }),
    ...(row.network && {
      networkAcls: {
        bypass: row.network.bypass,
        defaultAction: row.network.defaultAction,
        ipRules: (row.network.ipRules ?? []).map((value) => ({ value })),
        virtualNetworkRules: [],
      },
    }),
    provisioningState: 'Succeeded',
    publicNetworkAccess: 'Enabled',
  };
  const properties =
    typeOf(row) === hsmType
      ? { ...shared, hsmUri: address, initialAdminObjectIds: [] }
      : {
          ...shared,
          vaultUri: address,
          sku: { family: 'A', name: row.sku ?? 'standard' },
          enableRbacAuthorization: row.accessPolicies === undefined,
          accessPolicies: (row.accessPolicies ?? []).map(({ objectId, keys }) => ({
            tenantId,
            objectId,
            permissions: { keys, secrets: [], certificates: [] },
          })),
        };
  return {
    id: vaultId(row),
    name: row.name,
    type: typeOf(row),
    location: row.location,
    tags: {},
    ...(typeOf(row) === hsmType && { sku: { family: 'B', name: 'Standard_B1' } }),
    properties,
  };
}

const list =
  (type: VaultType) =>
  (call: Call, params: Params, context: ArmContext): Reply => {
    const subscription = subscriptionOf(params, context);
    if (isReply(subscription)) return subscription;
    const { world, principal, pageSize } = context;
    const rows = world.estate.vaults.filter(
      (row) =>
        typeOf(row) === type &&
        row.deleted !== true &&
        row.subscription === subscription.id &&
        allows(principal, `${type}/read`, vaultId(row)),
    );
    return {
      status: 200,
      body: page(
        rows.map((row) => vaultBody(row, world)),
        pageSize,
        call,
      ),
    };
  };

/** The vault at an address if the caller may do `action` there. */
export function vaultFor(
  type: VaultType,
  action: string,
  params: Params,
  context: ArmContext,
): VaultRow | Reply {
  const { world, principal } = context;
  const scope =
    `/subscriptions/${params('subscription')}/resourceGroups/${params('group')}` +
    `/providers/${type}/${params('vault')}`;
  if (!allows(principal, action, scope)) return forbidden(principal, action, scope);
  const found = world.estate.vaults.find(
    (row) => row.deleted !== true && vaultId(row).toLowerCase() === scope.toLowerCase(),
  );
  return (
    found ??
    refuse(
      404,
      'ResourceNotFound',
      `The Resource '${type}/${params('vault')}' under resource group '${params('group')}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    )
  );
}

export const vaultPath =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}';

const get =
  (type: VaultType) =>
  (_call: Call, params: Params, context: ArmContext): Reply => {
    const vault = vaultFor(type, `${type}/read`, params, context);
    return 'status' in vault ? vault : { status: 200, body: vaultBody(vault, context.world) };
  };

export const vaultRoutes: readonly Route<ArmContext>[] = [
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/Microsoft.KeyVault/vaults',
    answer: list(vaultType),
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/Microsoft.KeyVault/managedHSMs',
    answer: list(hsmType),
  },
  { method: 'GET', path: vaultPath, answer: get(vaultType) },
  { method: 'GET', path: vaultPath.replace('/vaults/', '/managedHSMs/'), answer: get(hsmType) },
];
