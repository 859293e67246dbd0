import type { On } from '../happenings.ts';
import { remark, say, stay, then, withEffects } from '../outcome.ts';
import { isOneOf } from '../people.ts';
import { err, ok } from '../result.ts';
import { involved } from '../voters.ts';
import { checkKey, end, finish, headingOf, planOf, point, resume, touch } from './flow.ts';
import { keyName } from './key.ts';
import type { EncryptionDecided, EncryptionKeyRotation } from './rotation.ts';
import { encryptionActions } from './safety.ts';

type Rotation = EncryptionKeyRotation;

export function chooseKey(rotation: Rotation, event: On<'keyChosen'>): EncryptionDecided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  if (rotation.phase.at !== 'choosingKey') return err('staleCard');
  return ok(checkKey(rotation, event.choice, event.at));
}

/** The last choice: stay as it is, or, with a key that Azure follows, pin the version that it uses now. */
export function choose(rotation: Rotation, event: On<'chosen'>): EncryptionDecided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  if (rotation.phase.at !== 'settling') return err('staleCard');
  if (event.choice === 'stay') return ok(finish(rotation, 'moved', event.at));
  const heading = headingOf(rotation);
  if (event.choice !== 'pin' || heading.to.version !== '') return err('notExpected');
  const noted = remark(rotation, `${event.by.name} pinned the account to ${keyName(heading.version)}.`);
  return ok(point(noted, { ...heading, why: 'pin', to: heading.version }, event.at));
}

export function retry(rotation: Rotation, event: On<'retried'>): EncryptionDecided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  const { phase } = rotation;
  if (phase.stage !== event.stage) return err('staleCard');
  if (phase.at === 'choosingKey' && phase.unfit !== undefined)
    return ok(checkKey(rotation, phase.unfit.choice, event.at));
  if (phase.at !== 'halted') return err('staleCard');
  const noted = remark(rotation, `Halted at "${phase.fault.says}"; ${event.by.name} pressed Retry.`);
  return ok(then(withEffects(noted, say('retried')), (next) => resume(next, phase.resume, event.at)));
}

/** Points the account at the version that it came from. The step looks whether that is still safe. */
export function askRollBack(rotation: Rotation, event: On<'rollBackAsked'>): EncryptionDecided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  if (rotation.phase.stage !== event.stage) return err('staleCard');
  const { previous, from } = planOf(rotation);
  if (!encryptionActions(rotation).rollBack || previous === null || from.source !== 'customer')
    return err('notSafeNow');
  const noted = remark(rotation, `${event.by.name} rolled the account back to ${keyName(previous)}.`);
  const { identityClientId } = from;
  return ok(
    then(withEffects(noted, say('rollingBack')), (next) =>
      point(next, { why: 'back', to: previous, version: previous, identityClientId }, event.at),
    ),
  );
}

export function cancel(rotation: Rotation, event: On<'cancelled'>): EncryptionDecided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  // A button on a card that shows an earlier stage; who types `cancel <id>` means the rotation as it is.
  if (event.stage !== undefined && event.stage !== rotation.phase.stage) return err('staleCard');
  if (!encryptionActions(rotation).cancel) return err('notSafeNow');
  // What may have happened after all is watched over, whoever looks away.
  const left = rotation.doubt === 'pointAccountAtKey' ? touch(rotation, event.at) : stay(rotation);
  const words = { says: asItStands(rotation), by: event.by };
  return ok(then(left, (next) => end(next, 'cancelled', words, event.at)));
}

/** What is true of the keys when a rotation is left in the middle. */
function asItStands({ touchedAt, created, guarded, heading, doubt }: Rotation): string {
  if (doubt === 'createKeyVersion')
    return 'Nobody can say whether a key version was made: look at the key in its vault. The account was not pointed anywhere else.';
  if (doubt === 'pointAccountAtKey')
    return `Nobody can say whether the account was pointed at ${heading === undefined ? 'the new key' : keyName(heading.to)}: look at it in the Azure portal, and keep every version enabled.`;
  if (touchedAt !== undefined && heading !== undefined)
    return `The account was last pointed at ${keyName(heading.to)}: look at it in the Azure portal. ${guarded.map(({ key }) => keyName(key)).join(' and ')} must stay enabled, and I go on watching them.`;
  return created === undefined
    ? 'Nothing was changed in Azure.'
    : `The account is unchanged. ${keyName(created)} was made in the vault, and no account was pointed at it.`;
}
