import type { Check } from '../../../../domain/checks.ts';
import type { Fault } from '../../../../domain/faults.ts';

type More = Readonly<{ remedy?: string; sources?: readonly string[] }>;

export const pass = (name: string, says: string, more: More = {}): Check => ({
  name,
  verdict: 'pass',
  says,
  ...more,
});

export const warn = (name: string, says: string, more: More = {}): Check => ({
  name,
  verdict: 'warn',
  says,
  ...more,
});

export const refuse = (name: string, says: string, more: More = {}): Check => ({
  name,
  verdict: 'refuse',
  says,
  ...more,
});

export const unknown = (name: string, says: string, more: More = {}): Check => ({
  name,
  verdict: 'unknown',
  says,
  ...more,
});

/** On a card that has no Retry but Check again. */
const again = (remedy: string): string => remedy.replace(/press Retry/g, 'check again');

/** What could not be read is refused where the check is what keeps data readable, and open where Azure will judge. */
export const unread = (name: string, verdict: 'refuse' | 'unknown', { says, remedy }: Fault): Check => ({
  name,
  verdict,
  says,
  remedy: again(remedy),
});
