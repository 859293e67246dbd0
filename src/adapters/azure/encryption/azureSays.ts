import type { Fault } from '../../../domain/faults.ts';
import type { Result } from '../../../domain/result.ts';
import { err } from '../../../domain/result.ts';

const longest = 400;

/** Azure's own words as they may stand on a card: one line, of bearable length. */
export const quote = (message: string): string => {
  const line = message.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
};

/** Codes of ARM itself: Keysmith's own rights are missing, not those of the account's identity. */
const ofCaller = new Set(['AuthorizationFailed', 'LinkedAuthorizationFailed', 'InvalidAuthenticationToken']);

/** The fault of a change of an account's encryption that Azure refused, at once or after it had accepted it. */
export function refusedChange(
  name: string,
  code: string,
  status: number,
  message: string | undefined,
): Fault {
  const says = message === undefined || message === '' ? '' : ` Azure says: “${quote(message)}”`;
  if (status === 403 || /^(403|Forbidden)$/i.test(code)) {
    return {
      kind: 'denied',
      code,
      says: `Azure refused to change the encryption key of ${name}: the account's own identity may not use that key (${code}).${says}`,
      remedy:
        "Give the account's identity get, wrap and unwrap on the key, for example with the role Key Vault Crypto User, and let the vault's firewall admit trusted services; then press Retry. A new grant can take 10 minutes to count.",
    };
  }
  return {
    kind: 'refused',
    code,
    says: `Azure refused to change the encryption key of ${name} (${code}).${says}`,
    remedy: 'See to what Azure names: the vault, the key, its version or its settings; then press Retry.',
  };
}

/** Puts the reason that Azure gave into the fault of a PATCH. `heard`: the message of the answer, if it had one. */
export function explained<T>(
  result: Result<T, Fault>,
  name: string,
  heard: string | undefined,
): Result<T, Fault> {
  if (result.ok) return result;
  const { kind, code = '' } = result.error;
  if (code === 'PreconditionFailed' || code === '412') {
    return err({
      kind: 'drifted',
      code,
      says: `${name} was changed by somebody else since Keysmith looked at it, so it was left alone.`,
      remedy: 'See who changed it and whether the plan still holds, then press Retry.',
    });
  }
  if (kind === 'denied' && !ofCaller.has(code) && code !== '401')
    return err(refusedChange(name, code, 403, heard));
  if (kind === 'refused') return err(refusedChange(name, code, 400, heard));
  return result;
}
