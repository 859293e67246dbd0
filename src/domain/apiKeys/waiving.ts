import { addVote, type Ballot, canBeReached, knownVoters, mayVote } from '../approval.ts';
import type { Tools } from '../effects.ts';
import type { On, Refusal } from '../happenings.ts';
import { say, stay, then, withEffects } from '../outcome.ts';
import { isOneOf } from '../people.ts';
import { err, ok, type Result } from '../result.ts';
import { ballotOf, involved } from '../voters.ts';
import { ownersOf } from './consumers.ts';
import { whenAllMoved, whenSoaked } from './flow.ts';
import type { ApiKeysRotation, Decided } from './rotation.ts';
import { sameSubject, type Waiver } from './waivers.ts';

/** Asks for a waiver: going on without a proof. It needs the quorum of the second gate. */
export function askWaiver(rotation: ApiKeysRotation, event: On<'waiverAsked'>): Decided {
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
  const ballot = ballotOf(rotation, 'waive', [by]);
  if (ballot === undefined || !canBeReached(ballot, [], rotation.members ?? {}, []))
    return err('tooFewVoters');
  const voters = knownVoters(ballot, rotation.members ?? {});
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
  const asked: ApiKeysRotation = { ...rotation, waivers: [...rotation.waivers, waiver] };
  return ok(withEffects(asked, say('waiverAsked', voters, String(id))));
}

function openWaiver(rotation: ApiKeysRotation, id: number): Result<Waiver, Refusal> {
  const waiver = rotation.waivers.find((candidate) => candidate.id === id);
  if (waiver === undefined) return err('unknownWaiver');
  return waiver.state === 'asked' ? ok(waiver) : err('staleCard');
}

const replaceWaiver = (rotation: ApiKeysRotation, waiver: Waiver): ApiKeysRotation => ({
  ...rotation,
  waivers: rotation.waivers.map((other) => (other.id === waiver.id ? waiver : other)),
});

/** The question whether to go on without a proof; who asks it has no vote in it. */
function waiverBallot(rotation: ApiKeysRotation, waiver: Waiver): Ballot {
  const ballot = ballotOf(rotation, 'waive', [waiver.askedBy]);
  if (ballot === undefined) throw new Error(`${rotation.id} has a waiver that nobody may decide about`);
  return ballot;
}

export function approveWaiver(rotation: ApiKeysRotation, event: On<'waiverApproved'>, tools: Tools): Decided {
  const waiver = openWaiver(rotation, event.waiver);
  if (!waiver.ok) return waiver;
  const { type: _type, waiver: _waiver, ...vote } = event;
  const counted = addVote(waiverBallot(rotation, waiver.value), waiver.value.votes, vote);
  if (!counted.ok) return counted;
  const { votes, reached } = counted.value;
  if (!reached) return ok(stay(replaceWaiver(rotation, { ...waiver.value, votes })));
  const granted = replaceWaiver(rotation, { ...waiver.value, votes, state: 'granted' });
  const told = withEffects(granted, say('waiverGranted', [], String(event.waiver)));
  const moved = then(told, (next) => whenAllMoved(next, event.at, tools));
  return ok(then(moved, (next) => whenSoaked(next, event.at, tools)));
}

export function rejectWaiver(rotation: ApiKeysRotation, event: On<'waiverRejected'>): Decided {
  const waiver = openWaiver(rotation, event.waiver);
  if (!waiver.ok) return waiver;
  const may = mayVote(waiverBallot(rotation, waiver.value), event);
  if (!may.ok) return may;
  const rejected = replaceWaiver(rotation, { ...waiver.value, state: 'rejected', rejectedBy: event.by });
  return ok(withEffects(rejected, say('waiverRejected', [waiver.value.askedBy], String(event.waiver))));
}
