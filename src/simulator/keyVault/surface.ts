import { randomUUID } from 'node:crypto';
import type { VaultRow } from '../estate.ts';
import { errorBody, refuse, type Call, type Reply, type Surface } from '../http.ts';
import { admitBearer, type Identity } from '../identity.ts';
import { match, type Route } from '../routes.ts';
import type { World } from '../world.ts';
import type { VaultContext } from './context.ts';
import { vaultKeyRoutes } from './keys.ts';
import { secretRoutes } from './secrets.ts';

const routes: readonly Route<VaultContext>[] = [...secretRoutes, ...vaultKeyRoutes];

const versions = ['7.0', '7.1', '7.2', '7.3', '7.4', '7.5', '7.6', '2025-07-01', '2026-04-01'];

/** One vault at the root of its own origin: the SDK clients take a vault's address as an origin, without a path. */
export function createVault(world: World, identity: Identity, vault: VaultRow): Surface {
  /** learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses */
  const challenge = (message: string): Reply => ({
    ...refuse(401, 'Unauthorized', message),
    headers: {
      'WWW-Authenticate': `Bearer authorization="https://login.microsoftonline.com/${world.estate.tenant}", resource="https://vault.azure.net"`,
    },
  });
  return {
    name: 'keyVault',
    admit: (call) =>
      admitBearer(identity, call, ['https://vault.azure.net'], (fault) =>
        challenge(
          fault === 'missing'
            ? 'AKV10000: Request is missing a Bearer or PoP token.'
            : fault === 'audience'
              ? 'AKV10022: Invalid audience. Expected https://vault.azure.net.'
              : 'AKV10032: Invalid or expired token.',
        ),
      ),
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
      return found.route.answer(call, found.params, { world, vault, principal });
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
