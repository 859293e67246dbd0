import type { Fault } from '../../domain/faults.ts';
import { otherSlot, slotName } from '../../domain/plan.ts';
import type { StepRunner } from '../step.ts';
import { allAnswered200, planOf } from './keys.ts';
import { regenerate } from './regenerate.ts';

/**
 * Seed step 4: regenerates the slot that was in use. Irreversible. Just before it, the key that the
 * consumers hold now must answer once more; and the old value is kept in this process, so that its
 * death can be proved.
 */
export const regenerateRetiredKey: StepRunner<'regenerateRetiredKey'> = (tools, run) => {
  const { slot } = run.ask;
  const inUse = otherSlot(slot);
  return regenerate(tools, run, async (keys): Promise<Fault | null> => {
    keys.keepRetired(slot, run.rotation.id);
    if (!planOf(run.rotation).proof.possible) return null;
    const probe = await keys.probe(inUse, 1, run.signal);
    if (allAnswered200(probe)) return null;
    return {
      kind: 'notProved',
      says: `${slotName(inUse)}, which the consumers hold now, was not answered with 200 when it was tried a moment before ${slotName(slot)} would have been retired.`,
      remedy: `Nothing was regenerated: ${slotName(slot)} is still alive. Check the account, then press Retry.`,
    };
  });
};
