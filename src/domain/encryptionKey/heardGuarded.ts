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
 * too, and a new one counts again. What couldn't be read this time stays as it was.
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
  const { expiryWarning, guardEvery } = rotation.rules.timing;
  const concerned = concernedBy(rotation, gateOf(rotation));
  const effects: Effect[] = [];
  const guarded = rotation.guarded.map((before): Guarded => {
    const seen = answer.seen.find(({ key }) => sameKey(key, before.key));
    if (seen === undefined || seen.state === 'unreadable') return before;
    const now: Guarded = { ...before, state: seen.state, expires: seen.expires };
    const trouble = troubleOf(now, isCurrent(rotation, before), at, expiryWarning);
    if (trouble !== null && trouble !== before.alarmed)
      effects.push(say('guardAlarm', concerned, before.key.version));
    if (trouble === null && before.alarmed !== null) effects.push(say('guardMended', [], before.key.version));
    return { ...now, alarmed: trouble };
  });
  const looked: EncryptionKeyRotation = { ...rotation, guarded };
  return then(withEffects(looked, ...effects), (next) => watchGuarded(next, at + guardEvery));
}

/** The version that the account uses now: the only one whose coming expiry is worth an alarm. */
const isCurrent = ({ heading }: EncryptionKeyRotation, { key }: Guarded): boolean =>
  heading !== undefined && sameKey(heading.version, key);
