import { covers } from '../access.ts';
import type { Route } from '../routes.ts';
import { accountFor, accountPath, isReply, type ArmContext } from './context.ts';

/** Locks and the caller's own permissions at an account, those inherited from above included. */
export const authorizationRoutes: readonly Route<ArmContext>[] = [
  {
    method: 'GET',
    path: `${accountPath}/providers/Microsoft.Authorization/locks`,
    answer: (call, params, context) => {
      const account = accountFor('Microsoft.Authorization/locks/read', params, context);
      if (isReply(account)) return account;
      const scope = call.path.replace(/\/providers\/Microsoft\.Authorization\/locks$/i, '');
      const locks = context.world.estate.locks.filter((lock) => covers(lock.scope, scope));
      return {
        status: 200,
        body: {
          value: locks.map(({ name, level, scope: at, notes }) => ({
            id: `${at}/providers/Microsoft.Authorization/locks/${name}`,
            type: 'Microsoft.Authorization/locks',
            name,
            properties: { level, notes: notes ?? '' },
          })),
        },
      };
    },
  },
  {
    method: 'GET',
    path: `${accountPath}/providers/Microsoft.Authorization/permissions`,
    answer: (call, params, context) => {
      const account = accountFor('Microsoft.Authorization/permissions/read', params, context);
      if (isReply(account)) return account;
      const scope = call.path.replace(/\/providers\/Microsoft\.Authorization\/permissions$/i, '');
      const grants = context.principal.grants.filter((grant) => covers(grant.scope, scope));
      return {
        status: 200,
        body: {
          value: grants.map((grant) => ({
            actions: grant.actions,
            notActions: grant.notActions ?? [],
            dataActions: grant.dataActions ?? [],
            notDataActions: grant.notDataActions ?? [],
          })),
        },
      };
    },
  },
];
