import { covers } from '../access.ts';
import { page, type Route } from '../routes.ts';
import type { ArmContext } from './context.ts';

/** Subscriptions in which the caller has any role at all, as ARM lists them. */
export const subscriptionRoutes: readonly Route<ArmContext>[] = [
  {
    method: 'GET',
    path: '/subscriptions',
    answer: (call, _params, { world, principal, pageSize }) => {
      const seen = world.estate.subscriptions.filter(({ id }) =>
        principal.grants.some(
          ({ scope }) => covers(`/subscriptions/${id}`, scope) || covers(scope, `/subscriptions/${id}`),
        ),
      );
      const rows = seen.map(({ id, name }) => ({
        id: `/subscriptions/${id}`,
        authorizationSource: 'RoleBased',
        subscriptionId: id,
        tenantId: world.estate.tenant,
        displayName: name,
        state: 'Enabled',
        subscriptionPolicies: {
          locationPlacementId: 'Public_2014-09-01',
          quotaId: 'EnterpriseAgreement_2014-09-01',
          spendingLimit: 'Off',
        },
      }));
      return {
        status: 200,
        body: { ...page(rows, pageSize, call), count: { type: 'Total', value: rows.length } },
      };
    },
  },
];
