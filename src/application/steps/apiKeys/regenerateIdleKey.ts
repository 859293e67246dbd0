import type { Fault } from '../../../domain/faults.ts';
import { slotName } from '../../../domain/apiKeys/plan.ts';
import type { StepRunner } from '../../step.ts';
import { holdersOf } from './holders.ts';
import { regenerate } from './regenerate.ts';

/**
 * Seed step 2: regenerates the slot that no registered consumer holds. Irreversible. Just before it, the
 * secrets are read once more: one that was written since the plan must not be cut off.
 */
export const regenerateIdleKey: StepRunner<'regenerateIdleKey'> = (tools, run) => {
  const { slot } = run.ask;
  return regenerate(tools, run, async (keys, signal): Promise<Fault | null> => {
    const holders = await holdersOf(tools, run, keys, slot, signal);
    if (!holders.ok) return holders.error;
    if (holders.value.length === 0) return null;
    return {
      kind: 'drifted',
      says: `${holders.value.join(' and ')} ${holders.value.length === 1 ? 'holds' : 'hold'} ${slotName(slot)} by now, which would have been regenerated.`,
      remedy:
        'Nothing was regenerated. Press Retry: everything is checked anew, and whoever holds that key is moved off it before anybody is asked again.',
    };
  });
};
