import type { Person } from '../../domain/people.ts';
import type { Result } from '../../domain/result.ts';

/** Why a sign-in doesn't prove that its person has just signed in. */
export type SignInRefusal =
  /** Not a token that Entra signs for people: its form, its algorithm, its key or its signature. */
  | 'notASignIn'
  /** Meant for another program. */
  | 'signInForAnotherApp'
  /** Of another tenant, or from another issuer than its tenant's. */
  | 'signInOfAnotherTenant'
  | 'signInOfSomebodyElse'
  | 'signInExpired'
  /** Not valid yet: a clock is wrong. */
  | 'signInNotValidYet'
  /** It doesn't say when its person signed in. */
  | 'signInWithoutTime'
  | 'signInUsedBefore'
  /** Entra's keys couldn't be fetched, so that nobody can say. */
  | 'signInUnverifiable'
  /** Nobody can sign in here: no app id is set. */
  | 'signInNotSetUp';

/**
 * A sign-in that was verified. `id`: SHA-256 of what tells the token from every other, never the token;
 * `at`: when its person proved who they are; `expires`: when the token does. Epoch ms.
 */
export type SignedIn = Readonly<{ id: string; at: number; expires: number }>;

/** Verifies the tokens that people sign in with. Whether one was used before, the store knows. */
export interface SignIns {
  /** `token`: as Teams handed it over, never to be kept or logged. */
  verify(token: string, person: Person, signal: AbortSignal): Promise<Result<SignedIn, SignInRefusal>>;
}
