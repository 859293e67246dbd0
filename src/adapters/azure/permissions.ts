import { z } from 'zod';
import type { Fault } from '../../domain/faults.ts';
import { ok, type Result } from '../../domain/result.ts';
import { partsOf } from './accountIds.ts';
import { listArm } from './arm.ts';
import type { Context } from './call.ts';

const permission = z.object({
  actions: z.array(z.string()).nullish(),
  notActions: z.array(z.string()).nullish(),
});
type Permission = z.infer<typeof permission>;

/** Those of `actions` (control plane) that none of the identity's roles allows at the account. */
export async function missingActions(
  context: Context,
  id: string,
  actions: readonly string[],
  signal?: AbortSignal,
): Promise<Result<readonly string[], Fault>> {
  const listed = await listArm(
    context,
    `${id}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`,
    permission,
    {
      name: 'permissions',
      doing: `list Keysmith's own rights on ${partsOf(id).name}`,
      thing: `The account ${partsOf(id).name}`,
      sends: 'retried',
      needs: { action: 'Microsoft.Authorization/permissions/read', role: 'Reader' },
    },
    signal,
  );
  return listed.ok ? ok(actions.filter((action) => !isAllowed(listed.value, action))) : listed;
}

/**
 * Whether one of several roles allows an action. A role's `notActions` take away from that role alone, they
 * deny nothing (learn.microsoft.com/azure/role-based-access-control/role-definitions#notactions).
 */
export const isAllowed = (permissions: readonly Permission[], action: string): boolean =>
  permissions.some(
    ({ actions, notActions }) =>
      (actions ?? []).some((pattern) => matches(pattern, action)) &&
      !(notActions ?? []).some((pattern) => matches(pattern, action)),
  );

/** `*` stands for any run of characters, slashes too. */
function matches(pattern: string, action: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`, 'i').test(action);
}
