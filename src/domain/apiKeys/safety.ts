import type { Gate } from '../policy.ts';
import { isOver } from '../rotation.ts';
import type { SafeActions } from '../shared.ts';
import { ruleOf } from '../voters.ts';
import { type Consumer, hasMoved, slotsInUse } from './consumers.ts';
import { otherSlot, type Slot, slotName } from './plan.ts';
import type { ApiKeysRotation } from './rotation.ts';
import { isWaived } from './waivers.ts';

const isLive = (rotation: ApiKeysRotation, slot: Slot): boolean =>
  rotation.slots?.[slot].condition === 'live';

/** Was given a value that is gone, and has no receipt for another one yet. */
const hasLostItsKey = (consumer: Consumer): boolean =>
  consumer.move?.from === 'neither' && !hasMoved(consumer);

/** Whether every registered consumer can go on with whatever it may be holding now. */
const everyoneHoldsALiveKey = (rotation: ApiKeysRotation): boolean =>
  rotation.consumers.every(
    (consumer) => !hasLostItsKey(consumer) && slotsInUse(consumer).every((slot) => isLive(rotation, slot)),
  );

/** The slot that consumers are moved to in the first half. */
export const newSlot = (rotation: ApiKeysRotation): Slot | undefined =>
  rotation.retiring === undefined ? undefined : otherSlot(rotation.retiring);

/** Consumers that were given the new key, or say that they use it; also those whose value of it is gone. */
export const givenTheNewKey = (rotation: ApiKeysRotation): readonly Consumer[] => {
  const slot = newSlot(rotation);
  return slot === undefined
    ? []
    : rotation.consumers.filter((consumer) => hasLostItsKey(consumer) || slotsInUse(consumer).includes(slot));
};

function whyNotRollBack(rotation: ApiKeysRotation): string | undefined {
  const { phase, retiring } = rotation;
  if (isOver(rotation)) return 'The rotation is over.';
  if (retiring === undefined || rotation.touchedAt === undefined) return 'Nothing has been changed yet.';
  if (!isLive(rotation, retiring))
    return `${slotName(retiring)} is no longer the key that the consumers came from.`;
  if (phase.at === 'working') return 'A step is under way.';
  if (phase.stage === 'rollBack') return 'It is being rolled back.';
  if (phase.stage === 'switchBack') return 'The old key is retired.';
  return undefined;
}

/** Steps that may be left in the middle: they change nothing in Azure. */
const harmless: readonly string[] = ['plan', 'proveIdleKey'];

function whyNotCancel(rotation: ApiKeysRotation): string | undefined {
  const { phase } = rotation;
  if (isOver(rotation)) return 'The rotation is over.';
  if (phase.at === 'working' && !harmless.includes(phase.running.asked.step)) return 'A step is under way.';
  if (phase.at === 'choosing') return 'Both keys are rotated already; only the last choice is left.';
  if (!everyoneHoldsALiveKey(rotation))
    return 'A consumer may be holding a key that is not known to be alive.';
  return undefined;
}

/** What may be pressed now. Roll back only while the old key lives, Cancel only while everyone holds a live key. */
export function apiKeysActions(rotation: ApiKeysRotation): SafeActions {
  const rollBack = whyNotRollBack(rotation);
  const cancel = whyNotCancel(rotation);
  return {
    retry: rotation.phase.at === 'halted',
    checkAgain:
      rotation.phase.at === 'awaitingApproval' &&
      rotation.phase.stage === 'approveFirst' &&
      blockersOf(rotation).length > 0,
    rollBack: rollBack === undefined,
    cancel: cancel === undefined,
    ...(rollBack === undefined ? {} : { whyNotRollBack: rollBack }),
    ...(cancel === undefined ? {} : { whyNotCancel: cancel }),
  };
}

/** Why nobody can approve the first gate yet: consumers that the first regeneration might kill. One sentence each. */
export function blockersOf(rotation: ApiKeysRotation): readonly string[] {
  const idle = newSlot(rotation);
  return rotation.consumers
    .filter((consumer) => !isWaived(rotation.waivers, { of: 'consumer', consumer: consumer.registered.name }))
    .flatMap((consumer) => {
      const { name } = consumer.registered;
      switch (consumer.holds) {
        case 'Key1':
        case 'Key2':
          return consumer.holds === idle
            ? [`${name} still holds ${slotName(idle)}, which would be regenerated.`]
            : [];
        case 'neither':
          return [`${name} holds a value that is neither Key 1 nor Key 2.`];
        case 'undeclared':
          return [`Nobody has said which key ${name} holds.`];
        case 'unreadable':
          return [`What ${name} holds could not be read.`];
      }
    });
}

/**
 * What an approval at a gate is about: if any of this changes, the votes are void. Counters and clocks
 * are left out on purpose, since they change without meaning anything.
 */
export function gateSubject(rotation: ApiKeysRotation, gate: Gate): unknown {
  return {
    rotation: rotation.id,
    gate,
    // Asked anew is another question: a card from before it doesn't count.
    round: rotation.asked[gate] ?? 0,
    rule: ruleOf(rotation, gate) ?? null,
    account: rotation.plan?.account.id ?? null,
    retiring: rotation.retiring ?? null,
    slots: rotation.slots ?? null,
    consumers: rotation.consumers.map((consumer) => ({
      name: consumer.registered.name,
      holds: consumer.holds,
      to: consumer.move?.to ?? null,
      receipt: consumer.move?.receipt.as ?? null,
    })),
    waivers: rotation.waivers.filter((waiver) => waiver.state === 'granted').map((waiver) => waiver.id),
  };
}
