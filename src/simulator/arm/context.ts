import { allows } from '../access.ts';
import type { Encryption } from '../encryption/index.ts';
import { accountId, type AccountRow, type PrincipalRow, type SubscriptionRow } from '../estate.ts';
import type { Reply } from '../http.ts';
import type { Params } from '../routes.ts';
import type { World } from '../world.ts';
import { forbidden, noAccount, noSubscription } from './errors.ts';

export interface ArmContext {
  world: World;
  principal: PrincipalRow;
  encryption: Encryption;
  /** Items on a page of a list. */
  pageSize: number;
}

/** The template of an account's address; every route below it starts with this. */
export const accountPath =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.CognitiveServices/accounts/{account}';

export function subscriptionOf(params: Params, { world }: ArmContext): SubscriptionRow | Reply {
  const wanted = params('subscription').toLowerCase();
  return world.estate.subscriptions.find(({ id }) => id === wanted) ?? noSubscription(params('subscription'));
}

/** The account of the address if the caller may do `action` there. As in ARM, rights are looked at before existence. */
export function accountFor(action: string, params: Params, context: ArmContext): AccountRow | Reply {
  const { world, principal } = context;
  const scope =
    `/subscriptions/${params('subscription')}/resourceGroups/${params('group')}` +
    `/providers/Microsoft.CognitiveServices/accounts/${params('account')}`;
  if (!allows(principal, action, scope)) return forbidden(principal, action, scope);
  return (
    world.estate.accounts.find((row) => accountId(row).toLowerCase() === scope.toLowerCase()) ??
    noAccount(params('account'), params('group'))
  );
}

export const isReply = (value: object): value is Reply => 'status' in value;
