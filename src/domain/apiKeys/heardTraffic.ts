import type { Tools } from '../effects.ts';
import type { Fault } from '../faults.ts';
import { endChain, say, stay, then, withEffects } from '../outcome.ts';
import { isOver } from '../rotation.ts';
import type { StepAnswer } from '../steps.ts';
import { concernedBy } from '../voters.ts';
import { evidenceOf, halt, lookAtTraffic, whenSoaked } from './flow.ts';
import type { ApiKeysRotation, Outcome } from './rotation.ts';

export function heardTraffic(
  rotation: ApiKeysRotation,
  answer: StepAnswer['watchTraffic'],
  at: number,
  tools: Tools,
): Outcome {
  const { phase, rules } = rotation;
  const before = evidenceOf(rotation);
  const seen: ApiKeysRotation = { ...rotation, traffic: answer.look };
  const rose = evidenceOf(seen) === 'rise';
  if (
    rose &&
    rotation.oldKey === undefined &&
    (phase.at === 'moving' ||
      phase.at === 'watching' ||
      phase.at === 'awaitingApproval' ||
      phase.at === 'awaitingWindow') &&
    phase.stage !== 'rollBack'
  )
    return then(halt(seen, risen(seen), phase, at), (next) =>
      lookAtTraffic(next, at + rules.timing.watchEvery),
    );
  const tooLate = rose && rotation.oldKey !== undefined && before !== 'rise';
  const told = tooLate
    ? withEffects(seen, say('trafficRoseTooLate', concernedBy(rotation, 'retire')))
    : stay(seen);
  const soaked = then(told, (next) => whenSoaked(next, at, tools));
  const asked = then(soaked, (next) => askForEvidence(next, at));
  return then(asked, (next) =>
    goesOnWatching(next, at)
      ? lookAtTraffic(next, at + rules.timing.watchEvery)
      : stay(endChain(next, 'traffic')),
  );
}

/** The soak is over and there is nothing to go by: said once, since only people can help (or the next look). */
function askForEvidence(rotation: ApiKeysRotation, at: number): Outcome {
  const { phase } = rotation;
  if (phase.at !== 'watching' || at < phase.until || phase.told) return stay(rotation);
  return withEffects(
    { ...rotation, remindedAt: at, phase: { ...phase, told: true } },
    say('noEvidence', [rotation.request.by]),
  );
}

/**
 * The watch goes on for one soak after the last change, also when the rotation is over. The retirement is
 * a change until the old key is dead: while some gateways still take it, its holders aren't refused.
 */
function goesOnWatching(rotation: ApiKeysRotation, at: number): boolean {
  if (!isOver(rotation)) return true;
  const { watchFrom, oldKey, rules } = rotation;
  if (oldKey?.proof === 'trying') return true;
  const last = oldKey === undefined ? watchFrom : oldKey.at;
  return last !== undefined && at < last + rules.timing.soak;
}

function risen(rotation: ApiKeysRotation): Fault {
  const { traffic } = rotation;
  const refused = traffic === undefined || 'unavailable' in traffic ? 0 : traffic.window.refused;
  return {
    kind: 'notProved',
    says: `Azure Monitor shows ${String(refused)} client call${refused === 1 ? '' : 's'} answered 401 since the last change: somebody may hold a key that is dead.`,
    remedy:
      'Find who is refused (the registered consumers, then logs of other clients). Roll back brings the consumers to the old key; Retry starts a new watch.',
  };
}
