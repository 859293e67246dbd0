import type { Decided, On } from './decided.ts';
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
import { remark, say, then, withEffects, work } from './outcome.ts';
import { distinctPeople, isOneOf, type Person } from './people.ts';
import { slotName, slots } from './plan.ts';
import { err, ok } from './result.ts';
import type { Rotation, Tools } from './rotation.ts';
import { actionsFor } from './safety.ts';

/** The requester and whoever may vote at either gate: they may steer a rotation that is under way. */
export const involved = (rotation: Rotation): readonly Person[] =>
  distinctPeople([
    rotation.request.by,
    ...rotation.rules.gates.prepare.from,
    ...rotation.rules.gates.retire.from,
  ]);

export function choose(rotation: Rotation, event: On<'chosen'>, tools: Tools): Decided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  if (rotation.phase.at !== 'choosing') return err('staleCard');
  return ok(
    event.choice === 'stay' ? finish(rotation, 'rotated', event.at) : switchBack(rotation, event.at, tools),
  );
}

export function askAgain(rotation: Rotation, event: On<'askedAgain'>, tools: Tools): Decided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  if (rotation.phase.at !== 'held') return err('staleCard');
  return ok(
    // Clients began to be refused meanwhile: that has to be over first.
    evidenceOf(rotation) === 'rise'
      ? watchAnew(rotation, event.at)
      : openGate(rotation, 'approveSecond', event.at, tools),
  );
}

export function closeOldKeyAlive(rotation: Rotation, event: On<'closedOldKeyAlive'>): Decided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  if (rotation.phase.at !== 'held') return err('staleCard');
  const noted = remark(
    rotation,
    `Deviation: ${event.by.name} closed the rotation with ${slotName(retiringOf(rotation))} alive. Whoever holds the old value can still use it.`,
  );
  return ok(finish(noted, 'oldKeyAlive', event.at));
}

export function retry(rotation: Rotation, event: On<'retried'>, tools: Tools): Decided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  const { phase } = rotation;
  if (phase.stage !== event.stage) return err('staleCard');
  if (actionsFor(rotation).checkAgain) return ok(work(rotation, 'plan', replan(rotation), event.at));
  if (phase.at !== 'halted') return err('staleCard');
  const noted = remark(rotation, `Halted at "${phase.fault.says}"; ${event.by.name} pressed Retry.`);
  return ok(then(withEffects(noted, say('retried')), (next) => resume(next, phase.resume, event.at, tools)));
}

export function askRollBack(rotation: Rotation, event: On<'rollBackAsked'>, tools: Tools): Decided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  if (rotation.phase.stage !== event.stage) return err('staleCard');
  if (!actionsFor(rotation).rollBack) return err('notSafeNow');
  const noted = remark(
    rotation,
    `${event.by.name} rolled the consumers back to ${slotName(retiringOf(rotation))}.`,
  );
  const moving = then(withEffects(noted, say('rollingBack')), (next) => rollBack(next, event.at));
  return ok(then(moving, (next) => whenAllMoved(next, event.at, tools)));
}

export function cancel(rotation: Rotation, event: On<'cancelled'>): Decided {
  if (!isOneOf(event.by, involved(rotation))) return err('notInvolved');
  // A button on a card that shows an earlier stage; who types `cancel <id>` means the rotation as it is.
  if (event.stage !== undefined && event.stage !== rotation.phase.stage) return err('staleCard');
  if (!actionsFor(rotation).cancel) return err('notSafeNow');
  return ok(end(rotation, 'cancelled', { says: asItStands(rotation), by: event.by }, event.at));
}

/** What is true of the keys when a rotation is left in the middle. */
function asItStands({ slots: states, touchedAt, oldKey }: Rotation): string {
  const doubtful = slots.filter((slot) => states?.[slot].condition === 'unknown').map(slotName);
  if (doubtful.length > 0)
    return `Nobody can say whether ${doubtful.join(' and ')} changed: look at it in the Azure portal.`;
  if (touchedAt === undefined) return 'Nothing was changed in Azure.';
  return oldKey === undefined
    ? 'One key was regenerated, the other was not. No registered consumer is known to hold a dead key.'
    : 'Both keys were regenerated. No registered consumer is known to hold a dead key.';
}
