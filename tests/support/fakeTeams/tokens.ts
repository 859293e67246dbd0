import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** A bot registration: a fresh app id each time, because the SDK caches keys and tokens per process. */
export type FakeApp = Readonly<{ id: string; password: string; tenantId: string }>;

export const issuer = 'https://api.botframework.com';

export type Claims = Readonly<Record<string, unknown>>;

/** A key that Teams signs with; `endorsements` name the channels that it may sign for. */
export type SigningKey = Readonly<{ kid: string; alg: string; key: CryptoKey; jwk: JWK }>;

export async function newKey(alg = 'RS256', endorsements?: readonly string[]): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const kid = randomUUID();
  const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', ...(endorsements && { endorsements }) };
  return { kid, alg, key: privateKey, jwk };
}

/** Signs exactly these claims; `header` changes what it says about itself. */
export const sign = (
  key: SigningKey,
  claims: Claims,
  header: Readonly<{ kid?: string; alg?: string }> = {},
) => new SignJWT({ ...claims }).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.key);

/** The claims of a token with which Teams calls the bot; times in seconds since the epoch. */
export function channelClaims(app: FakeApp, serviceUrl: string, change: Claims = {}): Claims {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: issuer,
    aud: app.id,
    serviceurl: serviceUrl,
    nbf: now - 60,
    iat: now - 60,
    exp: now + 3600,
    ...change,
  };
}
