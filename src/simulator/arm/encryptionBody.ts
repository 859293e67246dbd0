import { systemIdentity } from '../encryption/opener.ts';
import { identityId, type AccountRow } from '../estate.ts';
import type { World } from '../world.ts';

/** `identity` of an account. */
export function identityBody(row: AccountRow, world: World): object {
  const type = row.identity?.type ?? 'SystemAssigned';
  if (type === 'None') return { type };
  const principalId = systemIdentity(row);
  const names = row.identity?.userAssigned ?? [];
  const assigned = (world.estate.identities ?? []).filter(({ name }) => names.includes(name));
  return {
    type,
    ...(principalId !== undefined && { principalId, tenantId: world.estate.tenant }),
    ...(type.includes('UserAssigned') && {
      userAssignedIdentities: Object.fromEntries(
        assigned.map((one) => [identityId(one), { principalId: one.objectId, clientId: one.clientId }]),
      ),
    }),
  };
}

/** `properties.encryption` of an account; absent while Microsoft manages the key. */
export function encryptionBody({ encryption }: AccountRow, world: World): object {
  if (!encryption) return {};
  const { vault, key, version, identityClientId } = encryption;
  const origin =
    world.vaultUrls.get(vault) ?? (URL.canParse(vault) ? vault : `https://${vault}.vault.azure.net`);
  return {
    encryption: {
      keySource: 'Microsoft.KeyVault',
      keyVaultProperties: {
        keyName: key,
        keyVersion: version,
        keyVaultUri: `${origin}/`,
        ...(identityClientId !== undefined && { identityClientId }),
      },
    },
  };
}
