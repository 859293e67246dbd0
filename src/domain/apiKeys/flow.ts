import { spelt } from '../account.ts';
import type { Tools } from '../effects.ts';
import type { Fault } from '../faults.ts';
import { closeStage, enter, look, run, say, stay, tell, then, withEffects } from '../outcome.ts';
import { type Person } from '../people.ts';
import type { Gate } from '../policy.ts';
import type { Stage } from '../procedures.ts';
import type { EndedOutcome } from '../shared.ts';
import { approversOf, concernedBy } from '../voters.ts';
import { openedGate } from '../voting.ts';
import { type Consumer, slotsInUse } from './consumers.ts';
import { applyWaivers, assertElapsed, move, onTheirWay, settleHoldings, verify } from './moving.ts';
import { otherSlot, type Slot } from './plan.ts';
import type { ApiKeysRotation, CompletedOutcome, GateStage, Outcome, Phase, Resume } from './rotation.ts';
import { gateSubject, givenTheNewKey } from './safety.ts';
import { judgeTraffic, nextMinute } from './traffic.ts';
import { isWaived } from './waivers.ts';
import { work } from './work.ts';

/**
 * How the stages of `apiKeys` follow each other. Each function enters one stage and names what is to be
 * done there; the order is that of `procedures.ts`.
 */

/**
 * Seed step 1: consumers on the idle slot move to the active one; nothing to do when there are none. One
 * that was waived on its way has been through this: it isn't asked again.
 */
export function settleOnOneKey(rotation: ApiKeysRotation, active: Slot, at: number, tools: Tools): Outcome {
  const unsettled = (consumer: Consumer): boolean =>
    consumer.holds === otherSlot(active) && consumer.move?.to !== active;
  return rotation.consumers.some(unsettled)
    ? move(rotation, 'settleOnOneKey', active, unsettled, at)
    : openGate(rotation, 'approveFirst', at, tools);
}

export const gateOf = (stage: GateStage): Gate => (stage === 'approveFirst' ? 'prepare' : 'retire');

export function openGate(rotation: ApiKeysRotation, stage: GateStage, at: number, tools: Tools): Outcome {
  const gate = gateOf(stage);
  const open = openedGate(rotation, { stage, gate }, at, (about) => tools.digest(gateSubject(about, gate)));
  return withEffects(enter(open.rotation, open.phase, at), say('gateOpened', approversOf(rotation, gate)));
}

export function passGate(rotation: ApiKeysRotation, stage: GateStage, at: number): Outcome {
  const retiring = retiringOf(rotation);
  return stage === 'approveFirst'
    ? work(
        rotation,
        'regenerateIdleKey',
        { step: 'regenerateIdleKey', ask: { slot: otherSlot(retiring) } },
        at,
      )
    : work(rotation, 'regenerateRetiredKey', { step: 'regenerateRetiredKey', ask: { slot: retiring } }, at);
}

export const proveIdleKey = (rotation: ApiKeysRotation, slot: Slot, at: number): Outcome =>
  work(rotation, 'proveIdleKey', { step: 'proveIdleKey', ask: { slot } }, at);

/**
 * Seed step 3, first half. Whoever may be reading the old key moves, also one that was given it while
 * settling and whose receipt was waived. A waived consumer on neither key isn't touched: nobody knows what
 * it would do with one.
 */
export function moveConsumers(rotation: ApiKeysRotation, at: number, tools: Tools): Outcome {
  const retiring = retiringOf(rotation);
  const moving = move(
    rotation,
    'moveConsumers',
    otherSlot(retiring),
    (consumer) => slotsInUse(consumer).includes(retiring),
    at,
  );
  return then(moving, (next) => whenAllMoved(next, at, tools));
}

/** Seed step 5: the regenerated original is proved, in the step that gives it. No third regeneration. */
export function switchBack(rotation: ApiKeysRotation, at: number, tools: Tools): Outcome {
  const moving = moveBack(rotation, 'switchBack', at);
  return then(moving, (next) => whenAllMoved(next, at, tools));
}

export const rollBack = (rotation: ApiKeysRotation, at: number): Outcome =>
  moveBack(rotation, 'rollBack', at);

/** Whoever was given the new key goes back, also where nobody knows whether it was taken up. */
function moveBack(rotation: ApiKeysRotation, stage: 'switchBack' | 'rollBack', at: number): Outcome {
  const back = givenTheNewKey(rotation);
  return move(rotation, stage, retiringOf(rotation), (consumer) => back.includes(consumer), at);
}

/** Goes on when every consumer on its way has a receipt, an assertion or a waiver. */
export function whenAllMoved(rotation: ApiKeysRotation, at: number, tools: Tools): Outcome {
  const { phase } = rotation;
  if (phase.at !== 'moving') return stay(rotation);
  const received = applyWaivers(assertElapsed(rotation, phase.to, at), phase.to, at);
  if (onTheirWay(received, phase.to).length > 0) return stay(received);
  const settled = settleHoldings(received, phase.to);
  switch (phase.stage) {
    case 'settleOnOneKey':
      // Once more for whoever was declared to hold the idle key meanwhile.
      return settleOnOneKey(settled, phase.to, at, tools);
    case 'moveConsumers':
      return then(withEffects(settled, say('consumersMoved')), (next) => watchTraffic(next, at));
    case 'switchBack':
      return finish(settled, 'switchedBack', at);
    case 'rollBack':
      return finish(settled, 'rolledBack', at);
  }
}

/** Seed step 3, second half: the soak. The window starts anew here (`from`, epoch ms). */
function watchTraffic(rotation: ApiKeysRotation, at: number, from = at): Outcome {
  // What happened at the end of the soak shows in the metrics only a while later.
  const { soak, metricsLag } = rotation.rules.timing;
  const until = at + soak + metricsLag;
  const watching = enter(
    { ...rotation, watchFrom: from },
    { at: 'watching', stage: 'watchTraffic', since: at, until, told: false },
    at,
  );
  return lookAtTraffic(watching, at + Math.min(rotation.rules.timing.watchEvery, soak + metricsLag));
}

/** Starts (or restarts) the look at Azure Monitor; times in epoch ms. */
export function lookAtTraffic(rotation: ApiKeysRotation, notBefore: number): Outcome {
  const { watchFrom } = rotation;
  return watchFrom === undefined
    ? stay(rotation)
    : look(
        rotation,
        'traffic',
        { step: 'watchTraffic', ask: { ...meanwhile(rotation), windowFrom: watchFrom } },
        notBefore,
      );
}

/** The span that the summary counts: the watch goes on for a while after the end, the count doesn't. */
const meanwhile = ({
  request,
  phase,
}: ApiKeysRotation): Readonly<{ totalFrom: number; totalTo?: number }> => ({
  totalFrom: request.at,
  ...(phase.at === 'completed' ? { totalTo: phase.finishedAt } : {}),
});

/** What the newest look says about the traffic since the last change. */
export const evidenceOf = (rotation: ApiKeysRotation): 'quiet' | 'rise' | 'noEvidence' => {
  const { traffic, plan } = rotation;
  return traffic === undefined || 'unavailable' in traffic
    ? 'noEvidence'
    : judgeTraffic(traffic.window, plan?.baseline ?? null);
};

/** Goes on to the second gate when the soak is over and there is evidence, or a waiver stands in for it. */
export function whenSoaked(rotation: ApiKeysRotation, at: number, tools: Tools): Outcome {
  const { phase } = rotation;
  if (phase.at !== 'watching' || at < phase.until) return stay(rotation);
  const fresh = rotation.traffic !== undefined && rotation.traffic.at >= phase.until;
  if (fresh && evidenceOf(rotation) === 'quiet')
    return then(withEffects(rotation, say('trafficQuiet')), (next) =>
      openGate(next, 'approveSecond', at, tools),
    );
  if (isWaived(rotation.waivers, { of: 'traffic' })) return openGate(rotation, 'approveSecond', at, tools);
  return stay(rotation);
}

/** After the retirement: stay, ask, or go back, as the policy says. */
export function afterRetirement(rotation: ApiKeysRotation, at: number, tools: Tools): Outcome {
  switch (rotation.rules.afterwards) {
    case 'stay':
      return finish(rotation, 'rotated', at);
    case 'switchBack':
      return switchBack(rotation, at, tools);
    case 'ask': {
      const until = at + rotation.rules.timing.choiceWithin;
      const choosing = enter(rotation, { at: 'choosing', stage: 'switchBack', since: at, until }, at);
      return withEffects(choosing, say('choiceOpened', [rotation.request.by]));
    }
  }
}

export function finish(rotation: ApiKeysRotation, outcome: CompletedOutcome, at: number): Outcome {
  const finished = enter(rotation, { at: 'completed', stage: 'finished', outcome, finishedAt: at }, at);
  const closed = { ...finished, history: closeStage(finished.history, at) };
  const told = withEffects(closed, say('finished'), tell(rotation.request.by, 'finished'));
  // The summary counts the client calls up to the end, so one more look is due now.
  return then(told, (next) => lookAtTraffic(next, at));
}

export function end(
  rotation: ApiKeysRotation,
  outcome: EndedOutcome,
  words: Readonly<{ says: string; remedy?: string; by?: Person }>,
  at: number,
): Outcome {
  const { stage } = rotation.phase;
  const ended: Phase = { at: 'ended', stage, outcome, ...words, finishedAt: at };
  const closed = { ...rotation, phase: ended, history: closeStage(rotation.history, at) };
  const news = outcome === 'refused' ? 'refused' : outcome;
  return withEffects(closed, say(news, [rotation.request.by]), tell(rotation.request.by, news));
}

/** Stops at the stage with the fault in plain words; Retry goes back to `resume`. */
export function halt(rotation: ApiKeysRotation, fault: Fault, resume: Resume, at: number): Outcome {
  const halted: ApiKeysRotation = {
    ...rotation,
    phase: { at: 'halted', stage: rotation.phase.stage, fault, since: at, resume },
    remindedAt: at,
  };
  return withEffects(halted, say('halted', concernedBy(rotation, 'retire')));
}

/** From these on, the next thing that changes Azure is the end of the old key. */
const towardsRetirement: readonly Stage[] = ['watchTraffic', 'approveSecond', 'regenerateRetiredKey'];

/**
 * Retry: the same effect under the same key, which begins with a look; or the same wait, from its
 * beginning. Not straight on towards the retirement when somebody took a confirmation back meanwhile, or
 * when clients began to be refused: then it waits for the one, or watches the other.
 */
export function resume(rotation: ApiKeysRotation, to: Resume, at: number, tools: Tools): Outcome {
  if (towardsRetirement.includes(to.stage)) {
    const slot = otherSlot(retiringOf(rotation));
    if (onTheirWay(rotation, slot).length > 0)
      return resume(rotation, { at: 'moving', stage: 'moveConsumers', to: slot, since: at }, at, tools);
    // While nobody can say whether the old key is dead, refusals may come from just that: it must be looked at.
    const certain = rotation.slots?.[retiringOf(rotation)].condition === 'live';
    if (to.at !== 'working' || (certain && evidenceOf(rotation) === 'rise')) return watchAnew(rotation, at);
  }
  switch (to.at) {
    case 'working': {
      const running = { ...to.running, attempt: to.running.attempt + 1 };
      return withEffects(enter(rotation, { ...to, running }, at), run(running));
    }
    case 'moving': {
      const entered = enter({ ...unseen(rotation), watchFrom: nextMinute(at) }, to, at);
      const watched = lookAtTraffic(entered, at + rotation.rules.timing.watchEvery);
      const asked = then(watched, (next) => verify(next, to.to));
      return then(asked, (next) => whenAllMoved(next, at, tools));
    }
    case 'watching':
    case 'awaitingApproval':
    case 'awaitingWindow':
      return watchAnew(rotation, at);
  }
}

/** A whole soak again, after clients were refused. */
export const watchAnew = (rotation: ApiKeysRotation, at: number): Outcome =>
  watchTraffic(unseen(rotation), at, nextMinute(at));

/** What was seen is on record; from here on a new rise counts, not the old one. */
function unseen(rotation: ApiKeysRotation): ApiKeysRotation {
  const { traffic: _seen, ...anew } = rotation;
  return anew;
}

/** The slot that was in use when the rotation began. Known in every stage after `plan`. */
export function retiringOf(rotation: ApiKeysRotation): Slot {
  if (rotation.retiring === undefined) throw new Error(`${rotation.id} has no plan yet`);
  return rotation.retiring;
}

/** The plan once more, for exactly the account that was found. */
export const replan = ({ plan, request }: ApiKeysRotation) =>
  ({ step: 'plan', ask: { account: plan === undefined ? request.account : spelt(plan.account) } }) as const;
