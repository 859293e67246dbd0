import { covers } from '../access.ts';
import { accountId, type AccountRow, type SlotName } from '../estate.ts';
import { field, refuse, type Reply } from '../http.ts';
import type { Params, Route } from '../routes.ts';
import { accountFor, accountPath, isReply, type ArmContext } from './context.ts';
import { badRequest, scopeLocked } from './errors.ts';

/** The account if the caller may do the action, no lock forbids it, and the account is in a state for it. */
function writable(action: string, params: Params, context: ArmContext): AccountRow | Reply {
  const account = accountFor(action, params, context);
  if (isReply(account)) return account;
  const id = accountId(account);
  const lock = context.world.estate.locks.find(
    ({ level, scope }) => level === 'ReadOnly' && covers(scope, id),
  );
  return lock ? scopeLocked(id, lock.scope) : account;
}

const isSlot = (name: unknown): name is SlotName => name === 'Key1' || name === 'Key2';

export const keyRoutes: readonly Route<ArmContext>[] = [
  {
    method: 'POST',
    path: `${accountPath}/listKeys`,
    answer: (_call, params, context) => {
      const account = writable('Microsoft.CognitiveServices/accounts/listKeys/action', params, context);
      if (isReply(account)) return account;
      if (account.disableLocalAuth)
        return badRequest('Failed to list key. disableLocalAuth is set to be true');
      const { world } = context;
      const keys = world.keysOf(account);
      const { listKeysLag, listKeysStaleShare } = world.timing;
      const before = world.now() - listKeysLag;
      const stale = keys.lastChange() > before && world.random() < listKeysStaleShare;
      return { status: 200, body: stale ? keys.at(before) : keys.at() };
    },
  },
  {
    method: 'POST',
    path: `${accountPath}/regenerateKey`,
    answer: (call, params, context) => {
      const account = writable('Microsoft.CognitiveServices/accounts/regenerateKey/action', params, context);
      if (isReply(account)) return account;
      const { world, principal } = context;
      if (account.provisioningState !== 'Succeeded') {
        return refuse(
          409,
          'AccountProvisioningStateInvalid',
          `Account ${accountId(account)} in state ${account.provisioningState}`,
        );
      }
      // not confirmed for the real Azure; refusing is the side on which nothing is lost
      if (account.disableLocalAuth)
        return badRequest('Failed to regenerate key. disableLocalAuth is set to be true');
      const name = field(call.body, 'keyName');
      if (!isSlot(name)) {
        return badRequest(`The key name '${String(name)}' is invalid. Valid values are 'Key1' and 'Key2'.`);
      }
      world.regenerate(account, name, principal.name);
      return { status: 200, body: world.keysOf(account).at() };
    },
  },
];
