import { otherSlot, slotName, type Slot } from '../../../../domain/apiKeys/plan.ts';
import type { ApiKeysRotation } from '../../../../domain/apiKeys/rotation.ts';

/** The slot that was in use at the start, and the other one. Before the plan is known nobody can say. */
export function slotsInWords({
  retiring,
  plan,
}: ApiKeysRotation): Readonly<{ old: string; fresh: string; oldSlot?: Slot }> {
  const slot = retiring ?? plan?.activeSlot;
  return slot === undefined
    ? { old: 'the key in use', fresh: 'the unused key' }
    : { old: slotName(slot), fresh: slotName(otherSlot(slot)), oldSlot: slot };
}

/** Said only while both were seen to work. */
export const bothKeysWork = ({ slots }: ApiKeysRotation): string =>
  slots?.Key1.condition === 'live' && slots.Key2.condition === 'live' ? 'Both keys work meanwhile.' : '';
