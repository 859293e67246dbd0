import { createHmac } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { Estate, PrincipalRow } from './estate.ts';
import { type Call, refuse, type Reply, type Surface } from './http.ts';
import type { World } from './world.ts';

export type TokenFault = 'missing' | 'expired' | 'audience' | 'invalid';

export interface Identity {
  /** `GET /msi/token` of App Service's managed identity; plain http on loopback, as there. */
  surface: Surface;
  /** What a program must send as X-IDENTITY-HEADER to be that principal. */
  headerOf(principal: PrincipalRow): string;
  /** Whose token this is; the audience may end in a slash or not. */
  check(authorization: string | undefined, audiences: readonly string[]): Promise<PrincipalRow | TokenFault>;
}

/**
 * Managed identities and their tokens.
 * Source of the protocol: learn.microsoft.com/azure/app-service/overview-managed-identity (REST endpoint reference).
 */
export function createIdentity(world: World): Identity {
  // Derived, not random: tokens and headers outlive a restart, as Azure's do. (They guard a loopback toy; and the SDK
  // keeps its tokens per process, so a second simulator is shown those of the first.)
  const derived = (what: string): Buffer => createHmac('sha256', world.estate.tenant).update(what).digest();
  const secret = derived('tokens');
  const headers = new Map<string, PrincipalRow>(
    world.estate.principals.map((row) => [derived(`header of ${row.objectId}`).toString('base64url'), row]),
  );
  const principalOf = ({ estate }: { estate: Estate }, objectId: unknown): PrincipalRow | undefined =>
    estate.principals.find((row) => row.objectId === objectId);

  async function issue(principal: PrincipalRow, resource: string): Promise<Reply> {
    const from = Math.floor(world.now() / 1000);
    const expires = Math.floor((world.now() + world.timing.tokenLifetime) / 1000);
    const { tenant } = world.estate;
    const token = await new SignJWT({
      oid: principal.objectId,
      appid: principal.clientId,
      tid: tenant,
      ver: '1.0',
    })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setAudience(resource)
      .setIssuer(`https://sts.windows.net/${tenant}/`)
      .setSubject(principal.objectId)
      .setIssuedAt(from)
      .setExpirationTime(expires)
      .sign(secret);
    return {
      status: 200,
      body: {
        access_token: token,
        client_id: principal.clientId,
        expires_on: String(expires),
        not_before: String(from),
        resource,
        token_type: 'Bearer',
      },
    };
  }

  const badRequest = (message: string): Reply => ({ status: 400, body: { statusCode: 400, message } });

  return {
    headerOf: (principal) => {
      const found = [...headers].find(([, row]) => row.objectId === principal.objectId)?.[0];
      if (found === undefined) throw new Error(`no identity header for ${principal.name}`);
      return found;
    },
    check: async (authorization, audiences) => {
      const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) return 'missing';
      try {
        const { payload } = await jwtVerify(token, secret, {
          currentDate: new Date(world.now()),
          audience: audiences.flatMap((audience) => [audience, `${audience}/`]),
        });
        return principalOf(world, payload['oid']) ?? 'invalid';
      } catch (error) {
        if (error instanceof errors.JWTExpired) return 'expired';
        if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') return 'audience';
        return 'invalid';
      }
    },
    surface: {
      name: 'identity',
      admit: (call) => {
        const principal = headers.get(call.header('x-identity-header') ?? '');
        return Promise.resolve(
          principal
            ? { principal }
            : { refusal: refuse(401, 'Unauthorized', 'The X-IDENTITY-HEADER is wrong.') },
        );
      },
      answer: (call, principal) => {
        if (call.method !== 'GET' || call.path !== '/msi/token' || !principal)
          return refuse(404, 'NotFound', 'Not found.');
        if (call.query.get('api-version') !== '2019-08-01')
          return badRequest('The api-version is not supported.');
        const clientId = call.query.get('client_id');
        if (clientId !== null && clientId !== principal.clientId) {
          return badRequest(
            `No User Assigned or Delegated Managed Identity found for specified ClientId: ${clientId}`,
          );
        }
        const resource = call.query.get('resource');
        if (resource === null || resource === '') return badRequest('The resource is missing.');
        return issue(principal, resource);
      },
      error: (code, message) => ({ error: { code, message } }),
      headers: () => ({}),
    },
  };
}

/** Reads the bearer token of a call for a surface whose refusal looks like `refuseWith`. */
export async function admitBearer(
  identity: Identity,
  call: Call,
  audiences: readonly string[],
  refuseWith: (fault: TokenFault) => Reply,
): Promise<{ principal: PrincipalRow } | { refusal: Reply }> {
  const found = await identity.check(call.header('authorization'), audiences);
  return typeof found === 'string' ? { refusal: refuseWith(found) } : { principal: found };
}
