import type { Tools } from '../effects.ts';
import type { On, Refusal } from '../happenings.ts';
import { say, stay, then, withEffects } from '../outcome.ts';
import { isOneOf, type Person } from '../people.ts';
import { err, ok, type Result } from '../result.ts';
import { type Consumer, hasMoved, ownersOf } from './consumers.ts';
import { retiringOf, settleOnOneKey, whenAllMoved } from './flow.ts';
import { mapConsumers, receive, waitForReceipts } from './moving.ts';
import type { ApiKeysRotation, Decided } from './rotation.ts';
import { sameSubject } from './waivers.ts';

function ownedBy(
  rotation: ApiKeysRotation,
  event: Readonly<{ consumer: string; by: Person }>,
): Result<Consumer, Refusal> {
  const consumer = rotation.consumers.find(({ registered }) => registered.name === event.consumer);
  if (consumer === undefined) return err('unknownConsumer');
  return isOneOf(event.by, ownersOf(consumer)) ? ok(consumer) : err('notAnOwner');
}

/** An owner says which key a manual consumer holds. On the idle one: it is moved before anything else. */
export function declare(rotation: ApiKeysRotation, event: On<'declared'>, tools: Tools): Decided {
  const owned = ownedBy(rotation, event);
  if (!owned.ok) return owned;
  const { phase } = rotation;
  const open =
    (phase.at === 'awaitingApproval' || phase.at === 'awaitingWindow') && phase.stage === 'approveFirst';
  const settling = phase.at === 'moving' && phase.stage === 'settleOnOneKey';
  if (!open && !settling) return err('notExpected');
  if (owned.value.registered.kind !== 'manual' || owned.value.move !== undefined) return err('notExpected');
  const known = event.holds === 'neither' ? rotation : withoutWaiver(rotation, event.consumer, event.by);
  const declared = mapConsumers(known, (consumer) =>
    consumer.registered.name === event.consumer
      ? { ...consumer, holds: event.holds, declaredBy: event.by }
      : consumer,
  );
  const active = retiringOf(rotation);
  const mustMove = event.holds !== 'neither' && event.holds !== active;
  return ok(mustMove && open ? settleOnOneKey(declared, active, event.at, tools) : stay(declared));
}

/** What was waived because nobody knew is known now: it must not stand in for the receipts that follow. */
const withoutWaiver = (rotation: ApiKeysRotation, consumer: string, by: Person): ApiKeysRotation => ({
  ...rotation,
  waivers: rotation.waivers.map((waiver) =>
    waiver.state !== 'rejected' && sameSubject(waiver.subject, { of: 'consumer', consumer })
      ? { ...waiver, state: 'rejected', rejectedBy: by }
      : waiver,
  ),
});

export function confirm(rotation: ApiKeysRotation, event: On<'confirmed'>, tools: Tools): Decided {
  const owned = ownedBy(rotation, event);
  if (!owned.ok) return owned;
  const { move } = owned.value;
  if (move?.to !== event.to) return err('staleCard');
  if (hasMoved(owned.value) || move.receipt.as === 'toGive') return err('notExpected');
  const received = receive(rotation, event.consumer, event.to, (version) => ({
    as: 'confirmed',
    at: event.at,
    by: event.by,
    ...version,
  }));
  return ok(whenAllMoved(received, event.at, tools));
}

/** A confirmation can be taken back until the old key is retired; the rotation then waits for it again. */
export function withdraw(rotation: ApiKeysRotation, event: On<'withdrawn'>): Decided {
  const owned = ownedBy(rotation, event);
  if (!owned.ok) return owned;
  const { phase } = rotation;
  const { move } = owned.value;
  if (move?.to !== event.to) return err('staleCard');
  if (move.receipt.as !== 'confirmed' || phase.at === 'working') return err('notExpected');
  const inTime =
    phase.at === 'moving' ||
    phase.at === 'watching' ||
    phase.at === 'held' ||
    phase.at === 'halted' ||
    ((phase.at === 'awaitingApproval' || phase.at === 'awaitingWindow') && phase.stage === 'approveSecond');
  if (!inTime || rotation.oldKey !== undefined) return err('notSafeNow');
  const pending = receive(rotation, event.consumer, event.to, (version) => ({
    as: 'given',
    at: event.at,
    withdrawn: true,
    ...version,
  }));
  const open = mapConsumers(pending, (consumer) =>
    consumer.registered.name === event.consumer ? { ...consumer, holds: move.from } : consumer,
  );
  const told = withEffects(open, say('withdrawn', [], event.consumer));
  if (phase.at === 'moving' || phase.at === 'halted') return ok(told);
  return ok(then(told, (next) => waitForReceipts(next, 'moveConsumers', event.to, event.at)));
}
