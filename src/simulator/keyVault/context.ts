import { allows } from '../access.ts';
import type { Encryption } from '../encryption/index.ts';
import { vaultId, type PrincipalRow, type VaultRow } from '../estate.ts';
import { refuse, type Reply } from '../http.ts';
import type { World } from '../world.ts';

export interface VaultContext {
  world: World;
  vault: VaultRow;
  principal: PrincipalRow;
  encryption: Encryption;
}

/**
 * A refusal when nothing gives the caller this right: no role the data action or, in a vault with access policies,
 * no policy the permission. Each kind of vault words it in its own way.
 */
export function denied(
  action: string,
  object: string,
  context: VaultContext,
  permission = 'get',
): Reply | undefined {
  const { vault, principal, world } = context;
  const shut = outside(context);
  if (shut) return shut;
  if (vault.accessPolicies && vault.kind !== 'managedHsm') return byPolicy(action, permission, context);
  const resource = `${vaultId(vault)}${object}`;
  const full = `Microsoft.KeyVault/${vault.kind === 'managedHsm' ? 'managedHsm' : 'vaults'}/${action}`;
  if (allows(principal, full, resource, 'data')) return undefined;
  return refuse(
    403,
    'Forbidden',
    `Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nCaller: appid=${principal.clientId};oid=${principal.objectId};iss=https://sts.windows.net/${world.estate.tenant}/\r\nAction: '${full}'\r\nResource: '${resource.toLowerCase()}'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: null \r\nVault: ${vault.name};location=${vault.location}\r\n`,
    { innererror: { code: 'ForbiddenByRbac' } },
  );
}

/** learn.microsoft.com/azure/key-vault/general/rest-error-codes */
function byPolicy(action: string, permission: string, context: VaultContext): Reply | undefined {
  const { vault, principal, world } = context;
  const allowed = vault.accessPolicies?.some(
    ({ objectId, keys }) =>
      objectId === principal.objectId &&
      keys.some((one) => one.toLowerCase() === permission || one === 'all'),
  );
  if (allowed === true && action.startsWith('key')) return undefined;
  return refuse(
    403,
    'Forbidden',
    `The user, group or application 'appid=${principal.clientId};oid=${principal.objectId};iss=https://sts.windows.net/${world.estate.tenant}/' does not have ${action.split('/')[0] ?? ''} ${permission} permission on key vault '${vault.name};location=${vault.location}'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
    { innererror: { code: 'ForbiddenByPolicy' } },
  );
}

/** The firewall of the vault, seen from where the rotation service calls; a vault that is gone. */
function outside({ vault, world }: VaultContext): Reply | undefined {
  if (vault.deleted === true || !world.estate.vaults.includes(vault))
    // in Azure its name doesn't even resolve any more
    return refuse(404, 'VaultNotFound', `The vault ${vault.name} was not found.`);
  const { defaultAction, ipRules = [] } = vault.network ?? { defaultAction: 'Allow' };
  if (defaultAction === 'Allow' || ipRules.some((rule) => rule.split('/')[0] === '127.0.0.1'))
    return undefined;
  return refuse(
    403,
    'Forbidden',
    `Client address is not authorized and caller is not a trusted service.\r\nClient address: 127.0.0.1\r\nVault: ${vault.name};location=${vault.location}`,
    { innererror: { code: 'ForbiddenByFirewall' } },
  );
}

export const originOf = ({ world, vault }: VaultContext): string => world.vaultUrls.get(vault.name) ?? '';
