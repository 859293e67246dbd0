import { approversOf, concernedBy, finish, whenAllMoved, whenSoaked } from './flow.ts';
import { hearDone, hearFailed } from './hear.ts';
import type { RotationId } from './ids.ts';
import { askOwners, askUndeclared, onTheirWay, pickupEnds } from './moving.ts';
import { say, stay, then, withEffects, work } from './outcome.ts';
import { confirm, declare, withdraw } from './owners.ts';
import { isOneOf, samePerson } from './people.ts';
import type { Rules } from './policy.ts';
import { err, ok, type Result, unreachable } from './result.ts';
import {
  type Happening,
  isOver,
  type Outcome,
  type Refusal,
  type Request,
  type Rotation,
  type Tools,
} from './rotation.ts';
import { gateSubject } from './safety.ts';
import { askAgain, askRollBack, cancel, choose, closeOldKeyAlive, retry } from './steering.ts';
import { approve, keepGateTrue, reject } from './voting.ts';
import { approveWaiver, askWaiver, rejectWaiver } from './waiving.ts';

/** A new rotation and its first effect: the plan. Asks nothing of Azure yet. */
export function begin(id: RotationId, request: Request, rules: Rules): Outcome {
  const empty: Rotation = {
    id,
    request,
    rules,
    consumers: [],
    waivers: [],
    // Replaced by `work` in the same breath; a rotation is never seen in it.
    phase: { at: 'ended', stage: 'plan', outcome: 'cancelled', says: '', finishedAt: request.at },
    history: [],
    approvals: {},
    asked: {},
    chains: {},
    remarks: [],
    notReached: [],
    round: 0,
  };
  return work(empty, 'plan', { step: 'plan', ask: { account: request.account } }, request.at);
}

/** The only place that decides what may happen next. Pure: no clock, no I/O, no SDK. */
export function advance(rotation: Rotation, event: Happening, tools: Tools): Result<Outcome, Refusal> {
  const decided = dispatch(rotation, event, tools);
  if (!decided.ok) return decided;
  return ok(
    then(decided.value, (next) =>
      keepGateTrue(next, (about, gate) => tools.digest(gateSubject(about, gate))),
    ),
  );
}

/** What comes from the world goes on beside a rotation that is over: proofs, looks, undelivered messages. */
const fromTheWorld: readonly Happening['type'][] = ['stepDone', 'stepFailed', 'timePassed', 'notReached'];

function dispatch(rotation: Rotation, event: Happening, tools: Tools): Result<Outcome, Refusal> {
  if (isOver(rotation) && !fromTheWorld.includes(event.type)) return err('alreadyOver');
  switch (event.type) {
    case 'stepDone':
      return hearDone(rotation, event, tools);
    case 'stepFailed':
      return hearFailed(rotation, event);
    case 'timePassed':
      return ok(timePassed(rotation, event.at, tools));
    case 'notReached':
      return isOneOf(event.person, rotation.notReached)
        ? err('notExpected')
        : ok(stay({ ...rotation, notReached: [...rotation.notReached, event.person] }));
    case 'cancelled':
      return cancel(rotation, event);
    case 'approved':
      return approve(rotation, event);
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
    default:
      return unreachable(event);
  }
}

/** The row's own next deadline in epoch ms, or null: whatever wakes it, it is the row that knows. */
export function dueAt(rotation: Rotation): number | null {
  const { phase, rules, remindedAt } = rotation;
  const reminder = remindedAt === undefined ? [] : [remindedAt + rules.timing.remindEvery];
  const soonest = (times: readonly number[]): number | null =>
    times.length === 0 ? null : Math.min(...times);
  switch (phase.at) {
    case 'choosing':
      return phase.until;
    case 'awaitingApproval':
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
function timePassed(rotation: Rotation, at: number, tools: Tools): Outcome {
  const { phase } = rotation;
  if (phase.at === 'choosing') return at >= phase.until ? finish(rotation, 'rotated', at) : stay(rotation);
  const gone = then(whenAllMoved(rotation, at, tools), (next) => whenSoaked(next, at, tools));
  return gone.rotation.phase === phase || gone.rotation.phase.at === phase.at
    ? then(gone, (next) => remind(next, at))
    : gone;
}

/** Reminds whoever is waited for: owners who must switch, approvers who haven't voted. */
function remind(rotation: Rotation, at: number): Outcome {
  const { phase, remindedAt, rules } = rotation;
  if (remindedAt === undefined || at < remindedAt + rules.timing.remindEvery) return stay(rotation);
  const reminded: Rotation = { ...rotation, remindedAt: at };
  if (phase.at === 'moving')
    return withEffects(reminded, ...askOwners(onTheirWay(rotation, phase.to), 'reminder'));
  const { by } = rotation.request;
  if (phase.at === 'halted') return withEffects(reminded, say('reminder', concernedBy(rotation)));
  if (phase.at === 'held') return withEffects(reminded, say('reminder', [by]));
  if (phase.at === 'watching' && phase.told) return withEffects(reminded, say('noEvidence', [by]));
  if (phase.at !== 'awaitingApproval') return stay(rotation);
  const missing = approversOf(rotation, phase.gate).filter(
    (person) => !phase.votes.some((vote) => samePerson(vote.by, person)),
  );
  return withEffects(reminded, say('reminder', missing), ...askUndeclared(rotation.consumers));
}
