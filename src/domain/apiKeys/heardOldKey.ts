import { endChain, look, say, stay, withEffects } from '../outcome.ts';
import type { StepAnswer } from '../steps.ts';
import { retiringOf } from './flow.ts';
import type { ApiKeysRotation, Outcome } from './rotation.ts';

export function lookAtOldKey(rotation: ApiKeysRotation, notBefore?: number): Outcome {
  const { oldKey } = rotation;
  return oldKey?.proof !== 'trying'
    ? stay(rotation)
    : look(
        rotation,
        'dead',
        {
          step: 'proveOldKeyDead',
          ask: { slot: retiringOf(rotation), since: oldKey.since, heldBy: oldKey.heldBy },
        },
        notBefore,
      );
}

export function heardOldKey(
  rotation: ApiKeysRotation,
  answer: StepAnswer['proveOldKeyDead'],
  at: number,
): Outcome {
  const { oldKey, rules } = rotation;
  if (oldKey?.proof !== 'trying') return stay(endChain(rotation, 'dead'));
  const tries = oldKey.tries + answer.tries;
  const { since } = oldKey;
  if (answer.dead) {
    const dead: ApiKeysRotation = {
      ...endChain(rotation, 'dead'),
      oldKey: { proof: 'dead', since, at, tries },
    };
    return withEffects(dead, say('oldKeyDead'));
  }
  const timeIsOver = at - since >= rules.timing.deadWithin;
  const because =
    answer.over ?? (timeIsOver ? 'it was still answered when the time for trying was over' : undefined);
  if (because !== undefined) {
    const unproved: ApiKeysRotation = {
      ...endChain(rotation, 'dead'),
      oldKey: { proof: 'unproved', since, at, tries, because },
    };
    return withEffects(unproved, say('oldKeyNotProvedDead', [rotation.request.by]));
  }
  return lookAtOldKey({ ...rotation, oldKey: { ...oldKey, tries } }, at + rules.timing.deadEvery);
}
