import type { Fault } from '../../domain/faults.ts';
import { err, type Result } from '../../domain/result.ts';
import { callAzure, type Call, type Context } from './call.ts';
import type { Operation } from './faults.ts';
import { isLoopback } from './settings.ts';

/** What a Key Vault client is made from. */
export interface VaultAddress {
  /** Origin of the vault. */
  readonly url: string;
  readonly disableChallengeResourceVerification: boolean;
}

/**
 * One call to the vault at `address`. The challenge of a vault must name the vault's own domain, so that a
 * token for Key Vault can't be lured to a stranger's host; loopback has no such domain.
 */
export function callVault<T>(
  context: Context,
  address: string,
  operation: Operation,
  work: (vault: VaultAddress, call: Call) => Promise<T>,
  signal?: AbortSignal,
): Promise<Result<T, Fault>> {
  const url = URL.parse(address);
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') {
    return Promise.resolve(err(notAVault(operation)));
  }
  const unchecked = !context.settings.vaultChallengeCheck && isLoopback(url.origin);
  const vault = { url: url.origin, disableChallengeResourceVerification: unchecked };
  return callAzure(context, url.origin, operation, (call) => work(vault, call), signal);
}

const notAVault = ({ doing }: Operation): Fault => ({
  kind: 'refused',
  code: 'NotAVault',
  says: `Keysmith refused to ${doing}: the vault's address is not an https address.`,
  remedy: "Correct the vault's address in the policy file.",
});
