import { z } from 'zod';
import type {
  AccountIdentity,
  KeyGrant,
  KeyRight,
  KeyRights,
  KeyVault,
} from '../../../application/ports/encryption.ts';
import type { Fault } from '../../../domain/faults.ts';
import { ok, type Result } from '../../../domain/result.ts';
import { covers } from '../accountIds.ts';
import { getArm, listArm } from '../arm.ts';
import type { Context } from '../call.ts';
import type { Operation } from '../faults.ts';
import { isAllowed } from '../permissions.ts';
import { vaultVersion } from './address.ts';

/** How a role calls each right (learn.microsoft.com/azure/key-vault/general/rbac-guide). */
const dataActions: Readonly<Record<KeyRight, string>> = {
  get: 'Microsoft.KeyVault/vaults/keys/read',
  wrapKey: 'Microsoft.KeyVault/vaults/keys/wrap/action',
  unwrapKey: 'Microsoft.KeyVault/vaults/keys/unwrap/action',
};
const rights = Object.keys(dataActions) as KeyRight[];

const operation = (vault: KeyVault, name: string, doing: string, action: string): Operation => ({
  name,
  doing: `${doing} ${vault.name}`,
  thing: `The key vault ${vault.name}`,
  sends: 'retried',
  needs: { action, role: 'Reader' },
});

/** See the port. */
export async function rightsOn(
  context: Context,
  vault: KeyVault,
  key: string,
  identity: AccountIdentity,
  signal?: AbortSignal,
): Promise<Result<KeyRights, Fault>> {
  if (vault.access === 'localRoles') return ok({ known: false });
  const grants =
    vault.access === 'roles'
      ? await byRoles(context, vault, key, identity, signal)
      : await byPolicies(context, vault, identity, signal);
  if (!grants.ok) return grants;
  const missing = rights.filter((right) => !grants.value.some((grant) => grant.right === right));
  return ok({ known: true, missing, grants: grants.value });
}

const policies = z.object({
  properties: z.object({
    accessPolicies: z
      .array(
        z.object({
          objectId: z.string(),
          applicationId: z.string().nullish(),
          permissions: z.object({ keys: z.array(z.string()).nullish() }),
        }),
      )
      .nullish(),
  }),
});

async function byPolicies(
  context: Context,
  vault: KeyVault,
  { objectId }: AccountIdentity,
  signal?: AbortSignal,
): Promise<Result<KeyGrant[], Fault>> {
  const read = await getArm(
    context,
    `${vault.id}?${vaultVersion}`,
    policies,
    operation(vault, 'accessPolicies', 'read the access policies of', 'Microsoft.KeyVault/vaults/read'),
    signal,
  );
  if (!read.ok) return read;
  // one with an applicationId counts only for a user who comes through that application
  const own = (read.value.properties.accessPolicies ?? []).filter(
    (policy) => policy.objectId.toLowerCase() === objectId.toLowerCase() && !policy.applicationId,
  );
  const held = new Set(
    own.flatMap(({ permissions }) => permissions.keys ?? []).map((one) => one.toLowerCase()),
  );
  return ok(
    rights
      .filter((right) => held.has(right.toLowerCase()) || held.has('all'))
      .map((right) => ({ right, by: 'an access policy', scope: vault.id, since: null, conditional: false })),
  );
}

const assignment = z.object({
  properties: z.object({
    roleDefinitionId: z.string(),
    scope: z.string(),
    condition: z.string().nullish(),
    createdOn: z.string().nullish(),
  }),
});

const definition = z.object({
  properties: z.object({
    roleName: z.string(),
    permissions: z.array(
      z.object({ dataActions: z.array(z.string()).nullish(), notDataActions: z.array(z.string()).nullish() }),
    ),
  }),
});

async function byRoles(
  context: Context,
  vault: KeyVault,
  key: string,
  { objectId }: AccountIdentity,
  signal?: AbortSignal,
): Promise<Result<KeyGrant[], Fault>> {
  // of the identity and of the groups it is in, at the vault, above it and below it
  const filter = encodeURIComponent(`assignedTo('${objectId}')`);
  const listed = await listArm(
    context,
    `${vault.id}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=${filter}`,
    assignment,
    operation(
      vault,
      'roleAssignments',
      'list the role assignments of',
      'Microsoft.Authorization/roleAssignments/read',
    ),
    signal,
  );
  if (!listed.ok) return listed;
  const grants: KeyGrant[] = [];
  for (const { properties } of listed.value) {
    const { roleDefinitionId, scope, condition, createdOn } = properties;
    if (!covers(scope, `${vault.id}/keys/${key}`)) continue;
    const role = await getArm(
      context,
      `${roleDefinitionId}?api-version=2022-04-01`,
      definition,
      operation(vault, 'roleDefinition', 'read a role at', 'Microsoft.Authorization/roleDefinitions/read'),
      signal,
    );
    if (!role.ok) return role;
    const { roleName, permissions } = role.value.properties;
    const since = Date.parse(createdOn ?? '');
    for (const right of rights.filter((one) => isAllowed(permissions.map(asActions), dataActions[one])))
      grants.push({
        right,
        by: `the role ${roleName}`,
        scope,
        since: Number.isNaN(since) ? null : since,
        conditional: Boolean(condition),
      });
  }
  return ok(grants);
}

/** Data actions and control actions are judged by the same rule. */
const asActions = ({
  dataActions: actions,
  notDataActions: notActions,
}: z.infer<typeof definition>['properties']['permissions'][number]) => ({ actions, notActions });
