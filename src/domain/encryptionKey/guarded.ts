import type { Timing } from '../policy.ts';
import { type KeyAddress, sameKey } from './key.ts';

/** How a version stands that data may still be encrypted with. `unreadable`: it could not be looked at this time. */
export type GuardState = 'enabled' | 'disabled' | 'expired' | 'deleted' | 'unreadable';

/**
 * A version that must stay enabled, because data that isn't processed anew stays encrypted with it. `alarmed`:
 * the trouble that the channel was told of, so that it is told once. Times in epoch ms.
 */
export type Guarded = Readonly<{
  key: KeyAddress;
  state: GuardState;
  expires: number | null;
  /** Since when nobody could look at it; absent after a look that worked. */
  unreadableSince?: number;
  tagged: boolean;
  alarmed: GuardTrouble | null;
}>;

export type GuardTrouble = 'disabled' | 'expired' | 'deleted' | 'expiresSoon' | 'unwatched';

/** One field of the account that changed, as Azure Resource Manager spells it; null: it wasn't there. */
export type Difference = Readonly<{ field: string; before: string | null; after: string | null }>;

export const guard = (key: KeyAddress): Guarded => ({
  key,
  state: 'enabled',
  expires: null,
  tagged: false,
  alarmed: null,
});

/** Each version once, the known ones as they are. */
export const withGuarded = (known: readonly Guarded[], keys: readonly KeyAddress[]): readonly Guarded[] =>
  keys.reduce(
    (all, key) => (all.some((other) => sameKey(other.key, key)) ? all : [...all, guard(key)]),
    known,
  );

/** A guard that can't look is no guard: after so many looks, but not before so long (throttling passes), the channel hears of it. */
const blind = { looks: 24, atLeast: 600_000 };

/** What is wrong with a guarded version at this time; null when nothing is. Durations in ms. */
export function troubleOf(
  { state, expires, unreadableSince }: Guarded,
  isCurrent: boolean,
  at: number,
  { expiryWarning, guardEvery }: Pick<Timing, 'expiryWarning' | 'guardEvery'>,
): GuardTrouble | null {
  if (state === 'disabled' || state === 'expired' || state === 'deleted') return state;
  if (expires !== null && expires <= at) return 'expired';
  if (
    unreadableSince !== undefined &&
    at - unreadableSince >= Math.max(blind.looks * guardEvery, blind.atLeast)
  )
    return 'unwatched';
  return isCurrent && expires !== null && expires - at <= expiryWarning ? 'expiresSoon' : null;
}
