type Claim = Readonly<{ type: string; value: unknown }>;

/** A token whose signature is good but which this bot does not take. Answered with 401, without a word. */
export class RefusedToken extends Error {
  override readonly name = 'RefusedToken';
}

/**
 * What the SDK does not ask of a token: that it ends at some time (one without `exp` would be good for
 * ever), that it comes from Bot Framework itself (the SDK also takes an Emulator's or another bot's, whose
 * service URL nobody vouches for), and that it names the service URL that answers go to.
 */
export const checkClaims =
  (issuer: string) =>
  (claims: readonly Claim[]): Promise<void> => {
    const value = (name: string): unknown => claims.find(({ type }) => type === name)?.value;
    if (typeof value('exp') !== 'number') return Promise.reject(new RefusedToken('without an end'));
    if (value('iss') !== issuer) return Promise.reject(new RefusedToken('of another issuer'));
    if (typeof value('serviceurl') !== 'string')
      return Promise.reject(new RefusedToken('without a service URL'));
    return Promise.resolve();
  };
