import { addVote, mayVote } from './approval.ts';
import { ownersOf } from './consumers.ts';
import type { Decided, On } from './decided.ts';
import { approversOf, whenAllMoved, whenSoaked } from './flow.ts';
import { say, stay, then, withEffects } from './outcome.ts';
import { isOneOf, samePerson } from './people.ts';
import { err, ok, type Result } from './result.ts';
import type { Refusal, Rotation, Tools } from './rotation.ts';
import { involved } from './steering.ts';
import { sameSubject, type Waiver } from './waivers.ts';

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
