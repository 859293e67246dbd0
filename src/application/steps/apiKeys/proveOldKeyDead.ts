import { isGone } from '../../presence.ts';
import { answered, type StepRunner } from '../../step.ts';
import { accountOf, planOf } from './keys.ts';

/**
 * Tries the retired value once more: dead means refused by every one of N fresh connections, since
 * Azure's gateways can disagree for hours. The value lives in the memory of the process that retired it
 * and nowhere else; if that process is gone, nobody can try it any more, and the record says so.
 */
export const proveOldKeyDead: StepRunner<'proveOldKeyDead'> = async (tools, { rotation, ask, signal }) => {
  const { keys } = tools.azure;
  const { proof } = planOf(rotation);
  if (!proof.possible) {
    keys.forget(rotation.id);
    return answered<'proveOldKeyDead'>({
      dead: false,
      tries: 0,
      over: `it cannot be tried from here: ${proof.because}`,
    });
  }
  const probe = await keys.probeRetired(rotation.id, accountOf(rotation), tools.timing.proofAnswers, signal);
  if (probe === null) {
    // Another worker holds it and lives: the look is left to that one.
    if (ask.heldBy !== tools.process && !(await isGone(tools.journal, ask.heldBy)))
      return { to: 'later', at: tools.clock.now() + rotation.rules.timing.deadEvery };
    const over =
      'the process that held the old value in memory was restarted, and the value is kept nowhere else';
    return answered<'proveOldKeyDead'>({ dead: false, tries: 0, over });
  }
  // A 403 says nothing of the key: a firewall or a switched-off local authentication answers so to all of them.
  const dead =
    probe.statuses.length >= tools.timing.proofAnswers && probe.statuses.every((status) => status === 401);
  const timeIsOver = tools.clock.now() - ask.since >= rotation.rules.timing.deadWithin;
  if (dead || timeIsOver) keys.forget(rotation.id);
  return answered<'proveOldKeyDead'>({ dead, tries: probe.statuses.length });
};
