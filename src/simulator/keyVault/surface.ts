import { randomUUID } from 'node:crypto';
import type { Encryption } from '../encryption/index.ts';
import type { VaultRow } from '../estate.ts';
import { errorBody, refuse, type Call, type Reply, type Surface } from '../http.ts';
import { admitBearer, type Identity } from '../identity.ts';
import { match, type Route } from '../routes.ts';
import type { World } from '../world.ts';
import type { VaultContext } from './context.ts';
import { deletedKeyRoutes } from './deletedKeys.ts';
import { keyChangeRoutes } from './keyChanges.ts';
import { keyReadRoutes } from './keys.ts';
import { rotationPolicyRoutes } from './rotationPolicy.ts';
import { secretRoutes } from './secrets.ts';

// `/keys/{name}/rotationpolicy` before `/keys/{name}/{version}`
const routes: readonly Route<VaultContext>[] = [
  ...secretRoutes,
  ...rotationPolicyRoutes,
  ...keyReadRoutes,
  ...keyChangeRoutes,
  ...deletedKeyRoutes,
];

const versions = ['7.0', '7.1', '7.2', '7.3', '7.4', '7.5', '7.6', '2025-07-01', '2026-04-01'];

/** One vault at the root of its own origin: the SDK clients take a vault's address as an origin, without a path. */
export function createVault(
  world: World,
  identity: Identity,
  encryption: Encryption,
  vault: VaultRow,
): Surface {
  const tenant = vault.tenant ?? world.estate.tenant;
  const audience = `https://${vault.kind === 'managedHsm' ? 'managedhsm' : 'vault'}.azure.net`;
  /** learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses */
  const challenge = (message: string): Reply => ({
    ...refuse(401, 'Unauthorized', message),
    headers: {
      'WWW-Authenticate': `Bearer authorization="https://login.microsoftonline.com/${tenant}", resource="${audience}"`,
    },
  });
  return {
    name: 'keyVault',
    admit: async (call) => {
      const admitted = await admitBearer(identity, call, [audience], (fault) =>
        challenge(
          fault === 'missing'
            ? 'AKV10000: Request is missing a Bearer or PoP token.'
            : fault === 'audience'
              ? `AKV10022: Invalid audience. Expected ${audience}.`
              : 'AKV10032: Invalid or expired token.',
        ),
      );
      // every identity here is of the estate's own tenant
      return 'refusal' in admitted || tenant === world.estate.tenant
        ? admitted
        : {
            refusal: challenge(
              `AKV10032: Invalid issuer. Expected one of https://sts.windows.net/${tenant}/.`,
            ),
          };
    },
    answer: (call, principal) => {
      const version = call.query.get('api-version');
      if (version === null) return refuse(400, 'BadParameter', 'api-version must be specified');
      if (!versions.includes(version)) {
        return refuse(
          400,
          'BadParameter',
          `The specified version (${version}) is not recognized. Consider using the latest supported version (${versions.at(-1) ?? ''}).`,
        );
      }
      const found = match(routes, call);
      if (found === 'wrongMethod') return refuse(405, 'MethodNotAllowed', 'Method not allowed.');
      if (!found || !principal) return refuse(404, 'NotFound', 'Resource not found.');
      encryption.settle();
      return found.route.answer(call, found.params, { world, vault, principal, encryption });
    },
    error: errorBody,
    headers: (call: Call) => ({
      'x-ms-keyvault-region': vault.location,
      'x-ms-keyvault-service-version': '1.9.2000.1',
      'x-ms-keyvault-network-info': `conn_type=Ipv4;addr=127.0.0.1;act_addr_fam=InterNetwork;node=${call.node}`,
      'x-ms-request-id': randomUUID(),
    }),
  };
}
