import type { Tools } from '../effects.ts';
import type { On } from '../happenings.ts';
import { remark, say, then, withEffects } from '../outcome.ts';
import { isOneOf } from '../people.ts';
import { err, ok } from '../result.ts';
import { involved } from '../voters.ts';
import {
  end,
  evidenceOf,
  finish,
  openGate,
  replan,
  resume,
  retiringOf,
  rollBack,
  switchBack,
  watchAnew,
  whenAllMoved,
} from './flow.ts';
import { slotName, slots } from './plan.ts';
import type { ApiKeysRotation, Decided } from './rotation.ts';
import { apiKeysActions } from './safety.ts';
import { work } from './work.ts';

export function choose(rotation: ApiKeysRotation, event: On<'chosen'>, tools: Tools): Decided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  if (rotation.phase.at !== 'choosing') return err('staleCard');
  if (event.choice === 'pin') return err('notExpected');
  return ok(
    event.choice === 'stay' ? finish(rotation, 'rotated', event.at) : switchBack(rotation, event.at, tools),
  );
}

export function askAgain(rotation: ApiKeysRotation, event: On<'askedAgain'>, tools: Tools): Decided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  if (rotation.phase.at !== 'held') return err('staleCard');
  return ok(
    // Clients began to be refused meanwhile: that has to be over first.
    evidenceOf(rotation) === 'rise'
      ? watchAnew(rotation, event.at)
      : openGate(rotation, 'approveSecond', event.at, tools),
  );
}

export function closeOldKeyAlive(rotation: ApiKeysRotation, event: On<'closedOldKeyAlive'>): Decided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  if (rotation.phase.at !== 'held') return err('staleCard');
  const noted = remark(
    rotation,
    `Deviation: ${event.by.name} closed the rotation with ${slotName(retiringOf(rotation))} alive. Whoever holds the old value can still use it.`,
  );
  return ok(finish(noted, 'oldKeyAlive', event.at));
}

export function retry(rotation: ApiKeysRotation, event: On<'retried'>, tools: Tools): Decided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  const { phase } = rotation;
  if (phase.stage !== event.stage) return err('staleCard');
  if (apiKeysActions(rotation).checkAgain) return ok(work(rotation, 'plan', replan(rotation), event.at));
  if (phase.at !== 'halted') return err('staleCard');
  const noted = remark(rotation, `Halted at "${phase.fault.says}"; ${event.by.name} pressed Retry.`);
  return ok(then(withEffects(noted, say('retried')), (next) => resume(next, phase.resume, event.at, tools)));
}

export function askRollBack(rotation: ApiKeysRotation, event: On<'rollBackAsked'>, tools: Tools): Decided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  if (rotation.phase.stage !== event.stage) return err('staleCard');
  if (!apiKeysActions(rotation).rollBack) return err('notSafeNow');
  const noted = remark(
    rotation,
    `${event.by.name} rolled the consumers back to ${slotName(retiringOf(rotation))}.`,
  );
  const moving = then(withEffects(noted, say('rollingBack')), (next) => rollBack(next, event.at));
  return ok(then(moving, (next) => whenAllMoved(next, event.at, tools)));
}

export function cancel(rotation: ApiKeysRotation, event: On<'cancelled'>): Decided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  // A button on a card that shows an earlier stage; who types `cancel <id>` means the rotation as it is.
  if (event.stage !== undefined && event.stage !== rotation.phase.stage) return err('staleCard');
  if (!apiKeysActions(rotation).cancel) return err('notSafeNow');
  return ok(end(rotation, 'cancelled', { says: asItStands(rotation), by: event.by }, event.at));
}

/** What is true of the keys when a rotation is left in the middle. */
function asItStands({ slots: states, touchedAt, oldKey }: ApiKeysRotation): string {
  const doubtful = slots.filter((slot) => states?.[slot].condition === 'unknown').map(slotName);
  if (doubtful.length > 0)
    return `Nobody can say whether ${doubtful.join(' and ')} changed: look at it in the Azure portal.`;
  if (touchedAt === undefined) return 'Nothing was changed in Azure.';
  return oldKey === undefined
    ? 'One key was regenerated, the other was not. No registered consumer is known to hold a dead key.'
    : 'Both keys were regenerated. No registered consumer is known to hold a dead key.';
}
