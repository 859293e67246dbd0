import type { Tools } from '../effects.ts';
import type { Happening, Refusal } from '../happenings.ts';
import { say, stay, then, withEffects } from '../outcome.ts';
import { samePerson } from '../people.ts';
import { err, ok, type Result, unreachable } from '../result.ts';
import type { Shared } from '../shared.ts';
import { approversOf, concernedBy } from '../voters.ts';
import { gateDueAt } from '../voting.ts';
import { finish, whenAllMoved, whenSoaked } from './flow.ts';
import { hearDone, hearFailed } from './hear.ts';
import { askOwners, askUndeclared, onTheirWay, pickupEnds } from './moving.ts';
import { confirm, declare, withdraw } from './owners.ts';
import type { ApiKeysRotation, Outcome } from './rotation.ts';
import { askAgain, askRollBack, cancel, choose, closeOldKeyAlive, retry } from './steering.ts';
import { approve, keepGateTrue, reject, whenGateIsDue, withdrawVote } from './voting.ts';
import { approveWaiver, askWaiver, rejectWaiver } from './waiving.ts';
import { work } from './work.ts';

/** A new rotation and its first effect: the plan. Asks nothing of Azure yet. */
export function begin(shared: Shared): Outcome {
  const { request } = shared;
  const empty: ApiKeysRotation = {
    ...shared,
    procedure: 'apiKeys',
    consumers: [],
    waivers: [],
    // Replaced by `work` in the same breath; a rotation is never seen in it.
    phase: { at: 'ended', stage: 'plan', outcome: 'cancelled', says: '', finishedAt: request.at },
  };
  return work(empty, 'plan', { step: 'plan', ask: { account: request.account } }, request.at);
}

/** What may happen next to a rotation of the API keys that isn't over, or what the world still has to say of one that is. */
export function advance(rotation: ApiKeysRotation, event: Happening, tools: Tools): Result<Outcome, Refusal> {
  const decided = dispatch(rotation, event, tools);
  return decided.ok ? ok(then(decided.value, (next) => keepGateTrue(next, event.at, tools))) : decided;
}

function dispatch(rotation: ApiKeysRotation, event: Happening, tools: Tools): Result<Outcome, Refusal> {
  switch (event.type) {
    case 'stepDone':
      return hearDone(rotation, event, tools);
    case 'stepFailed':
      return hearFailed(rotation, event);
    case 'timePassed':
      return ok(timePassed(rotation, event.at, tools));
    case 'cancelled':
      return cancel(rotation, event);
    case 'approved':
      return approve(rotation, event, tools);
    case 'voteWithdrawn':
      return withdrawVote(rotation, event);
    case 'rejected':
      return reject(rotation, event);
    case 'declared':
      return declare(rotation, event, tools);
    case 'confirmed':
      return confirm(rotation, event, tools);
    case 'withdrawn':
      return withdraw(rotation, event);
    case 'waiverAsked':
      return askWaiver(rotation, event);
    case 'waiverApproved':
      return approveWaiver(rotation, event, tools);
    case 'waiverRejected':
      return rejectWaiver(rotation, event);
    case 'chosen':
      return choose(rotation, event, tools);
    case 'askedAgain':
      return askAgain(rotation, event, tools);
    case 'closedOldKeyAlive':
      return closeOldKeyAlive(rotation, event);
    case 'retried':
      return retry(rotation, event, tools);
    case 'rollBackAsked':
      return askRollBack(rotation, event, tools);
    case 'keyChosen':
    case 'reviewed':
    case 'notReached':
      return err('notExpected');
    default:
      return unreachable(event);
  }
}

/** The row's own next deadline in epoch ms, or null: whatever wakes it, it is the row that knows. */
export function dueAt(rotation: ApiKeysRotation): number | null {
  const { phase, rules, remindedAt } = rotation;
  const reminder = remindedAt === undefined ? [] : [remindedAt + rules.timing.remindEvery];
  const soonest = (times: readonly number[]): number | null =>
    times.length === 0 ? null : Math.min(...times);
  switch (phase.at) {
    case 'choosing':
      return phase.until;
    case 'awaitingApproval':
      return soonest([...reminder, ...gateDueAt(rotation, phase)]);
    case 'awaitingWindow':
      return Math.min(phase.until, phase.expires);
    case 'held':
    case 'halted':
      return soonest(reminder);
    case 'watching':
      return phase.told ? soonest(reminder) : null;
    case 'moving': {
      const ends = rotation.consumers.flatMap((consumer) => pickupEnds(consumer, phase.to) ?? []);
      return soonest([...ends, ...reminder]);
    }
    case 'working':
    case 'completed':
    case 'ended':
      return null;
  }
}

/** A wake-up. Does what is due, and nothing when nothing is: a stale one is a no-op. */
function timePassed(rotation: ApiKeysRotation, at: number, tools: Tools): Outcome {
  const { phase } = rotation;
  if (phase.at === 'choosing') return at >= phase.until ? finish(rotation, 'rotated', at) : stay(rotation);
  const moved = then(whenAllMoved(rotation, at, tools), (next) => whenSoaked(next, at, tools));
  const gone = then(moved, (next) => (next.phase === phase ? whenGateIsDue(next, at, tools) : stay(next)));
  return gone.rotation.phase === phase || gone.rotation.phase.at === phase.at
    ? then(gone, (next) => remind(next, at))
    : gone;
}

/** Reminds whoever is waited for: owners who must switch, approvers who haven't voted. */
function remind(rotation: ApiKeysRotation, at: number): Outcome {
  const { phase, remindedAt, rules } = rotation;
  if (remindedAt === undefined || at < remindedAt + rules.timing.remindEvery) return stay(rotation);
  const reminded: ApiKeysRotation = { ...rotation, remindedAt: at };
  if (phase.at === 'moving')
    return withEffects(reminded, ...askOwners(onTheirWay(rotation, phase.to), 'reminder'));
  const { by } = rotation.request;
  if (phase.at === 'halted') return withEffects(reminded, say('reminder', concernedBy(rotation, 'retire')));
  if (phase.at === 'held') return withEffects(reminded, say('reminder', [by]));
  if (phase.at === 'watching' && phase.told) return withEffects(reminded, say('noEvidence', [by]));
  if (phase.at !== 'awaitingApproval') return stay(rotation);
  const missing = approversOf(rotation, phase.gate).filter(
    (person) => !phase.votes.some((vote) => samePerson(vote.by, person)),
  );
  return withEffects(reminded, say('reminder', missing), ...askUndeclared(rotation.consumers));
}
