import type { Slot } from '../../../../domain/apiKeys/plan.ts';
import { slotName, slots } from '../../../../domain/apiKeys/plan.ts';
import type { ApiKeysRotation, SlotState } from '../../../../domain/apiKeys/rotation.ts';
import { row, type Mark, type Row } from '../rows.ts';

const conditions = {
  live: ['done', 'works'],
  unproved: ['unsure', 'regenerated, not yet proved'],
  retired: ['left', 'retired: its new value is in nobody’s hands'],
  unknown: ['unsure', 'unknown: nobody can say before the next look'],
} as const satisfies Record<SlotState['condition'], readonly [Mark, string]>;

/** What is true of both slots. Empty before the account has been looked at. */
export function slotRows({ slots: states, retiring }: ApiKeysRotation): readonly Row[] {
  return states === undefined ? [] : slots.map((slot) => slotRow(slot, states[slot], retiring));
}

function slotRow(slot: Slot, state: SlotState, retiring: Slot | undefined): Row {
  const [mark, word] = conditions[state.condition];
  const role =
    retiring === undefined
      ? ''
      : slot === retiring
        ? 'In use when the rotation began.'
        : 'Unused when the rotation began.';
  return row(mark, slotName(slot), word, role);
}
