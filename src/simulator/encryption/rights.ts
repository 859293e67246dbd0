import { covers, like } from '../access.ts';
import { vaultId, type RoleAssignmentRow, type RoleDefinitionRow, type VaultRow } from '../estate.ts';
import { builtInRoles } from '../roles.ts';
import type { World } from '../world.ts';

/** What an account's identity needs of a key: as an access policy calls it, and as a role does. */
export const keyRights = [
  ['get', 'Microsoft.KeyVault/vaults/keys/read'],
  ['wrapKey', 'Microsoft.KeyVault/vaults/keys/wrap/action'],
  ['unwrapKey', 'Microsoft.KeyVault/vaults/keys/unwrap/action'],
] as const;

export const roleOf = (assignment: RoleAssignmentRow, world: World): RoleDefinitionRow | undefined =>
  [...(world.estate.roleDefinitions ?? []), ...builtInRoles].find(({ id }) => id === assignment.role);

/** Those of get, wrapKey and unwrapKey that an identity doesn't have (yet) on a key. */
export function missingRights(vault: VaultRow, key: string, objectId: string, world: World): string[] {
  return keyRights.flatMap(([policy, action]) =>
    byPolicy(vault, objectId, policy) || byRole(vault, key, objectId, action, world) ? [] : [policy],
  );
}

const byPolicy = (vault: VaultRow, objectId: string, right: string): boolean =>
  vault.accessPolicies?.some(
    (row) => row.objectId === objectId && row.keys.some((one) => one === right || one === 'all'),
  ) === true;

function byRole(vault: VaultRow, key: string, objectId: string, action: string, world: World): boolean {
  if (vault.accessPolicies) return false;
  const scope = `${vaultId(vault)}/keys/${key}`;
  return (world.estate.roleAssignments ?? []).some((row) => {
    const role = roleOf(row, world);
    const counts = (row.grantedAt ?? -Infinity) + world.timing.grantDelay <= world.now();
    return (
      counts &&
      row.principalId === objectId &&
      covers(row.scope, scope) &&
      role?.dataActions.some((one) => like(one, action)) === true &&
      role.notDataActions?.some((one) => like(one, action)) !== true
    );
  });
}
