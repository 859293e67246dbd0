import type { Tools } from '../effects.ts';
import type { Happening, Refusal } from '../happenings.ts';
import { say, stay, then, withEffects } from '../outcome.ts';
import { samePerson } from '../people.ts';
import { err, ok, type Result, unreachable } from '../result.ts';
import type { Shared } from '../shared.ts';
import { approversOf, concernedBy } from '../voters.ts';
import { gateDueAt } from '../voting.ts';
import { finish } from './flow.ts';
import { hearDone, hearFailed } from './hear.ts';
import type { EncryptionKeyRotation, EncryptionOutcomeOf } from './rotation.ts';
import { gateOf } from './safety.ts';
import { askRollBack, cancel, choose, chooseKey, retry } from './steering.ts';
import { approve, keepGateTrue, reject, whenGateIsDue, withdrawVote } from './voting.ts';
import { work } from './work.ts';

/** A new rotation and its first effect: the look at the account. Asks nothing of Azure yet. */
export function begin(shared: Shared): EncryptionOutcomeOf {
  const { request } = shared;
  const empty: EncryptionKeyRotation = {
    ...shared,
    procedure: 'encryptionKey',
    guarded: [],
    // Replaced by `work` in the same breath; a rotation is never seen in it.
    phase: { at: 'ended', stage: 'plan', outcome: 'cancelled', says: '', finishedAt: request.at },
  };
  return work(empty, 'plan', { step: 'lookAtEncryption', ask: { account: request.account } }, request.at);
}

/** What may happen next to a rotation of the encryption key that isn't over, or what the world still has to say of one that is. */
export function advance(
  rotation: EncryptionKeyRotation,
  event: Happening,
  tools: Tools,
): Result<EncryptionOutcomeOf, Refusal> {
  const decided = dispatch(rotation, event, tools);
  return decided.ok ? ok(then(decided.value, (next) => keepGateTrue(next, event.at, tools))) : decided;
}

function dispatch(
  rotation: EncryptionKeyRotation,
  event: Happening,
  tools: Tools,
): Result<EncryptionOutcomeOf, Refusal> {
  switch (event.type) {
    case 'stepDone':
      return hearDone(rotation, event, tools);
    case 'stepFailed':
      return hearFailed(rotation, event);
    case 'timePassed':
      return ok(timePassed(rotation, event.at, tools));
    case 'keyChosen':
      return chooseKey(rotation, event);
    case 'approved':
      return approve(rotation, event, tools);
    case 'voteWithdrawn':
      return withdrawVote(rotation, event);
    case 'rejected':
      return reject(rotation, event);
    case 'chosen':
      return choose(rotation, event);
    case 'retried':
      return retry(rotation, event);
    case 'rollBackAsked':
      return askRollBack(rotation, event);
    case 'cancelled':
      return cancel(rotation, event);
    // An account's encryption has no consumers that hold anything, and no proof that could be waived.
    case 'declared':
    case 'confirmed':
    case 'withdrawn':
    case 'waiverAsked':
    case 'waiverApproved':
    case 'waiverRejected':
    case 'askedAgain':
    case 'closedOldKeyAlive':
    case 'reviewed':
    case 'notReached':
      return err('notExpected');
    default:
      return unreachable(event);
  }
}

/** The row's own next deadline in epoch ms, or null: whatever wakes it, it is the row that knows. */
export function dueAt(rotation: EncryptionKeyRotation): number | null {
  const { phase, remindedAt, rules } = rotation;
  const reminder = remindedAt === undefined ? null : remindedAt + rules.timing.remindEvery;
  switch (phase.at) {
    case 'settling':
      return phase.until;
    case 'awaitingApproval': {
      const times = [...(reminder === null ? [] : [reminder]), ...gateDueAt(rotation, phase)];
      return times.length === 0 ? null : Math.min(...times);
    }
    case 'awaitingWindow':
      return Math.min(phase.until, phase.expires);
    case 'choosingKey':
    case 'halted':
      return reminder;
    case 'working':
    case 'wrapping':
    case 'completed':
    case 'ended':
      return null;
  }
}

/** A wake-up. Does what is due, and nothing when nothing is: a stale one is a no-op. */
function timePassed(rotation: EncryptionKeyRotation, at: number, tools: Tools): EncryptionOutcomeOf {
  const { phase } = rotation;
  if (phase.at === 'settling') return at >= phase.until ? finish(rotation, 'moved', at) : stay(rotation);
  const gone = whenGateIsDue(rotation, at, tools);
  return gone.rotation.phase.at === phase.at ? then(gone, (next) => remind(next, at)) : gone;
}

/** Reminds whoever is waited for. */
function remind(rotation: EncryptionKeyRotation, at: number): EncryptionOutcomeOf {
  const { phase, remindedAt, rules, request } = rotation;
  if (remindedAt === undefined || at < remindedAt + rules.timing.remindEvery) return stay(rotation);
  const reminded: EncryptionKeyRotation = { ...rotation, remindedAt: at };
  if (phase.at === 'choosingKey') return withEffects(reminded, say('reminder', [request.by]));
  if (phase.at === 'halted')
    return withEffects(reminded, say('reminder', concernedBy(rotation, gateOf(rotation))));
  if (phase.at !== 'awaitingApproval') return stay(rotation);
  const missing = approversOf(rotation, phase.gate).filter(
    (person) => !phase.votes.some((vote) => samePerson(vote.by, person)),
  );
  return withEffects(reminded, say('reminder', missing));
}
