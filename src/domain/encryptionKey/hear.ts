import type { Tools } from '../effects.ts';
import type { Fault } from '../faults.ts';
import type { On, Refusal } from '../happenings.ts';
import { anew, endChain, remark, say, stay, then, withEffects } from '../outcome.ts';
import { err, ok, type Result } from '../result.ts';
import type { Answered } from '../steps.ts';
import { whyNeverPassed } from '../voters.ts';
import {
  askForKey,
  end,
  finish,
  guardVersions,
  halt,
  headingOf,
  lookAtWrap,
  openGate,
  planOf,
  point,
  pointAnew,
  pointing,
  settle,
  stageOf,
  touch,
  verify,
  waitForWrap,
  watchGuarded,
} from './flow.ts';
import { withGuarded } from './guarded.ts';
import { heardGuarded } from './heardGuarded.ts';
import { keyName, sameKey } from './key.ts';
import { refusalsOf } from './plan.ts';
import type {
  EncryptionKeyRotation,
  EncryptionOutcomeOf,
  EncryptionPhase,
  EncryptionResume,
  Heading,
} from './rotation.ts';
import { gateOf } from './safety.ts';
import type { EncryptionAnswer } from './steps.ts';
import type { KeyChoice } from './target.ts';

type Rotation = EncryptionKeyRotation;
type Outcome = EncryptionOutcomeOf;
type Heard = Result<Outcome, Refusal>;
type Working = Extract<EncryptionPhase, { at: 'working' }>;

/** An answer of a step. Only the effect that the rotation waits for is heard; anything else is stale. */
export function hearDone(rotation: Rotation, event: On<'stepDone'>, tools: Tools): Heard {
  const { chains, phase } = rotation;
  if (event.key === chains.wrap && event.step === 'waitForWrap')
    return ok(heardWrap(rotation, event.answer, event.at));
  if (event.key === chains.guard && event.step === 'watchGuarded')
    return ok(heardGuarded(rotation, event.answer, event.at));
  if (phase.at !== 'working' || phase.running.key !== event.key) return err('notExpected');
  return ok(heardStep(withoutDoubt(rotation), event, event.at, tools));
}

/** A step that failed halts the rotation at its stage; a look beside the path that failed is looked at again. */
export function hearFailed(rotation: Rotation, event: On<'stepFailed'>): Heard {
  const { chains, phase } = rotation;
  const { at, fault, key } = event;
  // A look that failed says nothing of the change; but it is no reason to wait for ever.
  if (key === chains.wrap) return ok(goOnWaiting(rotation, at));
  if (key === chains.guard) return ok(watchGuarded(rotation, at + rotation.rules.timing.guardEvery));
  if (phase.at !== 'working' || phase.running.key !== key) return err('notExpected');
  if (phase.running.asked.step === 'pointAccountAtKey' && isOfTheAccount(fault))
    return ok(awaitRight(rotation, fault, at));
  return ok(halt(inDoubt(rotation, phase, fault), fault, resumeAfter(rotation, phase, fault), at));
}

/** After a lost answer, or an error of our own in the middle, nobody can say what happened: until Retry has looked. */
function inDoubt(rotation: Rotation, { running: { asked } }: Working, { kind }: Fault): Rotation {
  const { step } = asked;
  if (step !== 'createKeyVersion' && step !== 'pointAccountAtKey') return rotation;
  return kind === 'unknownOutcome' || kind === 'bug' ? { ...rotation, doubt: step } : rotation;
}

function withoutDoubt(rotation: Rotation): Rotation {
  const { doubt: _settled, ...rest } = rotation;
  return rest;
}

/** The account's own identity may not use the key; with an `action` it is Keysmith's right that is missing. */
const isOfTheAccount = (fault: Fault): boolean => fault.kind === 'denied' && fault.action === undefined;

/** A right that was granted a moment ago isn't in force yet: looked at again within limits, then a person is asked. */
function awaitRight(rotation: Rotation, fault: Fault, at: number): Outcome {
  const { rightEvery, rightWithin } = rotation.rules.timing;
  const since = rotation.rightAwaitedSince ?? at;
  const waits: Rotation = { ...rotation, rightAwaitedSince: since };
  if (at + rightEvery > since + rightWithin) return haltAnew(withoutAwaiting(rotation), fault, at);
  const waiting = { says: fault.says, since, until: since + rightWithin, next: at + rightEvery };
  const again = pointAnew(waits, at, waiting);
  return rotation.rightAwaitedSince === undefined
    ? then(again, (next) => withEffects(next, say('rightAwaited', [rotation.request.by])))
    : again;
}

function withoutAwaiting(rotation: Rotation): Rotation {
  const { rightAwaitedSince: _over, ...rest } = rotation;
  return rest;
}

/** Halts so that Retry sends under a new effect: the journal says of the old one that it is done, or was taken back. */
function haltAnew(rotation: Rotation, fault: Fault, at: number): Outcome {
  const { rotation: counted, running } = anew(rotation, pointing(rotation));
  const stage = stageOf(rotation, 'pointAccountAtKey');
  return halt(counted, fault, { at: 'working', stage, running }, at);
}

/**
 * Where Retry goes. What changed behind the plan's back before anything was done makes the plan worthless:
 * everything is checked and voted on again, with the key that was made meanwhile, if one was.
 */
function resumeAfter(rotation: Rotation, phase: Working, fault: Fault): EncryptionResume {
  const { created, touchedAt, plan } = rotation;
  const worthless = fault.kind === 'drifted' && touchedAt === undefined && plan !== undefined;
  if (!worthless) return phase;
  const isMade = phase.running.asked.step === 'pointAccountAtKey' && plan.making !== null;
  const choice: KeyChoice = isMade && created !== undefined ? { of: 'existing', key: created } : plan.choice;
  const { running } = anew(rotation, { step: 'checkKey', ask: { choice } });
  return { at: 'working', stage: 'plan', running: { ...running, key: again(phase) } };
}

const again = ({ running }: Working) => `${running.key}/again` as Working['running']['key'];

function heardStep(rotation: Rotation, event: Answered, at: number, tools: Tools): Outcome {
  switch (event.step) {
    case 'lookAtEncryption':
      return heardLook(rotation, event.answer, at);
    case 'checkKey':
      return heardCheck(rotation, event.answer, at, tools);
    case 'createKeyVersion':
      return heardCreated(rotation, event.answer, at);
    case 'pointAccountAtKey':
      return heardPointed(rotation, event.answer, at);
    case 'verifyEncryption':
      return heardVerified(rotation, event.answer, at);
    case 'guardOldVersion':
      return heardTagged(rotation, event.answer, at);
    // The looks beside the path are heard above; steps of the other procedure never run here.
    case 'waitForWrap':
    case 'watchGuarded':
    case 'plan':
    case 'giveConsumers':
    case 'verifyConsumers':
    case 'regenerateIdleKey':
    case 'proveIdleKey':
    case 'watchTraffic':
    case 'regenerateRetiredKey':
    case 'proveOldKeyDead':
      return stay(rotation);
  }
}

function heardLook(rotation: Rotation, answer: EncryptionAnswer['lookAtEncryption'], at: number): Outcome {
  if (answer.safe) {
    const { found, rules, members } = answer;
    return askForKey({ ...rotation, found, rules, ...(members === undefined ? {} : { members }) }, at);
  }
  const near = answer.near ?? [];
  const meant = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
  return end(rotation, 'refused', { says: answer.says, remedy: `${answer.remedy}${meant}` }, at);
}

function heardCheck(
  rotation: Rotation,
  { plan }: EncryptionAnswer['checkKey'],
  at: number,
  tools: Tools,
): Outcome {
  if (refusalsOf(plan).length > 0) return askForKey(rotation, at, plan);
  const planned: Rotation = { ...rotation, plan };
  const says = whyNeverPassed(planned, gateOf(planned));
  const remedy = 'Name more approvers in the policy, or let somebody else ask for the rotation.';
  return says === undefined ? openGate(planned, at, tools) : end(planned, 'refused', { says, remedy }, at);
}

function heardCreated(rotation: Rotation, answer: EncryptionAnswer['createKeyVersion'], at: number): Outcome {
  const { key, found } = answer;
  const lost = `Azure's answer to the creation of ${keyName(key)} was lost; looking at the versions showed that it had happened, so it was not sent again.`;
  const made: Rotation = { ...(found === 'adopted' ? remark(rotation, lost) : rotation), created: key };
  const plan = planOf(rotation);
  const { identityClientId } = plan;
  const told = withEffects(made, say('keyVersionCreated'));
  const heading: Heading = { why: 'forth', to: plan.follows ? plan.to : key, version: key, identityClientId };
  if (!plan.follows) return then(told, (next) => point(next, heading, at));
  // Azure follows by itself: making the version was the switch.
  return then(
    then(told, (next) => touch({ ...next, heading }, at)),
    (next) => waitForWrap(next, null, at),
  );
}

function heardPointed(
  rotation: Rotation,
  answer: EncryptionAnswer['pointAccountAtKey'],
  at: number,
): Outcome {
  const { operation, found } = answer;
  const { to } = headingOf(rotation);
  const says =
    found === 'adopted'
      ? `Azure's answer to the change of the encryption key was lost; looking at the account showed that it points at ${keyName(to)}, so it was not sent again.`
      : `The account pointed at ${keyName(to)} already, so nothing was sent.`;
  const noted = touch(found === 'answered' ? rotation : remark(rotation, says), at);
  // Tried again and again until a right is in force: said once.
  const told =
    rotation.rightAwaitedSince === undefined
      ? then(noted, (next) => withEffects(next, say('accountPointed')))
      : noted;
  return then(told, (next) => waitForWrap(next, operation, at));
}

function heardWrap(rotation: Rotation, answer: EncryptionAnswer['waitForWrap'], at: number): Outcome {
  const { phase } = rotation;
  if (phase.at !== 'wrapping') return stay(endChain(rotation, 'wrap'));
  switch (answer.is) {
    case 'inProgress':
      return goOnWaiting(rotation, at);
    case 'succeeded': {
      // Nobody outside sees when Azure takes up a version that it follows by itself, so it gets the usual time.
      const { wrapUsually } = rotation.rules.timing;
      const follows = headingOf(rotation).to.version === '';
      return follows && at < phase.since + wrapUsually
        ? lookAtWrap(rotation, phase.since + wrapUsually)
        : verify(withoutAwaiting(endChain(rotation, 'wrap')), at);
    }
    case 'failed': {
      const failed = endChain(rotation, 'wrap');
      return isOfTheAccount(answer.fault)
        ? awaitRight(failed, answer.fault, at)
        : haltAnew(failed, answer.fault, at);
    }
  }
}

/** Looks again; says once that it takes longer than usual; gives up when the patience is over. */
function goOnWaiting(rotation: Rotation, at: number): Outcome {
  const { phase, rules } = rotation;
  if (phase.at !== 'wrapping') return stay(endChain(rotation, 'wrap'));
  const { wrapEvery, wrapUsually, wrapPatience } = rules.timing;
  if (at >= phase.since + wrapPatience) return halt(endChain(rotation, 'wrap'), tooLong, phase, at);
  const slow = !phase.told && at >= phase.since + wrapUsually;
  const noted: Rotation = slow ? { ...rotation, phase: { ...phase, told: true } } : rotation;
  const told = slow ? withEffects(noted, say('wrapIsSlow', [rotation.request.by])) : stay(noted);
  return then(told, (next) => lookAtWrap(next, at + wrapEvery));
}

const tooLong: Fault = {
  kind: 'notProved',
  says: 'Azure accepted the new encryption key, and has not finished wrapping the data in the time that the policy allows.',
  remedy:
    'Both key versions must stay enabled. Look at the account in the Azure portal; if it is still updating, press Retry to go on waiting, and ask Azure support when that does not help.',
};

function heardVerified(
  rotation: Rotation,
  answer: EncryptionAnswer['verifyEncryption'],
  at: number,
): Outcome {
  const { differences, dataPlane } = answer;
  const seen: Rotation = { ...rotation, differences, dataPlane };
  const fields = differences.map(({ field }) => field).join(', ');
  const noted =
    differences.length === 0
      ? seen
      : remark(
          seen,
          `Beside the encryption these fields of the account changed meanwhile: ${fields}. A person has looked at them.`,
        );
  return then(withEffects(noted, say('encryptionVerified')), (next) => guardVersions(next, at));
}

function heardTagged(rotation: Rotation, answer: EncryptionAnswer['guardOldVersion'], at: number): Outcome {
  const all = withGuarded(rotation.guarded, answer.inherited).map((guarded) => ({
    ...guarded,
    tagged: guarded.tagged || answer.tagged.some((key) => sameKey(key, guarded.key)),
  }));
  const noted = answer.untagged.reduce(
    (so, { key, says }) =>
      remark(so, `${keyName(key)} could not be tagged: ${says} It is watched all the same.`),
    { ...rotation, guarded: all },
  );
  const { why } = headingOf(rotation);
  const next =
    why === 'forth' ? settle(noted, at) : finish(noted, why === 'back' ? 'rolledBack' : 'pinned', at);
  return then(next, (over) => watchGuarded(over, at + rotation.rules.timing.guardEvery));
}
