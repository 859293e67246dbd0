import { errors } from 'jose';
import type { SignInRefusal } from '../../application/ports/signIns.ts';

const ofClaim: Readonly<Record<string, SignInRefusal>> = {
  aud: 'signInForAnotherApp',
  iss: 'signInOfAnotherTenant',
  tid: 'signInOfAnotherTenant',
  oid: 'signInOfSomebodyElse',
  nbf: 'signInNotValidYet',
};

/** What an error of the library means. It may hold the token's claims, so nothing else of it goes on. */
export function refusalOf(error: unknown): SignInRefusal {
  if (error instanceof errors.JWTExpired) return 'signInExpired';
  if (error instanceof errors.JWTClaimValidationFailed) return ofClaim[error.claim] ?? 'notASignIn';
  return ofTheToken.some((kind) => error instanceof kind) ? 'notASignIn' : 'signInUnverifiable';
}

/** Everything else (no connection, no answer in time, an answer that isn't a set of keys) is about the keys. */
const ofTheToken = [
  errors.JWSInvalid,
  errors.JWTInvalid,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
  errors.JWSSignatureVerificationFailed,
];
