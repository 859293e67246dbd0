import { allows } from '../access.ts';
import { vaultId, type PrincipalRow, type VaultRow } from '../estate.ts';
import { refuse, type Reply } from '../http.ts';
import type { World } from '../world.ts';

export interface VaultContext {
  world: World;
  vault: VaultRow;
  principal: PrincipalRow;
}

/** A refusal when no role gives the caller this data action; worded as a vault with Azure RBAC words it. */
export function denied(
  action: string,
  object: string,
  { vault, principal, world }: VaultContext,
): Reply | undefined {
  const resource = `${vaultId(vault)}${object}`;
  const full = `Microsoft.KeyVault/vaults/${action}`;
  if (allows(principal, full, resource, 'data')) return undefined;
  return refuse(
    403,
    'Forbidden',
    `Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nCaller: appid=${principal.clientId};oid=${principal.objectId};iss=https://sts.windows.net/${world.estate.tenant}/\r\nAction: '${full}'\r\nResource: '${resource.toLowerCase()}'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason: null \r\nVault: ${vault.name};location=${vault.location}\r\n`,
    { innererror: { code: 'ForbiddenByRbac' } },
  );
}

export const originOf = ({ world, vault }: VaultContext): string => world.vaultUrls.get(vault.name) ?? '';
