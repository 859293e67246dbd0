import type { Tools } from '../effects.ts';
import type { Fault } from '../faults.ts';
import type { Happening, Refusal } from '../happenings.ts';
import type { EffectKey } from '../ids.ts';
import { say, stay, then, withEffects } from '../outcome.ts';
import { err, ok, type Result } from '../result.ts';
import type { Answered } from '../steps.ts';
import { afterRetirement, halt, lookAtTraffic, proveIdleKey, replan, retiringOf } from './flow.ts';
import { heardGiven, heardProof, heardReceipts } from './heardConsumers.ts';
import { heardOldKey, lookAtOldKey } from './heardOldKey.ts';
import { heardPlan } from './heardPlan.ts';
import { heardTraffic } from './heardTraffic.ts';
import { verify } from './moving.ts';
import { otherSlot } from './plan.ts';
import type { ApiKeysRotation, Outcome, Phase } from './rotation.ts';
import { noteAdopted, withKeys, withSlot } from './slotStates.ts';

type Heard = Result<Outcome, Refusal>;

type Working = Extract<Phase, { at: 'working' }>;

type Done = Extract<Happening, { type: 'stepDone' }>;

type Failed = Extract<Happening, { type: 'stepFailed' }>;

/** An answer of a step. Only the effect that the rotation waits for is heard; anything else is stale. */
export function hearDone(rotation: ApiKeysRotation, event: Done, tools: Tools): Heard {
  const { chains, phase } = rotation;
  if (event.key === chains.verify && event.step === 'verifyConsumers')
    return ok(heardReceipts(rotation, event.answer, event.at, tools));
  if (event.key === chains.traffic && event.step === 'watchTraffic')
    return ok(heardTraffic(rotation, event.answer, event.at, tools));
  if (event.key === chains.dead && event.step === 'proveOldKeyDead')
    return ok(heardOldKey(rotation, event.answer, event.at));
  if (phase.at !== 'working' || phase.running.key !== event.key) return err('notExpected');
  return ok(heardStep(rotation, phase, event, event.at, tools));
}

/** A step that failed halts the rotation at its stage; a look beside the path that failed is looked at again. */
export function hearFailed(rotation: ApiKeysRotation, event: Failed): Heard {
  const { chains, phase, rules } = rotation;
  if (event.key === chains.verify && phase.at === 'moving')
    return ok(verify(rotation, phase.to, event.at + rules.timing.receiptEvery));
  if (event.key === chains.traffic) return ok(lookAtTraffic(rotation, event.at + rules.timing.watchEvery));
  if (event.key === chains.dead) return ok(lookAtOldKey(rotation, event.at + rules.timing.deadEvery));
  if (phase.at !== 'working' || phase.running.key !== event.key) return err('notExpected');
  const doubtful = (event.fault.inDoubt ?? []).reduce(
    (so, slot) => withSlot(so, slot, { condition: 'unknown' }),
    rotation,
  );
  return ok(halt(doubtful, event.fault, resumeAfter(rotation, phase, event.fault), event.at));
}

/**
 * Where Retry goes. Keys that changed behind the plan's back make the plan worthless: before the first
 * regeneration everything is checked and voted on again; after it, the new key is proved anew, and given
 * anew to whoever holds a value that is gone.
 */
function resumeAfter(rotation: ApiKeysRotation, phase: Working, fault: Fault): Working {
  const again =
    fault.kind !== 'drifted'
      ? undefined
      : phase.stage === 'regenerateIdleKey' || phase.stage === 'settleOnOneKey'
        ? ({ stage: 'plan', ...replan(rotation) } as const)
        : phase.stage === 'regenerateRetiredKey' || phase.stage === 'moveConsumers'
          ? provedAnew(rotation)
          : undefined;
  if (again === undefined) return phase;
  const { stage, ...asked } = again;
  return {
    at: 'working',
    stage,
    running: { key: `${phase.running.key}/again` as EffectKey, asked, attempt: 1 },
  };
}

const provedAnew = (rotation: ApiKeysRotation) =>
  ({
    stage: 'proveIdleKey',
    step: 'proveIdleKey',
    ask: { slot: otherSlot(retiringOf(rotation)) },
  }) as const;

function heardStep(
  rotation: ApiKeysRotation,
  phase: Working,
  event: Answered,
  at: number,
  tools: Tools,
): Outcome {
  switch (event.step) {
    case 'plan':
      return heardPlan(rotation, event.answer, at, tools);
    case 'giveConsumers':
      return heardGiven(rotation, phase, event.answer, at, tools);
    case 'regenerateIdleKey': {
      const slot = otherSlot(retiringOf(rotation));
      const noted = noteAdopted(
        withKeys(rotation, event.answer.keys, slot, 'unproved'),
        slot,
        event.answer.found,
      );
      const touched: ApiKeysRotation = { ...noted, touchedAt: rotation.touchedAt ?? at, watchFrom: at };
      return then(withEffects(touched, say('idleKeyRegenerated')), (next) => proveIdleKey(next, slot, at));
    }
    case 'proveIdleKey':
      return heardProof(rotation, phase, event.answer, at, tools);
    case 'regenerateRetiredKey': {
      const slot = retiringOf(rotation);
      const noted = noteAdopted(
        withKeys(rotation, event.answer.keys, slot, 'retired'),
        slot,
        event.answer.found,
      );
      const retired: ApiKeysRotation = {
        ...noted,
        watchFrom: at,
        oldKey: { proof: 'trying', since: at, tries: 0, heldBy: event.answer.by },
      };
      const watched = then(withEffects(retired, say('oldKeyRetired')), (next) => lookAtOldKey(next));
      const looking = then(watched, (next) => lookAtTraffic(next, at + rotation.rules.timing.watchEvery));
      return then(looking, (next) => afterRetirement(next, at, tools));
    }
    // The looks beside the path are heard above; steps of the other procedure never run here.
    case 'verifyConsumers':
    case 'watchTraffic':
    case 'proveOldKeyDead':
    case 'lookAtEncryption':
    case 'checkKey':
    case 'createKeyVersion':
    case 'pointAccountAtKey':
    case 'waitForWrap':
    case 'verifyEncryption':
    case 'guardOldVersion':
    case 'watchGuarded':
      return stay(rotation);
  }
}
