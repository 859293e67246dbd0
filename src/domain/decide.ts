import { addVote, mayVote } from './approval.ts';
import { type Consumer, hasMoved, ownersOf } from './consumers.ts';
import type { Digest } from './ids.ts';
import {
  approversOf,
  end,
  evidenceOf,
  finish,
  openGate,
  passGate,
  replan,
  resume,
  retiringOf,
  rollBack,
  settleOnOneKey,
  switchBack,
  watchAnew,
  whenAllMoved,
  whenSoaked,
} from './flow.ts';
import { mapConsumers, onTheirWay, receive, waitForReceipts } from './moving.ts';
import { enter, remark, say, stay, then, withEffects, work } from './outcome.ts';
import { distinctPeople, isOneOf, type Person, samePerson } from './people.ts';
import { otherSlot, slotName, slots } from './plan.ts';
import { err, ok, type Result } from './result.ts';
import type { Happening, Outcome, Phase, Refusal, Rotation, Tools } from './rotation.ts';
import { actionsFor, blockersOf } from './safety.ts';
import { sameSubject, type Waiver } from './waivers.ts';

/** What people decide. Every refusal is a value; none of them changes anything. */
type Decided = Result<Outcome, Refusal>;
type On<T extends Happening['type']> = Extract<Happening, { type: T }>;
type OpenGate = Extract<Phase, { at: 'awaitingApproval' }>;

/** The requester and whoever may vote at either gate: they may steer a rotation that is under way. */
export const involved = (rotation: Rotation): readonly Person[] =>
  distinctPeople([
    rotation.request.by,
    ...rotation.rules.gates.prepare.from,
    ...rotation.rules.gates.retire.from,
  ]);

/** The gate that a click is about, when the card it came from still tells the truth. */
function gateFor(
  rotation: Rotation,
  event: Readonly<{ stage: string; digest: Digest; by: Person }>,
): Result<OpenGate, Refusal> {
  const { phase } = rotation;
  if (phase.at !== 'awaitingApproval' || phase.stage !== event.stage) return err('staleCard');
  const may = mayVote(rotation.rules.gates[phase.gate], [rotation.request.by], event.by);
  if (!may.ok) return may;
  return phase.digest === event.digest ? ok(phase) : err('planChanged');
}

export function approve(rotation: Rotation, event: On<'approved'>): Decided {
  const gate = gateFor(rotation, event);
  if (!gate.ok) return gate;
  const phase = gate.value;
  const blocked =
    phase.stage === 'approveFirst'
      ? blockersOf(rotation).length > 0
      : onTheirWay(rotation, otherSlot(retiringOf(rotation))).length > 0;
  if (blocked) return err('blocked');
  const vote = { by: event.by, at: event.at, digest: event.digest };
  const counted = addVote(rotation.rules.gates[phase.gate], [rotation.request.by], phase.votes, vote);
  if (!counted.ok) return counted;
  const { votes, reached } = counted.value;
  const voted: Rotation = { ...rotation, phase: { ...phase, votes } };
  if (!reached) return ok(stay(voted));
  const passed: Rotation = { ...voted, approvals: { ...rotation.approvals, [phase.gate]: votes } };
  return ok(passGate(passed, phase.stage, event.at));
}

/** At the first gate a rejection ends the rotation; at the second it holds it, since two keys are in play. */
export function reject(rotation: Rotation, event: On<'rejected'>): Decided {
  const gate = gateFor(rotation, event);
  if (!gate.ok) return gate;
  const { by, at, reason } = event;
  if (gate.value.stage === 'approveFirst')
    return ok(end(rotation, 'declined', { says: reason ?? 'No reason was given.', by }, at));
  const held = enter(
    { ...rotation, remindedAt: at },
    { at: 'held', stage: 'approveSecond', by, since: at, ...(reason === undefined ? {} : { reason }) },
    at,
  );
  return ok(withEffects(held, say('held', [rotation.request.by])));
}

function ownedBy(
  rotation: Rotation,
  event: Readonly<{ consumer: string; by: Person }>,
): Result<Consumer, Refusal> {
  const consumer = rotation.consumers.find(({ registered }) => registered.name === event.consumer);
  if (consumer === undefined) return err('unknownConsumer');
  return isOneOf(event.by, ownersOf(consumer)) ? ok(consumer) : err('notAnOwner');
}

/** An owner says which key a manual consumer holds. On the idle one: it is moved before anything else. */
export function declare(rotation: Rotation, event: On<'declared'>, tools: Tools): Decided {
  const owned = ownedBy(rotation, event);
  if (!owned.ok) return owned;
  const { phase } = rotation;
  const open = phase.at === 'awaitingApproval' && phase.stage === 'approveFirst';
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
const withoutWaiver = (rotation: Rotation, consumer: string, by: Person): Rotation => ({
  ...rotation,
  waivers: rotation.waivers.map((waiver) =>
    waiver.state !== 'rejected' && sameSubject(waiver.subject, { of: 'consumer', consumer })
      ? { ...waiver, state: 'rejected', rejectedBy: by }
      : waiver,
  ),
});

export function confirm(rotation: Rotation, event: On<'confirmed'>, tools: Tools): Decided {
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
export function withdraw(rotation: Rotation, event: On<'withdrawn'>): Decided {
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
    (phase.at === 'awaitingApproval' && phase.stage === 'approveSecond');
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

/** Asks for a waiver: going on without a proof. It needs the quorum of the second gate. */
export function askWaiver(rotation: Rotation, event: On<'waiverAsked'>): Decided {
  const { subject, reason, by, at } = event;
  const consumer =
    subject.of === 'consumer'
      ? rotation.consumers.find(({ registered }) => registered.name === subject.consumer)
      : undefined;
  if (subject.of === 'consumer' && consumer === undefined) return err('unknownConsumer');
  const may = isOneOf(by, involved(rotation)) || (consumer !== undefined && isOneOf(by, ownersOf(consumer)));
  if (!may) return err('notInvolved');
  if (reason.trim() === '') return err('reasonMissing');
  const { phase } = rotation;
  const open = phase.at === 'moving' || phase.at === 'watching' || phase.at === 'awaitingApproval';
  if (!open) return err('notExpected');
  if (subject.of === 'traffic' && rotation.touchedAt === undefined) return err('notExpected');
  if (rotation.waivers.some((other) => other.state !== 'rejected' && sameSubject(other.subject, subject)))
    return err('alreadyWaived');
  const voters = approversOf(rotation, 'retire').filter((person) => !samePerson(person, by));
  if (voters.length < rotation.rules.gates.retire.need) return err('tooFewVoters');
  const id = rotation.waivers.length + 1;
  const waiver: Waiver = {
    id,
    subject,
    reason: reason.trim(),
    askedBy: by,
    askedAt: at,
    votes: [],
    state: 'asked',
  };
  const asked: Rotation = { ...rotation, waivers: [...rotation.waivers, waiver] };
  return ok(withEffects(asked, say('waiverAsked', voters, String(id))));
}

function openWaiver(rotation: Rotation, id: number): Result<Waiver, Refusal> {
  const waiver = rotation.waivers.find((candidate) => candidate.id === id);
  if (waiver === undefined) return err('unknownWaiver');
  return waiver.state === 'asked' ? ok(waiver) : err('staleCard');
}

const replaceWaiver = (rotation: Rotation, waiver: Waiver): Rotation => ({
  ...rotation,
  waivers: rotation.waivers.map((other) => (other.id === waiver.id ? waiver : other)),
});

export function approveWaiver(rotation: Rotation, event: On<'waiverApproved'>, tools: Tools): Decided {
  const waiver = openWaiver(rotation, event.waiver);
  if (!waiver.ok) return waiver;
  const excluded = [rotation.request.by, waiver.value.askedBy];
  const counted = addVote(rotation.rules.gates.retire, excluded, waiver.value.votes, {
    by: event.by,
    at: event.at,
  });
  if (!counted.ok) return counted;
  const { votes, reached } = counted.value;
  if (!reached) return ok(stay(replaceWaiver(rotation, { ...waiver.value, votes })));
  const granted = replaceWaiver(rotation, { ...waiver.value, votes, state: 'granted' });
  const told = withEffects(granted, say('waiverGranted', [], String(event.waiver)));
  const moved = then(told, (next) => whenAllMoved(next, event.at, tools));
  return ok(then(moved, (next) => whenSoaked(next, event.at, tools)));
}

export function rejectWaiver(rotation: Rotation, event: On<'waiverRejected'>): Decided {
  const waiver = openWaiver(rotation, event.waiver);
  if (!waiver.ok) return waiver;
  const may = mayVote(rotation.rules.gates.retire, [rotation.request.by, waiver.value.askedBy], event.by);
  if (!may.ok) return may;
  const rejected = replaceWaiver(rotation, { ...waiver.value, state: 'rejected', rejectedBy: event.by });
  return ok(withEffects(rejected, say('waiverRejected', [waiver.value.askedBy], String(event.waiver))));
}

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

/** The gate's digest again, after anything that may have changed what it is about: different means void votes. */
export function keepGateTrue(
  rotation: Rotation,
  digestOf: (rotation: Rotation, gate: 'prepare' | 'retire') => Digest,
): Outcome {
  const { phase } = rotation;
  if (phase.at !== 'awaitingApproval') return stay(rotation);
  const digest = digestOf(rotation, phase.gate);
  if (digest === phase.digest) return stay(rotation);
  const voided = phase.votes.length > 0;
  const round = voided ? phase.round + 1 : phase.round;
  const asked: Rotation = { ...rotation, asked: { ...rotation.asked, [phase.gate]: round } };
  const renewed: Rotation = {
    ...asked,
    phase: { ...phase, digest: digestOf(asked, phase.gate), votes: [], round },
  };
  return voided ? withEffects(renewed, say('planChanged', approversOf(rotation, phase.gate))) : stay(renewed);
}
