import { generateKeyPair, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { SignJWT } from 'jose';

const makeKeys = promisify(generateKeyPair);

export type Claims = Readonly<Record<string, unknown>>;
export type Header = Readonly<{ alg?: string; kid?: string }>;

/** A login authority on loopback that publishes keys and signs tokens of people. */
export async function startAuthority() {
  const published: { kid: string; jwk: object; key: KeyObject }[] = [];
  const seen: string[] = [];
  let down: 'up' | 'refuses' | 'hangs' = 'up';

  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    if (down === 'hangs') return;
    const known = /^\/[\da-f-]{36}\/discovery\/v2\.0\/keys$/.test(request.url ?? '');
    response.statusCode = down === 'refuses' ? 503 : known ? 200 : 404;
    response.end(JSON.stringify({ keys: published.map(({ jwk }) => jwk) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;

  /** Publishes one more key, or only makes it. */
  const addKey = async (kid: string, publishes = true): Promise<KeyObject> => {
    const { publicKey, privateKey } = await makeKeys('rsa', { modulusLength: 2048 });
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' };
    if (publishes) published.push({ kid, jwk, key: privateKey });
    return privateKey;
  };
  await addKey('first');

  return {
    url,
    /** Paths that were asked for. */
    seen,
    addKey,
    set: (state: typeof down): void => {
      down = state;
    },
    /** Signs with a published key, the first unless said, or with one of the caller's own. */
    sign: async (claims: Claims, header: Header = {}, key?: KeyObject | Uint8Array): Promise<string> => {
      const { alg = 'RS256', kid = 'first' } = header;
      const own = key ?? published.find((one) => one.kid === kid)?.key;
      if (own === undefined) throw new Error(`no key ${kid}`);
      return new SignJWT({ ...claims }).setProtectedHeader({ typ: 'JWT', alg, kid }).sign(own);
    },
    close: async (): Promise<void> => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

export type Authority = Awaited<ReturnType<typeof startAuthority>>;

/** What Entra says of a person who signed in a minute ago; epoch seconds. */
export const personClaims = (
  { objectId, tenantId }: Readonly<{ objectId: string; tenantId: string }>,
  { url, audience, uti }: Readonly<{ url: string; audience: string; uti: string }>,
  now = Date.now(),
): Claims => {
  const at = Math.floor(now / 1000);
  return {
    aud: audience,
    iss: `${url}/${tenantId}/v2.0`,
    iat: at - 30,
    nbf: at - 30,
    exp: at + 3600,
    auth_time: at - 60,
    oid: objectId,
    tid: tenantId,
    uti,
    ver: '2.0',
  };
};
