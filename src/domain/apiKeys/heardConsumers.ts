import type { Tools } from '../effects.ts';
import { endChain, remark, say, stay, then, withEffects } from '../outcome.ts';
import type { StepAnswer } from '../steps.ts';
import { halt, lookAtTraffic, moveConsumers, whenAllMoved } from './flow.ts';
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
import { otherSlot, slotName } from './plan.ts';
import type { ApiKeysRotation, MovingStage, Outcome, Phase } from './rotation.ts';
import { noteChanged, withKeys, withSlot } from './slotStates.ts';

type Working = Extract<Phase, { at: 'working' }>;

export function heardGiven(
  rotation: ApiKeysRotation,
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

export function heardProof(
  rotation: ApiKeysRotation,
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

export function heardReceipts(
  rotation: ApiKeysRotation,
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
