import type { PrincipalRow } from '../estate.ts';
import { refuse, type Reply } from '../http.ts';
import type { TokenFault } from '../identity.ts';

/** ARM's refusals, worded as ARM words them (public issue reports and recordings). */

export const forbidden = (principal: PrincipalRow, action: string, scope: string): Reply =>
  refuse(
    403,
    'AuthorizationFailed',
    `The client '${principal.clientId}' with object id '${principal.objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );

export const noSubscription = (id: string): Reply =>
  refuse(404, 'SubscriptionNotFound', `The subscription '${id}' could not be found.`);

export const noAccount = (name: string, group: string): Reply =>
  refuse(
    404,
    'ResourceNotFound',
    `The Resource 'Microsoft.CognitiveServices/accounts/${name}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );

/** A ReadOnly lock refuses every POST, listKeys too (Azure/azure-rest-api-specs#6363). */
export const scopeLocked = (scope: string, lock: string): Reply =>
  refuse(
    409,
    'ScopeLocked',
    `The scope '${scope}' cannot perform write operation because following scope(s) are locked: '${lock}'. Please remove the lock and try again.`,
  );

export const badRequest = (message: string): Reply => refuse(400, 'BadRequest', message);

const tokenFaults: Record<TokenFault, (audiences: readonly string[]) => [code: string, message: string]> = {
  missing: () => ['AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing."],
  invalid: () => ['InvalidAuthenticationToken', 'The access token is invalid.'],
  expired: () => [
    'ExpiredAuthenticationToken',
    'The access token expiry UTC time is earlier than current UTC time.',
  ],
  audience: (audiences) => [
    'InvalidAuthenticationTokenAudience',
    `The access token has been obtained for wrong audience or resource. It should exactly match with one of the allowed audiences '${audiences.map((one) => `${one}/`).join("','")}'.`,
  ],
};

export function refuseToken(fault: TokenFault, tenant: string, audiences: readonly string[]): Reply {
  const [code, message] = tokenFaults[fault](audiences);
  const challenge =
    fault === 'missing'
      ? `Bearer authorization_uri="https://login.windows.net/${tenant}"`
      : `Bearer authorization_uri="https://login.windows.net/${tenant}", error="invalid_token", error_description="${message}"`;
  return { ...refuse(401, code, message), headers: { 'WWW-Authenticate': challenge } };
}
