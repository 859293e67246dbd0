import type { Gate } from '../policy.ts';
import type { SafeActions } from '../shared.ts';
import { ruleOf } from '../voters.ts';
import type { Guarded } from './guarded.ts';
import { type KeyAddress, keyName, sameKey } from './key.ts';
import type { EncryptionKeyRotation } from './rotation.ts';

/** The gate that stands before the account is pointed at another key. */
export const gateOf = (rotation: EncryptionKeyRotation): Gate =>
  rotation.plan?.oneWay === true ? 'oneWay' : 'prepare';

export const guardedOf = (rotation: EncryptionKeyRotation, key: KeyAddress): Guarded | undefined =>
  rotation.guarded.find((guarded) => sameKey(guarded.key, key));

/** What the version that the account came from is like by the newest look; undefined when it can be used. */
function whyNotPrevious(rotation: EncryptionKeyRotation, previous: KeyAddress): string | undefined {
  switch (guardedOf(rotation, previous)?.state) {
    case 'deleted':
      return `${keyName(previous)} was deleted.`;
    case 'disabled':
      return `${keyName(previous)} is disabled.`;
    case 'expired':
      return `${keyName(previous)} has expired.`;
    case 'enabled':
    case 'unreadable':
    case undefined:
      return undefined;
  }
}

function whyNotRollBack(rotation: EncryptionKeyRotation): string | undefined {
  const { phase, plan, touchedAt, heading } = rotation;
  if (phase.at === 'completed' || phase.at === 'ended') return 'The rotation is over.';
  if (rotation.doubt !== undefined)
    return 'Nobody can say yet whether the last request happened: press Retry, which looks first.';
  if (plan === undefined || touchedAt === undefined) return 'Nothing has been changed on the account yet.';
  if (plan.previous === null)
    return 'The account came from a Microsoft-managed key, and Azure has no way back to it.';
  if (heading?.why === 'back') return 'It is being rolled back.';
  if (phase.at === 'working') return 'A step is under way.';
  if (phase.at === 'wrapping') return 'Azure is still wrapping the data: two changes at once are not safe.';
  return whyNotPrevious(rotation, plan.previous);
}

/** Steps that may be left in the middle: they change nothing in Azure. */
const harmless: readonly string[] = ['lookAtEncryption', 'checkKey'];

function whyNotCancel(rotation: EncryptionKeyRotation): string | undefined {
  const { phase } = rotation;
  if (phase.at === 'completed' || phase.at === 'ended') return 'The rotation is over.';
  if (phase.at === 'working' && !harmless.includes(phase.running.asked.step)) return 'A step is under way.';
  if (phase.at === 'wrapping') return 'Azure is wrapping the data; nothing from here can stop that.';
  if (phase.at === 'settling') return 'The account uses the new key already; only the last choice is left.';
  return undefined;
}

/** What may be pressed now. Roll back only while the previous version can be used, Cancel only where nothing is left half-done. */
export function encryptionActions(rotation: EncryptionKeyRotation): SafeActions {
  const rollBack = whyNotRollBack(rotation);
  const cancel = whyNotCancel(rotation);
  const { phase } = rotation;
  return {
    retry: phase.at === 'halted',
    checkAgain: phase.at === 'choosingKey' && phase.unfit !== undefined,
    rollBack: rollBack === undefined,
    cancel: cancel === undefined,
    ...(rollBack === undefined ? {} : { whyNotRollBack: rollBack }),
    ...(cancel === undefined ? {} : { whyNotCancel: cancel }),
  };
}

/**
 * What an approval is about: if any of this changes, the votes are void. The words of a check are left out
 * where they say how long ago something was; its verdict counts.
 */
export function encryptionSubject(rotation: EncryptionKeyRotation, gate: Gate): unknown {
  const { plan } = rotation;
  return {
    rotation: rotation.id,
    gate,
    // Asked anew is another question: a card from before it doesn't count.
    round: rotation.asked[gate] ?? 0,
    rule: ruleOf(rotation, gate) ?? null,
    account: rotation.found?.account.id ?? null,
    from: plan?.from ?? null,
    previous: plan?.previous ?? null,
    choice: plan?.choice ?? null,
    making: plan?.making ?? null,
    to: plan?.to ?? null,
    identity: plan?.identityClientId ?? null,
    followers: plan?.followers ?? null,
    checks: plan?.checks.map(({ name, verdict }) => ({ name, verdict })) ?? null,
    before: plan?.before ?? null,
  };
}
