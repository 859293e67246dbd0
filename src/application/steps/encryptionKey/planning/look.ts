import type { Fault } from '../../../../domain/faults.ts';
import { ok, type Result } from '../../../../domain/result.ts';
import { isLasting } from '../../findAccount.ts';

/** Something that a check depends on: as it was read, or why it can't be read. */
export type Look<T> = Readonly<{ seen: T } | { unseen: Fault }>;

/** What may pass by itself is a fault of the step; what a person must mend is a finding for the card. */
export function looked<T>(result: Result<T, Fault>): Result<Look<T>, Fault> {
  if (result.ok) return ok({ seen: result.value });
  return isLasting(result.error) ? ok({ unseen: result.error }) : result;
}

export const seenIn = <T>(look: Look<T> | null): T | null =>
  look !== null && 'seen' in look ? look.seen : null;
