import { allows, covers } from '../access.ts';
import { roleOf } from '../encryption/rights.ts';
import type { RoleAssignmentRow, RoleDefinitionRow } from '../estate.ts';
import { refuse, type Call, type Reply } from '../http.ts';
import { builtInRoles } from '../roles.ts';
import { page, type Params, type Route } from '../routes.ts';
import { isReply, subscriptionOf, type ArmContext } from './context.ts';
import { forbidden } from './errors.ts';
import { vaultPath } from './vaults.ts';

const definitionId = (subscription: string, role: string): string =>
  `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;

const subscriptionIn = (scope: string): string => /^\/subscriptions\/([^/]+)/i.exec(scope)?.[1] ?? '';

const iso = (ms: number): string => new Date(ms).toISOString();

function assignmentBody(row: RoleAssignmentRow): object {
  const created = iso(row.grantedAt ?? Date.UTC(2025, 4, 19));
  return {
    id: `${row.scope}/providers/Microsoft.Authorization/roleAssignments/${row.name}`,
    type: 'Microsoft.Authorization/roleAssignments',
    name: row.name,
    properties: {
      roleDefinitionId: definitionId(subscriptionIn(row.scope), row.role),
      principalId: row.principalId,
      principalType: 'ServicePrincipal',
      scope: row.scope,
      condition: row.condition ?? null,
      conditionVersion: row.condition === undefined ? null : '2.0',
      createdOn: created,
      updatedOn: created,
    },
  };
}

/** The guid in `principalId eq '…'` or `assignedTo('…')`; `*` without a filter; undefined when it isn't understood. */
function principalIn(filter: string | null): string | undefined {
  if (filter === null) return '*';
  const plain = filter.replace(/^atScope\(\)( and )?/i, '');
  if (plain === '') return '*';
  return /^(?:principalId eq |assignedTo\()'([^']+)'\)?$/i.exec(plain)?.[1];
}

/** Assignments at the scope, above it and, unless `atScope()` is asked for, below it; those not in force yet as well. */
function list(call: Call, _params: Params, context: ArmContext): Reply {
  const scope = call.path.replace(/\/providers\/Microsoft\.Authorization\/roleAssignments$/i, '');
  const action = 'Microsoft.Authorization/roleAssignments/read';
  if (!allows(context.principal, action, scope)) return forbidden(context.principal, action, scope);
  const filter = call.query.get('$filter');
  const principal = principalIn(filter);
  if (principal === undefined)
    return refuse(400, 'InvalidFilter', `The filter '${String(filter)}' is not supported.`);
  const below = !/^atScope\(\)/i.test(filter ?? '');
  const rows = (context.world.estate.roleAssignments ?? []).filter(
    (row) =>
      (principal === '*' || row.principalId === principal) &&
      (covers(row.scope, scope) || (below && covers(scope, row.scope))) &&
      roleOf(row, context.world) !== undefined,
  );
  return { status: 200, body: page(rows.map(assignmentBody), context.pageSize, call) };
}

function definitionBody(row: RoleDefinitionRow, subscription: string): object {
  const { actions, notActions = [], dataActions, notDataActions = [] } = row;
  return {
    id: definitionId(subscription, row.id),
    type: 'Microsoft.Authorization/roleDefinitions',
    name: row.id,
    properties: {
      roleName: row.name,
      type: row.builtIn === true ? 'BuiltInRole' : 'CustomRole',
      description: '',
      assignableScopes: [row.builtIn === true ? '/' : `/subscriptions/${subscription}`],
      permissions: [{ actions, notActions, dataActions, notDataActions }],
    },
  };
}

function definition(_call: Call, params: Params, context: ArmContext): Reply {
  const subscription = subscriptionOf(params, context);
  if (isReply(subscription)) return subscription;
  const action = 'Microsoft.Authorization/roleDefinitions/read';
  const scope = `/subscriptions/${subscription.id}`;
  if (!allows(context.principal, action, scope)) return forbidden(context.principal, action, scope);
  const wanted = params('role').toLowerCase();
  const row = [...(context.world.estate.roleDefinitions ?? []), ...builtInRoles].find(
    ({ id }) => id === wanted,
  );
  return row
    ? { status: 200, body: definitionBody(row, subscription.id) }
    : refuse(
        404,
        'RoleDefinitionDoesNotExist',
        `The specified role definition with ID '${wanted}' does not exist.`,
      );
}

const assignments = 'providers/Microsoft.Authorization/roleAssignments';

export const roleRoutes: readonly Route<ArmContext>[] = [
  { method: 'GET', path: `${vaultPath}/${assignments}`, answer: list },
  { method: 'GET', path: `${vaultPath}/keys/{key}/${assignments}`, answer: list },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}',
    answer: definition,
  },
];
