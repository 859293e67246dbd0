import { allows, covers } from '../access.ts';
import { busy, type Update } from '../encryption/index.ts';
import { accountId, type AccountIdentityRow, type AccountRow } from '../estate.ts';
import { field, refuse, type Call, type Reply } from '../http.ts';
import type { Params, Route } from '../routes.ts';
import { accountBody } from './accounts.ts';
import { accountFor, accountPath, isReply, subscriptionOf, type ArmContext } from './context.ts';
import { forbidden, scopeLocked } from './errors.ts';

const preconditionFailed = refuse(
  412,
  'PreconditionFailed',
  'The condition specified using HTTP conditional header(s) is not met.',
);

/** Why nothing at all may be changed there now. Whether accounts heed If-Match is not confirmed; ARM's rules say so. */
function shut(account: AccountRow, call: Call, { world }: ArmContext): Reply | undefined {
  const id = accountId(account);
  const lock = world.estate.locks.find(({ level, scope }) => level === 'ReadOnly' && covers(scope, id));
  if (lock) return scopeLocked(id, lock.scope);
  const etag = field(accountBody(account, world), 'etag');
  const wanted = call.header('if-match');
  if (wanted !== undefined && wanted !== '*' && wanted !== etag) return preconditionFailed;
  return busy(account);
}

/** What is changed at once: everything but the encryption. Gives the names of what was. */
function changeNow(account: AccountRow, body: unknown): string[] {
  const changed: string[] = [];
  const tags = field(body, 'tags');
  if (typeof tags === 'object' && tags !== null) {
    account.tags = tags as Record<string, string>;
    changed.push('tags');
  }
  const identity = field(body, 'identity');
  if (typeof identity === 'object' && identity !== null) {
    const ids = Object.keys(field(identity, 'userAssignedIdentities') ?? {});
    account.identity = {
      ...account.identity,
      type: String(field(identity, 'type')) as AccountIdentityRow['type'],
      userAssigned: ids.map((id) => id.split('/').at(-1) ?? ''),
    };
    changed.push('identity');
  }
  const disableLocalAuth = field(field(body, 'properties'), 'disableLocalAuth');
  if (typeof disableLocalAuth === 'boolean') {
    account.disableLocalAuth = disableLocalAuth;
    changed.push('disableLocalAuth');
  }
  return changed;
}

/** PATCH of an account by anybody; the encryption is changed in the background, all else at once. */
export function changeAccount(
  account: AccountRow,
  body: unknown,
  principal: string,
  { world, encryption }: Pick<ArmContext, 'world' | 'encryption'>,
): Update | Reply | undefined {
  const wanted = field(field(body, 'properties'), 'encryption');
  const begun = wanted === undefined ? undefined : encryption.change(account, wanted, principal);
  if (begun && !('startedAt' in begun)) return begun;
  const changed = changeNow(account, body);
  if (changed.length > 0) {
    world.record({
      kind: 'updateAccount',
      target: account.name,
      id: accountId(account),
      change: changed.join(),
      principal,
    });
  }
  return begun;
}

/**
 * As recorded (azure-cli, test_cognitiveservices_encryption.yaml): 202 with the account, its state `Accepted`, both
 * addresses and no Retry-After; 200 when nothing goes on in the background.
 */
function update(call: Call, params: Params, context: ArmContext): Reply {
  const account = accountFor('Microsoft.CognitiveServices/accounts/write', params, context);
  if (isReply(account)) return account;
  const refusal = shut(account, call, context);
  if (refusal) return refusal;
  const { world, principal } = context;
  const begun = changeAccount(account, call.body, principal.name, context);
  if (begun && !('startedAt' in begun)) return begun;
  const body = accountBody(account, world);
  if (!begun) return { status: 200, body };
  const address =
    `${call.origin}/subscriptions/${account.subscription}/providers/Microsoft.CognitiveServices` +
    `/locations/${account.location.toUpperCase()}/operationResults/${begun.id}?api-version=2017-04-18`;
  return {
    status: 202,
    body,
    headers: {
      'azure-asyncoperation': address,
      location: `${address}&operationResultResponseType=Location`,
    },
  };
}

/** How far a change is. The address in `location` answers 202 until it is over, then with the account. */
function result(call: Call, params: Params, context: ArmContext): Reply {
  const subscription = subscriptionOf(params, context);
  if (isReply(subscription)) return subscription;
  const action = 'Microsoft.CognitiveServices/locations/operationResults/read';
  const scope = `/subscriptions/${subscription.id}`;
  if (!allows(context.principal, action, scope)) return forbidden(context.principal, action, scope);
  const found = context.encryption.update(params('operation'));
  if (!found) return refuse(404, 'NotFound', `The operation '${params('operation')}' was not found.`);
  const iso = (at: number): string => new Date(at).toISOString();
  if (call.query.get('operationResultResponseType')?.toLowerCase() === 'location') {
    return found.status === 'Updating'
      ? { status: 202 }
      : { status: 200, body: accountBody(found.account, context.world) };
  }
  return {
    status: 200,
    body: {
      id: call.path,
      name: found.id,
      status: found.status,
      startTime: iso(found.startedAt),
      ...(found.endedAt !== undefined && { endTime: iso(found.endedAt) }),
      ...(found.error && { error: found.error }),
    },
  };
}

export const accountUpdateRoutes: readonly Route<ArmContext>[] = [
  { method: 'PATCH', path: accountPath, answer: update },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/Microsoft.CognitiveServices/locations/{location}/operationResults/{operation}',
    answer: result,
  },
];
