import { randomUUID } from 'node:crypto';
import type { Encryption } from '../encryption/index.ts';
import type { PrincipalRow } from '../estate.ts';
import { errorBody, refuse, type Call, type Reply, type Surface } from '../http.ts';
import { admitBearer, type Identity } from '../identity.ts';
import { match, type Route } from '../routes.ts';
import { createBuckets, type Throttle } from '../throttle.ts';
import type { World } from '../world.ts';
import { accountRoutes } from './accounts.ts';
import { accountUpdateRoutes } from './accountUpdates.ts';
import { authorizationRoutes } from './authorization.ts';
import type { ArmContext } from './context.ts';
import { refuseToken } from './errors.ts';
import { keyRoutes } from './keys.ts';
import { roleRoutes } from './roleAssignments.ts';
import { subscriptionRoutes } from './subscriptions.ts';
import { vaultRoutes } from './vaults.ts';
import { checkApiVersion } from './versions.ts';

const routes: readonly Route<ArmContext>[] = [
  ...subscriptionRoutes,
  ...accountRoutes,
  ...keyRoutes,
  ...authorizationRoutes,
  ...accountUpdateRoutes,
  ...vaultRoutes,
  ...roleRoutes,
];

export const armAudiences = ['https://management.azure.com', 'https://management.core.windows.net'];

const methodNotAllowed = (call: Call): Reply =>
  refuse(
    405,
    'HttpMethodNotSupported',
    `The http method '${call.method}' is not supported for a resource collection.`,
  );

/** Azure Resource Manager, as far as a key rotation meets it. */
export function createArm(
  world: World,
  identity: Identity,
  encryption: Encryption,
  options: { pageSize: number; throttle: Throttle },
): Surface {
  const buckets = createBuckets(options.throttle, world.now);
  const bucketOf = (call: Call, principal: PrincipalRow): ['writes' | 'reads', string] => [
    call.method === 'GET' ? 'reads' : 'writes',
    `${principal.objectId} ${/^\/subscriptions\/([^/]+)/i.exec(call.path)?.[1]?.toLowerCase() ?? ''}`,
  ];
  return {
    name: 'arm',
    admit: async (call) => {
      // an SDK client with another endpoint asks for `${endpoint}/.default`
      const audiences = [...armAudiences, world.url];
      const admitted = await admitBearer(identity, call, audiences, (fault) =>
        refuseToken(fault, world.estate.tenant, audiences),
      );
      if ('refusal' in admitted) return admitted;
      const { retryAfter } = buckets.take(...bucketOf(call, admitted.principal));
      if (retryAfter === undefined) return admitted;
      const refusal = refuse(
        429,
        'SubscriptionRequestsThrottled',
        `Number of requests for subscription and operation group exceeded the limit. Please try again after '${retryAfter}' seconds.`,
      );
      return { refusal: { ...refusal, headers: { 'Retry-After': String(retryAfter) } } };
    },
    answer: (call, principal) => {
      const found = match(routes, call);
      if (found === 'wrongMethod') return methodNotAllowed(call);
      if (!found || !principal) {
        return refuse(404, 'InvalidResourceType', `The resource type could not be found for '${call.path}'.`);
      }
      encryption.settle();
      const context = { world, principal, encryption, pageSize: options.pageSize };
      return checkApiVersion(call) ?? found.route.answer(call, found.params, context);
    },
    error: errorBody,
    headers: (call, principal) => {
      const id = randomUUID();
      return {
        'x-ms-request-id': id,
        'x-ms-correlation-request-id': id,
        'x-ms-routing-request-id': `SIMULATED:${new Date(world.now()).toISOString()}:${id}`,
        ...(principal && {
          [`x-ms-ratelimit-remaining-subscription-${call.method === 'GET' ? 'reads' : 'writes'}`]: String(
            buckets.remaining(...bucketOf(call, principal)),
          ),
        }),
      };
    },
  };
}
