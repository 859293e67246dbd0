import type { Consumer } from './consumers.ts';
import type { Fault } from './faults.ts';
import type { EffectKey } from './ids.ts';
import { eligible } from './approval.ts';
import {
  afterRetirement,
  approversOf,
  end,
  evidenceOf,
  halt,
  lookAtTraffic,
  moveConsumers,
  replan,
  proveIdleKey,
  retiringOf,
  settleOnOneKey,
  whenAllMoved,
  whenSoaked,
} from './flow.ts';
import {
  askOwners,
  given,
  handToOwners,
  loseValue,
  mapConsumers,
  needsItsOwner,
  onTheirWay,
  receive,
  verify,
  waitForReceipts,
} from './moving.ts';
import { endChain, look, remark, say, stay, tell, then, withEffects } from './outcome.ts';
import { distinctPeople } from './people.ts';
import { type KeyPicture, otherSlot, type Slot, slotName } from './plan.ts';
import { err, ok, type Result } from './result.ts';
import type {
  Happening,
  MovingStage,
  Outcome,
  Phase,
  Refusal,
  Rotation,
  SlotState,
  Tools,
} from './rotation.ts';
import type { Answered, StepAnswer } from './steps.ts';
import { isOver } from './rotation.ts';

type Heard = Result<Outcome, Refusal>;
type Working = Extract<Phase, { at: 'working' }>;
type Done = Extract<Happening, { type: 'stepDone' }>;
type Failed = Extract<Happening, { type: 'stepFailed' }>;

/** An answer of a step. Only the effect that the rotation waits for is heard; anything else is stale. */
export function hearDone(rotation: Rotation, event: Done, tools: Tools): Heard {
  const { chains, phase } = rotation;
  if (event.key === chains.verify && event.step === 'verifyConsumers')
    return ok(heardReceipts(rotation, event.answer, event.at, tools));
  if (event.key === chains.traffic && event.step === 'watchTraffic')
    return ok(heardTraffic(rotation, event.answer, event.at, tools));
  if (event.key === chains.dead && event.step === 'proveOldKeyDead')
    return ok(heardOldKey(rotation, event.answer, event.at));
  if (phase.at !== 'working' || phase.running.key !== event.key) return err('notExpected');
  return ok(heardStep(rotation, phase, event, event.at, tools));
}

/** A step that failed halts the rotation at its stage; a look beside the path that failed is looked at again. */
export function hearFailed(rotation: Rotation, event: Failed): Heard {
  const { chains, phase, rules } = rotation;
  if (event.key === chains.verify && phase.at === 'moving')
    return ok(verify(rotation, phase.to, event.at + rules.timing.receiptEvery));
  if (event.key === chains.traffic) return ok(lookAtTraffic(rotation, event.at + rules.timing.watchEvery));
  if (event.key === chains.dead) return ok(lookAtOldKey(rotation, event.at + rules.timing.deadEvery));
  if (phase.at !== 'working' || phase.running.key !== event.key) return err('notExpected');
  const doubtful = (event.fault.inDoubt ?? []).reduce(
    (so, slot) => withSlot(so, slot, { condition: 'unknown' }),
    rotation,
  );
  return ok(halt(doubtful, event.fault, resumeAfter(rotation, phase, event.fault), event.at));
}

/**
 * Where Retry goes. Keys that changed behind the plan's back make the plan worthless: before the first
 * regeneration everything is checked and voted on again; after it, the new key is proved anew, and given
 * anew to whoever holds a value that is gone.
 */
function resumeAfter(rotation: Rotation, phase: Working, fault: Fault): Working {
  const again =
    fault.kind !== 'drifted'
      ? undefined
      : phase.stage === 'regenerateIdleKey' || phase.stage === 'settleOnOneKey'
        ? ({ stage: 'plan', ...replan(rotation) } as const)
        : phase.stage === 'regenerateRetiredKey' || phase.stage === 'moveConsumers'
          ? provedAnew(rotation)
          : undefined;
  if (again === undefined) return phase;
  const { stage, ...asked } = again;
  return {
    at: 'working',
    stage,
    running: { key: `${phase.running.key}/again` as EffectKey, asked, attempt: 1 },
  };
}

const provedAnew = (rotation: Rotation) =>
  ({
    stage: 'proveIdleKey',
    step: 'proveIdleKey',
    ask: { slot: otherSlot(retiringOf(rotation)) },
  }) as const;

function heardStep(rotation: Rotation, phase: Working, event: Answered, at: number, tools: Tools): Outcome {
  switch (event.step) {
    case 'plan':
      return heardPlan(rotation, event.answer, at, tools);
    case 'giveConsumers':
      return heardGiven(rotation, phase, event.answer, at, tools);
    case 'regenerateIdleKey': {
      const slot = otherSlot(retiringOf(rotation));
      const noted = noteAdopted(
        withKeys(rotation, event.answer.keys, slot, 'unproved'),
        slot,
        event.answer.found,
      );
      const touched = { ...noted, touchedAt: rotation.touchedAt ?? at, watchFrom: at };
      return then(withEffects(touched, say('idleKeyRegenerated')), (next) => proveIdleKey(next, slot, at));
    }
    case 'proveIdleKey':
      return heardProof(rotation, phase, event.answer, at, tools);
    case 'regenerateRetiredKey': {
      const slot = retiringOf(rotation);
      const noted = noteAdopted(
        withKeys(rotation, event.answer.keys, slot, 'retired'),
        slot,
        event.answer.found,
      );
      const retired: Rotation = {
        ...noted,
        watchFrom: at,
        oldKey: { proof: 'trying', since: at, tries: 0, heldBy: event.answer.by },
      };
      const watched = then(withEffects(retired, say('oldKeyRetired')), (next) => lookAtOldKey(next));
      const looking = then(watched, (next) => lookAtTraffic(next, at + rotation.rules.timing.watchEvery));
      return then(looking, (next) => afterRetirement(next, at, tools));
    }
    case 'verifyConsumers':
    case 'watchTraffic':
    case 'proveOldKeyDead':
      return stay(rotation);
  }
}

function heardPlan(asked: Rotation, answer: StepAnswer['plan'], at: number, tools: Tools): Outcome {
  if (!answer.safe) {
    const near =
      answer.near === undefined || answer.near.length === 0
        ? ''
        : ` Did you mean ${answer.near.join(' or ')}?`;
    return end(asked, 'refused', { says: answer.says, remedy: `${answer.remedy}${near}` }, at);
  }
  const { plan, holdings, rules } = answer;
  const rotation: Rotation = { ...asked, rules };
  const tooFew = (['prepare', 'retire'] as const).find(
    (gate) =>
      eligible(rotation.rules.gates[gate], rotation.request.by).length < rotation.rules.gates[gate].need,
  );
  if (tooFew !== undefined)
    return end(
      rotation,
      'refused',
      {
        says: `The gate "${tooFew}" needs ${String(rotation.rules.gates[tooFew].need)} approvals, and without you only ${String(approversOf(rotation, tooFew).length)} people may give them.`,
        remedy: 'Name more approvers in the policy, or let somebody else ask for the rotation.',
      },
      at,
    );
  const consumers: readonly Consumer[] = rotation.rules.consumers.map((registered) => {
    const seen = holdings[registered.name];
    const before = rotation.consumers.find((consumer) => consumer.registered.name === registered.name);
    // What an owner has declared outlives a second look, which can't see it.
    const holds =
      seen?.holds === 'undeclared' && before?.declaredBy !== undefined
        ? before.holds
        : (seen?.holds ?? 'undeclared');
    return {
      registered,
      holds,
      ...(before?.declaredBy === undefined ? {} : { declaredBy: before.declaredBy }),
      ...(seen?.note === undefined ? {} : { note: seen.note }),
    };
  });
  const live = (slot: Slot): SlotState => ({ fingerprint: plan.keys[slot], condition: 'live' });
  const planned: Rotation = {
    ...rotation,
    plan,
    retiring: plan.activeSlot,
    slots: { Key1: live('Key1'), Key2: live('Key2') },
    consumers,
  };
  const undeclared = consumers.filter((consumer) => consumer.holds === 'undeclared');
  const ask = undeclared.flatMap((consumer) =>
    distinctPeople([...consumer.registered.owners, ...consumer.registered.deputies]).map((person) =>
      tell(person, 'declarationNeeded', consumer.registered.name),
    ),
  );
  return then(withEffects(planned, ...ask), (next) => settleOnOneKey(next, plan.activeSlot, at, tools));
}

function heardGiven(
  rotation: Rotation,
  phase: Working,
  answer: StepAnswer['giveConsumers'],
  at: number,
  tools: Tools,
): Outcome {
  if (phase.running.asked.step !== 'giveConsumers') return stay(rotation);
  const to = phase.running.asked.ask.slot;
  const stage = phase.stage as MovingStage;
  const updated = answer.given.reduce(
    (so, { consumer, version }) => given(so, consumer, version, at),
    rotation,
  );
  // Whatever became of the secrets, the key was tried before any of them was written.
  const proved = withKeys(noteChanged(updated, answer.keys, to), answer.keys, to, 'live');
  const [first] = answer.failed;
  if (first !== undefined) {
    const noted = mapConsumers(proved, (consumer) => {
      const failure = answer.failed.find(({ consumer: name }) => name === consumer.registered.name);
      return failure === undefined ? consumer : { ...consumer, note: failure.fault.says };
    });
    return halt(noted, first.fault, phase, at);
  }
  const live = handToOwners(proved, to, at);
  const owners = askOwners(onTheirWay(live, to).filter(needsItsOwner), 'switchNeeded');
  const waiting = then(waitForReceipts(live, stage, to, at), (next) => withEffects(next, ...owners));
  return then(waiting, (next) => whenAllMoved(next, at, tools));
}

function heardProof(
  rotation: Rotation,
  phase: Working,
  answer: StepAnswer['proveIdleKey'],
  at: number,
  tools: Tools,
): Outcome {
  if (phase.running.asked.step !== 'proveIdleKey') return stay(rotation);
  const { slot } = phase.running.asked.ask;
  const changed = rotation.slots?.[slot].fingerprint !== answer.keys[slot];
  const known = changed ? loseValue(noteChanged(rotation, answer.keys, slot), slot) : rotation;
  const taken = withKeys(known, answer.keys, slot, 'live');
  // The proof tries the other slot too: that is how an unknown one becomes known again.
  const live = withSlot(taken, otherSlot(slot), { condition: 'live' });
  const proved = answer.proved
    ? live
    : remark(live, answer.note ?? `${slotName(slot)} could not be tried from here.`);
  const watched = lookAtTraffic(proved, at + rotation.rules.timing.watchEvery);
  const said = then(watched, (next) => withEffects(next, say('idleKeyProved')));
  return then(said, (next) => moveConsumers(next, at, tools));
}

function heardReceipts(
  rotation: Rotation,
  answer: StepAnswer['verifyConsumers'],
  at: number,
  tools: Tools,
): Outcome {
  const { phase } = rotation;
  if (phase.at !== 'moving') return stay(endChain(rotation, 'verify'));
  const seen = answer.seen.reduce((so, { consumer: name, version, note }) => {
    const consumer = so.consumers.find(({ registered }) => registered.name === name);
    const receipt = consumer?.move?.receipt;
    const noted = mapConsumers(so, (one) => (one.registered.name === name ? { ...one, note } : one));
    return version !== undefined && receipt?.as === 'given' && receipt.version === version
      ? receive(noted, name, phase.to, () => ({ as: 'proved', at, version }))
      : noted;
  }, rotation);
  const again = verify(seen, phase.to, at + rotation.rules.timing.receiptEvery);
  return then(again, (next) => whenAllMoved(next, at, tools));
}

function heardTraffic(
  rotation: Rotation,
  answer: StepAnswer['watchTraffic'],
  at: number,
  tools: Tools,
): Outcome {
  const { phase, rules } = rotation;
  const before = evidenceOf(rotation);
  const seen: Rotation = { ...rotation, traffic: answer.look };
  const rose = evidenceOf(seen) === 'rise';
  if (
    rose &&
    rotation.oldKey === undefined &&
    (phase.at === 'moving' || phase.at === 'watching' || phase.at === 'awaitingApproval') &&
    phase.stage !== 'rollBack'
  )
    return then(halt(seen, risen(seen), phase, at), (next) =>
      lookAtTraffic(next, at + rules.timing.watchEvery),
    );
  const tooLate = rose && rotation.oldKey !== undefined && before !== 'rise';
  const told = tooLate
    ? withEffects(
        seen,
        say('trafficRoseTooLate', distinctPeople([rotation.request.by, ...approversOf(rotation, 'retire')])),
      )
    : stay(seen);
  const soaked = then(told, (next) => whenSoaked(next, at, tools));
  const asked = then(soaked, (next) => askForEvidence(next, at));
  return then(asked, (next) =>
    goesOnWatching(next, at)
      ? lookAtTraffic(next, at + rules.timing.watchEvery)
      : stay(endChain(next, 'traffic')),
  );
}

/** The soak is over and there is nothing to go by: said once, since only people can help (or the next look). */
function askForEvidence(rotation: Rotation, at: number): Outcome {
  const { phase } = rotation;
  if (phase.at !== 'watching' || at < phase.until || phase.told) return stay(rotation);
  return withEffects(
    { ...rotation, remindedAt: at, phase: { ...phase, told: true } },
    say('noEvidence', [rotation.request.by]),
  );
}

/**
 * The watch goes on for one soak after the last change, also when the rotation is over. The retirement is
 * a change until the old key is dead: while some gateways still take it, its holders aren't refused.
 */
function goesOnWatching(rotation: Rotation, at: number): boolean {
  if (!isOver(rotation)) return true;
  const { watchFrom, oldKey, rules } = rotation;
  if (oldKey?.proof === 'trying') return true;
  const last = oldKey === undefined ? watchFrom : oldKey.at;
  return last !== undefined && at < last + rules.timing.soak;
}

function risen(rotation: Rotation): Fault {
  const { traffic } = rotation;
  const refused = traffic === undefined || 'unavailable' in traffic ? 0 : traffic.window.refused;
  return {
    kind: 'notProved',
    says: `Azure Monitor shows ${String(refused)} client call${refused === 1 ? '' : 's'} answered 401 since the last change: somebody may hold a key that is dead.`,
    remedy:
      'Find who is refused (the registered consumers, then logs of other clients). Roll back brings the consumers to the old key; Retry starts a new watch.',
  };
}

function lookAtOldKey(rotation: Rotation, notBefore?: number): Outcome {
  const { oldKey } = rotation;
  return oldKey?.proof !== 'trying'
    ? stay(rotation)
    : look(
        rotation,
        'dead',
        {
          step: 'proveOldKeyDead',
          ask: { slot: retiringOf(rotation), since: oldKey.since, heldBy: oldKey.heldBy },
        },
        notBefore,
      );
}

function heardOldKey(rotation: Rotation, answer: StepAnswer['proveOldKeyDead'], at: number): Outcome {
  const { oldKey, rules } = rotation;
  if (oldKey?.proof !== 'trying') return stay(endChain(rotation, 'dead'));
  const tries = oldKey.tries + answer.tries;
  const { since } = oldKey;
  if (answer.dead) {
    const dead: Rotation = { ...endChain(rotation, 'dead'), oldKey: { proof: 'dead', since, at, tries } };
    return withEffects(dead, say('oldKeyDead'));
  }
  const timeIsOver = at - since >= rules.timing.deadWithin;
  const because =
    answer.over ?? (timeIsOver ? 'it was still answered when the time for trying was over' : undefined);
  if (because !== undefined) {
    const unproved: Rotation = {
      ...endChain(rotation, 'dead'),
      oldKey: { proof: 'unproved', since, at, tries, because },
    };
    return withEffects(unproved, say('oldKeyNotProvedDead', [rotation.request.by]));
  }
  return lookAtOldKey({ ...rotation, oldKey: { ...oldKey, tries } }, at + rules.timing.deadEvery);
}

/** Takes over both fingerprints; the slot that was worked on gets the condition, the other keeps its own. */
function withKeys(
  rotation: Rotation,
  keys: KeyPicture,
  slot: Slot,
  condition: SlotState['condition'],
): Rotation {
  const other = otherSlot(slot);
  const slots = {
    [slot]: { fingerprint: keys[slot], condition },
    [other]: { fingerprint: keys[other], condition: rotation.slots?.[other].condition ?? 'unknown' },
  } as Record<Slot, SlotState>;
  return { ...rotation, slots };
}

/** A value that a person's Retry took over, after it had changed behind the record's back. */
function noteChanged(rotation: Rotation, keys: KeyPicture, slot: Slot): Rotation {
  const before = rotation.slots?.[slot].fingerprint;
  return before === undefined || before === keys[slot]
    ? rotation
    : remark(
        rotation,
        `${slotName(slot)} had changed again behind this rotation's back; the value that is there now was proved and taken over.`,
      );
}

function withSlot(rotation: Rotation, slot: Slot, change: Partial<SlotState>): Rotation {
  const { slots } = rotation;
  return slots === undefined
    ? rotation
    : { ...rotation, slots: { ...slots, [slot]: { ...slots[slot], ...change } } };
}

const noteAdopted = (rotation: Rotation, slot: Slot, found: 'answered' | 'adopted'): Rotation =>
  found === 'answered'
    ? rotation
    : remark(
        rotation,
        `Azure's answer to the regeneration of ${slotName(slot)} was lost; looking at the keys showed that it had happened, so it was not sent again.`,
      );
