import type { Fault } from '../../../domain/faults.ts';
import { otherSlot, type Slot, slotName } from '../../../domain/apiKeys/plan.ts';
import type { StepRunner } from '../../step.ts';
import { holdersOf } from './holders.ts';
import { allAnswered200, planOf } from './keys.ts';
import { regenerate } from './regenerate.ts';

/**
 * Seed step 4: regenerates the slot that was in use. Irreversible. Just before it, no secret may hold it
 * (any more or again), and the key that the consumers hold now must answer once more; and the old value is
 * kept in this process, so that its death can be proved.
 */
export const regenerateRetiredKey: StepRunner<'regenerateRetiredKey'> = async (tools, run) => {
  const { slot } = run.ask;
  const inUse = otherSlot(slot);
  const came = await regenerate(tools, run, async (keys, signal): Promise<Fault | null> => {
    const holders = await holdersOf(tools, run, keys, slot, signal);
    if (!holders.ok) return holders.error;
    if (holders.value.length > 0) return heldAgain(slot, holders.value);
    keys.keepRetired(slot, run.rotation.id);
    if (!planOf(run.rotation).proof.possible) return null;
    const probe = await keys.probe(inUse, 1, signal);
    if (allAnswered200(probe)) return null;
    return {
      kind: 'notProved',
      says: `${slotName(inUse)}, which the consumers hold now, was not answered with 200 when it was tried a moment before ${slotName(slot)} would have been retired.`,
      remedy: `Nothing was regenerated: ${slotName(slot)} is still alive. Check the account, then press Retry.`,
    };
  });
  // It lives on, so nobody needs its value to prove that it is dead.
  if (came.to === 'fault' && came.fault.kind !== 'unknownOutcome') tools.azure.keys.forget(run.rotation.id);
  return came;
};

const heldAgain = (slot: Slot, holders: readonly string[]): Fault => ({
  kind: 'refused',
  says: `The secret of ${holders.join(' and ')} holds ${slotName(slot)} again, which would have been retired: somebody, or a deployment, wrote it since it was moved.`,
  remedy: `Nothing was regenerated: ${slotName(slot)} is still alive. Put ${slotName(otherSlot(slot))} back into it, see it answer, and press Retry.`,
});
