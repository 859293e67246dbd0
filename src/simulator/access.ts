import type { PrincipalRow } from './estate.ts';

/** Whether a role of this principal at or above `scope` allows the action (Azure RBAC without conditions). */
export function allows(
  principal: PrincipalRow,
  action: string,
  scope: string,
  plane: 'control' | 'data' = 'control',
): boolean {
  return principal.grants.some((grant) => {
    if (!covers(grant.scope, scope)) return false;
    const [yes, no] =
      plane === 'control'
        ? [grant.actions, grant.notActions]
        : [grant.dataActions ?? [], grant.notDataActions];
    return yes.some((one) => like(one, action)) && !(no ?? []).some((one) => like(one, action));
  });
}

/** Whether `scope` is `above` itself or lies below it. */
export const covers = (above: string, scope: string): boolean =>
  `${scope.toLowerCase()}/`.startsWith(`${above.toLowerCase().replace(/\/$/, '')}/`);

/** Whether an action fits a pattern of a role; `*` stands for any run of characters. */
export function like(pattern: string, action: string): boolean {
  const source = pattern.replace(/[.+?^$(){}|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${source}$`, 'i').test(action);
}
