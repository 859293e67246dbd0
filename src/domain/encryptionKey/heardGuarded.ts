import type { Effect } from '../effects.ts';
import { endChain, remark, say, stay, then, withEffects } from '../outcome.ts';
import { concernedBy } from '../voters.ts';
import { watchGuarded } from './flow.ts';
import { type Guarded, troubleOf } from './guarded.ts';
import { sameKey } from './key.ts';
import type { EncryptionKeyRotation, EncryptionOutcomeOf } from './rotation.ts';
import { gateOf } from './safety.ts';
import type { EncryptionAnswer } from './steps.ts';

/**
 * One look at the versions that must stay enabled. Each trouble is told once; when it is over that is told
 * too, and a new one counts again. What nobody can look at for long is a trouble as well.
 */
export function heardGuarded(
  rotation: EncryptionKeyRotation,
  answer: EncryptionAnswer['watchGuarded'],
  at: number,
): EncryptionOutcomeOf {
  if (answer.handedOver !== undefined) {
    const handed = remark(rotation, `${answer.handedOver} watches over the key versions from now on.`);
    return stay(endChain(handed, 'guard'));
  }
  const { timing } = rotation.rules;
  const concerned = concernedBy(rotation, gateOf(rotation));
  const effects: Effect[] = [];
  const guarded = rotation.guarded.map((before): Guarded => {
    const seen = answer.seen.find(({ key }) => sameKey(key, before.key));
    if (seen === undefined) return before;
    const now = lookedAt(before, seen, at);
    const trouble = troubleOf(now, isCurrent(rotation, before), at, timing);
    if (trouble !== null && trouble !== before.alarmed)
      effects.push(say('guardAlarm', concerned, before.key.version));
    if (trouble === null && before.alarmed !== null) effects.push(say('guardMended', [], before.key.version));
    return { ...now, alarmed: trouble };
  });
  const looked: EncryptionKeyRotation = { ...rotation, guarded };
  return then(withEffects(looked, ...effects), (next) => watchGuarded(next, at + timing.guardEvery));
}

/** What couldn't be read stays as it was last seen. */
function lookedAt(
  before: Guarded,
  seen: EncryptionAnswer['watchGuarded']['seen'][number],
  at: number,
): Guarded {
  if (seen.state === 'unreadable') return { ...before, unreadableSince: before.unreadableSince ?? at };
  const { unreadableSince: _over, ...rest } = before;
  return { ...rest, state: seen.state, expires: seen.expires };
}

/** The version that the account uses now: the only one whose coming expiry is worth an alarm. */
const isCurrent = ({ heading }: EncryptionKeyRotation, { key }: Guarded): boolean =>
  heading !== undefined && sameKey(heading.version, key);
