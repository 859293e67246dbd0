import { createHash } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Clock, Log } from '../../application/ports/ambient.ts';
import type { SignedIn, SignInRefusal, SignIns } from '../../application/ports/signIns.ts';
import type { Person } from '../../domain/people.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { type Claims, claimsOf } from './claims.ts';
import { refusalOf } from './refusals.ts';

export type SignInSettings = Readonly<{
  /** Keys at `<authority>/<tenant>/discovery/v2.0/keys`; https, or http of this machine. */
  authority: string;
  /** Who issues: addresses with `{tenant}`. */
  issuers: readonly string[];
  /** The bot's app id, and its application ID URI. */
  audiences: readonly string[];
  /** Ids of the tenants whose people may sign in. */
  tenants: readonly string[];
  /** Which claim says when the person signed in. */
  time: 'auth_time' | 'iat';
  log: Log;
  now: Clock['now'];
  /** ms in which a key that isn't known is not looked for again. */
  cooldown?: number;
}>;

/** By how many seconds clocks may differ. */
const skew = 60;
/** More than any token of Entra (characters). */
const longest = 16_384;
/** One fetch of the keys (ms). */
const fetchTimeout = 5_000;
/** How long keys are used without a look whether they still count (ms). */
const keysKept = 3_600_000;

/**
 * Verifies tokens that Entra gave to people for this bot: RS256 with a key that the person's own tenant publishes,
 * issuer, audience, tenant, object id, times. Source: learn.microsoft.com/entra/identity-platform/access-tokens,
 * "Validate tokens". Nothing of a token gets into a log or an answer.
 */
export function openSignIns(settings: SignInSettings): SignIns {
  const { audiences, issuers, log, now } = settings;
  const keysOf = keysIn(settings);

  async function payloadOf(token: string, tenant: string): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, keysOf(tenant), {
      algorithms: ['RS256'],
      issuer: issuers.map((issuer) => issuer.replaceAll('{tenant}', tenant)),
      audience: [...audiences],
      clockTolerance: skew,
      currentDate: new Date(now()),
      requiredClaims: ['exp', 'nbf', 'iat', 'tid', 'oid'],
    });
    return payload;
  }

  async function verified(token: string, person: Person): Promise<Result<SignedIn, SignInRefusal>> {
    const tenant = person.tenantId.toLowerCase();
    if (!settings.tenants.some((one) => one.toLowerCase() === tenant)) return err('signInOfAnotherTenant');
    if (token.length > longest) return err('notASignIn');
    let payload: JWTPayload;
    try {
      payload = await payloadOf(token, tenant);
    } catch (error) {
      return err(refusalOf(error));
    }
    const claims = claimsOf(payload);
    if (claims === null) return err('notASignIn');
    if (claims.tid.toLowerCase() !== tenant) return err('signInOfAnotherTenant');
    if (claims.oid.toLowerCase() !== person.objectId.toLowerCase()) return err('signInOfSomebodyElse');
    const seconds = claims[settings.time];
    if (seconds === undefined) return err('signInWithoutTime');
    if (seconds * 1000 > now() + skew * 1000) return err('signInNotValidYet');
    return ok({ id: idOf(token, claims), at: Math.min(seconds * 1000, now()), expires: claims.exp * 1000 });
  }

  return {
    verify: async (token, person, signal) => {
      const answer = await Promise.race([verified(token, person), aborted(signal)]);
      if (!answer.ok) log.warn({ event: 'signIn.refused', refusal: answer.error, by: person.objectId });
      return answer;
    },
  };
}

/** For a bot without an app registration: nobody can sign in to it. */
export const noSignIns: SignIns = { verify: () => Promise.resolve(err('signInNotSetUp')) };

/**
 * What tells a token from every other: its own id, or all that is signed. The text of the signature is left out:
 * its last character has bits that mean nothing, so that one token can be written in several ways.
 */
function idOf(token: string, { tid, uti, jti }: Claims): string {
  const own = uti ?? jti ?? token.slice(0, token.lastIndexOf('.'));
  return createHash('sha256').update(`${tid.toLowerCase()} ${own}`).digest('hex');
}

/** The published keys, one set a tenant: kept, and fetched again for a key that isn't among them, but not at once again. */
function keysIn({ authority, cooldown }: SignInSettings): (tenant: string) => JWTVerifyGetKey {
  const sets = new Map<string, JWTVerifyGetKey>();
  return (tenant) => {
    const known = sets.get(tenant);
    if (known !== undefined) return known;
    const url = new URL(`${authority}/${encodeURIComponent(tenant)}/discovery/v2.0/keys`);
    const set = createRemoteJWKSet(url, {
      timeoutDuration: fetchTimeout,
      cooldownDuration: cooldown ?? 30_000,
      cacheMaxAge: keysKept,
    });
    sets.set(tenant, set);
    return set;
  };
}

/** Whoever waits is answered; the fetch goes on, and its keys are there for the next one. */
const aborted = (signal: AbortSignal): Promise<Result<never, SignInRefusal>> =>
  new Promise((resolve) => {
    const late = (): void => resolve(err('signInUnverifiable'));
    if (signal.aborted) late();
    else signal.addEventListener('abort', late, { once: true });
  });
