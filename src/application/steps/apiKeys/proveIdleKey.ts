import { otherSlot, slotName } from '../../../domain/apiKeys/plan.ts';
import { answered, failed, type StepRunner } from '../../step.ts';
import { listExpected, notProved, planOf, prove, withoutDoubt } from './keys.ts';

/**
 * Before anybody gets the new key: it answers N times in a row on fresh connections, and the other slot
 * is unchanged and answers too. After a drift that a person has looked at (Retry), the value that is
 * there now is taken over, since nobody holds it yet.
 */
export const proveIdleKey: StepRunner<'proveIdleKey'> = async (tools, run) => {
  const { rotation, ask, signal } = run;
  const { slot } = ask;
  const other = otherSlot(slot);
  const listed = await listExpected(tools, run, withoutDoubt(rotation, [slot, other]));
  if (!listed.ok) return failed<'proveIdleKey'>(listed.error);
  const keys = listed.value;
  const { proof } = planOf(rotation);
  if (!proof.possible) {
    const note = `${slotName(slot)} was not tried before it was given out: ${proof.because}`;
    return answered<'proveIdleKey'>({ keys: keys.picture, answers: 0, proved: false, note });
  }
  const answers = tools.timing.proofAnswers;
  const refused = await prove(tools, keys, slot, answers, signal);
  if (refused !== null) {
    // Refused for that long: perhaps it isn't the key any more, because a lost request landed after all.
    const again = await listExpected(tools, run, [slot, other]);
    return failed<'proveIdleKey'>(again.ok ? notProved(slot, refused, false) : again.error);
  }
  const otherRefused = await prove(tools, keys, other, 1, signal);
  if (otherRefused !== null) return failed<'proveIdleKey'>(notProved(other, otherRefused, true));
  return answered<'proveIdleKey'>({ keys: keys.picture, answers, proved: true });
};
