import { z } from 'zod';
import type { KeyVault, KeyVaults } from '../../../application/ports/encryption.ts';
import type { Fault } from '../../../domain/faults.ts';
import { err, ok } from '../../../domain/result.ts';
import { listArm } from '../arm.ts';
import type { Context } from '../call.ts';
import { sameVault, vaultVersion } from './address.ts';
import { rightsOn } from './rights.ts';
import { subscriptionWise } from './subscriptionWise.ts';

const networkAcls = z.object({ bypass: z.string().nullish(), defaultAction: z.string().nullish() });

const shared = z.object({
  tenantId: z.string(),
  enableSoftDelete: z.boolean().nullish(),
  enablePurgeProtection: z.boolean().nullish(),
  networkAcls: networkAcls.nullish(),
  publicNetworkAccess: z.string().nullish(),
  provisioningState: z.string().nullish(),
});

const resource = { id: z.string(), name: z.string(), location: z.string() };

const vaultRow = z.object({
  ...resource,
  properties: shared.extend({
    vaultUri: z.string(),
    sku: z.object({ name: z.string() }).nullish(),
    enableRbacAuthorization: z.boolean().nullish(),
  }),
});

const hsmRow = z.object({
  ...resource,
  sku: z.object({ name: z.string() }).nullish(),
  properties: shared.extend({ hsmUri: z.string() }),
});

/**
 * Defaults where ARM is silent: soft delete is on in every vault by now and silence means that; purge protection
 * is off; without network rules everybody comes in (learn.microsoft.com/rest/api/keyvault/keyvault/vaults).
 */
function common({ id, name, location, properties }: z.infer<typeof hsmRow> | z.infer<typeof vaultRow>) {
  const { networkAcls: acls, publicNetworkAccess } = properties;
  const shut = publicNetworkAccess?.toLowerCase() === 'disabled';
  const everybody = !shut && acls?.defaultAction?.toLowerCase() !== 'deny';
  return {
    id,
    name,
    location,
    tenant: properties.tenantId,
    provisioningState: properties.provisioningState ?? 'Succeeded',
    softDelete: properties.enableSoftDelete ?? true,
    purgeProtection: properties.enablePurgeProtection ?? false,
    network: { everybody, trustedServices: everybody || acls?.bypass?.toLowerCase() === 'azureservices' },
  };
}

const vaultOf = (row: z.infer<typeof vaultRow>): KeyVault => ({
  kind: 'vault',
  address: row.properties.vaultUri,
  sku: row.properties.sku?.name ?? 'standard',
  // false and absent mean the same here
  access: row.properties.enableRbacAuthorization === true ? 'roles' : 'accessPolicies',
  ...common(row),
});

const hsmOf = (row: z.infer<typeof hsmRow>): KeyVault => ({
  kind: 'managedHsm',
  address: row.properties.hsmUri,
  sku: row.sku?.name ?? '',
  access: 'localRoles',
  ...common(row),
});

export function openKeyVaults(context: Context): KeyVaults {
  /** Rows of one type in every subscription. */
  const rowsOf = <T>(type: string, what: string, row: z.ZodType<T>, signal?: AbortSignal) =>
    subscriptionWise(
      context,
      ({ subscriptionId, displayName }) =>
        listArm(
          context,
          `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/${type}?${vaultVersion}`,
          row,
          {
            name: 'keyVaults',
            doing: `list the ${what} of the subscription ${displayName}`,
            thing: `The subscription ${displayName}`,
            sends: 'retried',
            needs: { action: `Microsoft.KeyVault/${type}/read`, role: 'Key Vault Reader' },
          },
          signal,
        ),
      signal,
    );

  const list: KeyVaults['list'] = async (signal) => {
    const vaults = await rowsOf('vaults', 'key vaults', vaultRow, signal);
    if (!vaults.ok) return vaults;
    const hsms = await rowsOf('managedHSMs', 'managed HSMs', hsmRow, signal);
    if (!hsms.ok) return hsms;
    return ok({
      vaults: [...vaults.value.rows.map(vaultOf), ...hsms.value.rows.map(hsmOf)],
      unread: [...new Set([...vaults.value.unread, ...hsms.value.unread])],
    });
  };

  return {
    list,
    at: async (address, signal) => {
      const listed = await list(signal);
      if (!listed.ok) return listed;
      const found = listed.value.vaults.find((vault) => sameVault(vault.address, address));
      return found ? ok(found) : err(noVault(address, listed.value.unread));
    },
    rightsOn: (vault, key, identity, signal) => rightsOn(context, vault, key, identity, signal),
  };
}

const noVault = (address: string, unread: readonly string[]): Fault => ({
  kind: 'missing',
  code: 'VaultNotFound',
  says: `The key vault ${address} is not among those that Keysmith can see.${unread.length === 0 ? '' : ` It could not look into ${unread.join(', ')}.`}`,
  remedy:
    'If it was deleted, recover it. If it is there, give Keysmith Microsoft.KeyVault/vaults/read on it, for example with the role Key Vault Reader, then press Retry.',
});
