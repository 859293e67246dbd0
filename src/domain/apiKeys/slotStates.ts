import { remark } from '../outcome.ts';
import { type KeyPicture, otherSlot, type Slot, slotName } from './plan.ts';
import type { ApiKeysRotation, SlotState } from './rotation.ts';

/** Takes over both fingerprints; the slot that was worked on gets the condition, the other keeps its own. */
export function withKeys(
  rotation: ApiKeysRotation,
  keys: KeyPicture,
  slot: Slot,
  condition: SlotState['condition'],
): ApiKeysRotation {
  const other = otherSlot(slot);
  const slots = {
    [slot]: { fingerprint: keys[slot], condition },
    [other]: { fingerprint: keys[other], condition: rotation.slots?.[other].condition ?? 'unknown' },
  } as Record<Slot, SlotState>;
  return { ...rotation, slots };
}

/** A value that a person's Retry took over, after it had changed behind the record's back. */
export function noteChanged(rotation: ApiKeysRotation, keys: KeyPicture, slot: Slot): ApiKeysRotation {
  const before = rotation.slots?.[slot].fingerprint;
  return before === undefined || before === keys[slot]
    ? rotation
    : remark(
        rotation,
        `${slotName(slot)} had changed again behind this rotation's back; the value that is there now was proved and taken over.`,
      );
}

export function withSlot(rotation: ApiKeysRotation, slot: Slot, change: Partial<SlotState>): ApiKeysRotation {
  const { slots } = rotation;
  return slots === undefined
    ? rotation
    : { ...rotation, slots: { ...slots, [slot]: { ...slots[slot], ...change } } };
}

export const noteAdopted = (
  rotation: ApiKeysRotation,
  slot: Slot,
  found: 'answered' | 'adopted',
): ApiKeysRotation =>
  found === 'answered'
    ? rotation
    : remark(
        rotation,
        `Azure's answer to the regeneration of ${slotName(slot)} was lost; looking at the keys showed that it had happened, so it was not sent again.`,
      );
