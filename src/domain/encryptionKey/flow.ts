import { spelt } from '../account.ts';
import type { Tools } from '../effects.ts';
import type { Fault } from '../faults.ts';
import { closeStage, enter, look, run, say, tell, then, withEffects } from '../outcome.ts';
import type { Person } from '../people.ts';
import type { Stage } from '../procedures.ts';
import type { EndedOutcome } from '../shared.ts';
import type { Asked } from '../steps.ts';
import { approversOf, concernedBy } from '../voters.ts';
import { openedGate } from '../voting.ts';
import { withGuarded } from './guarded.ts';
import type { Encryption } from './key.ts';
import type { EncryptionPlan } from './plan.ts';
import type {
  EncryptionKeyRotation,
  EncryptionOutcome,
  EncryptionOutcomeOf,
  EncryptionResume,
  Heading,
  RightAwaited,
} from './rotation.ts';
import { encryptionSubject, gateOf } from './safety.ts';
import type { KeyChoice } from './target.ts';
import { work } from './work.ts';

/**
 * How the stages of `encryptionKey` follow each other. Each function enters one stage and names what is to
 * be done there; the order is that of `procedures.ts`.
 */

type Rotation = EncryptionKeyRotation;
type Outcome = EncryptionOutcomeOf;

/** The plan of a rotation whose stage comes after it. */
export function planOf({ plan, id }: Rotation): EncryptionPlan {
  if (plan === undefined) throw new Error(`${id} has no plan yet`);
  return plan;
}

/** Where the account is being pointed, in every stage from there on. */
export function headingOf({ heading, id }: Rotation): Heading {
  if (heading === undefined) throw new Error(`${id} points nowhere yet`);
  return heading;
}

/** The account once more: for exactly the one that was found, where it was. */
export const lookAnew = ({ found, request }: Rotation) =>
  ({
    step: 'lookAtEncryption',
    ask: { account: found === undefined ? request.account : spelt(found.account) },
  }) as const;

/** Asks which key it shall be. `unfit`: what was chosen, and can't be used. */
export function askForKey(rotation: Rotation, at: number, unfit?: EncryptionPlan): Outcome {
  const phase = {
    at: 'choosingKey',
    stage: 'plan',
    since: at,
    ...(unfit === undefined ? {} : { unfit }),
  } as const;
  const asking = enter({ ...rotation, remindedAt: at }, phase, at);
  return withEffects(asking, say(unfit === undefined ? 'keyToChoose' : 'keyUnfit', [rotation.request.by]));
}

export const checkKey = (rotation: Rotation, choice: KeyChoice, at: number): Outcome =>
  work(rotation, 'plan', { step: 'checkKey', ask: { choice } }, at);

export function openGate(rotation: Rotation, at: number, tools: Tools): Outcome {
  const gate = gateOf(rotation);
  const open = openedGate(rotation, { stage: 'approve', gate }, at, (about) =>
    tools.digest(encryptionSubject(about, gate)),
  );
  return withEffects(enter(open.rotation, open.phase, at), say('gateOpened', approversOf(rotation, gate)));
}

/** The first thing that changes anything: the key is made, or, where it is there, the account is pointed at it. */
export function passGate(rotation: Rotation, at: number): Outcome {
  const { making, to, identityClientId } = planOf(rotation);
  return making === null
    ? point(rotation, { why: 'forth', to, version: to, identityClientId }, at)
    : work(rotation, 'createKeyVersion', { step: 'createKeyVersion', ask: { making } }, at);
}

const pointStage = { forth: 'pointAccountAtKey', back: 'rollBack', pin: 'pinVersion' } as const;

/** The stage that the history names: a way back or a pin is one stage, the way forth has several. */
export const stageOf = (rotation: Rotation, forth: Stage): Stage => {
  const { why } = headingOf(rotation);
  return why === 'forth' ? forth : pointStage[why];
};

/** What the step is asked that points the account where the rotation is heading. */
export const pointing = (rotation: Rotation): Asked => {
  const { to, identityClientId } = headingOf(rotation);
  return { step: 'pointAccountAtKey', ask: { from: expectedOf(rotation), to, identityClientId } };
};

/** Points the account at a key. The step looks at everything once more before it sends anything. */
export function point(rotation: Rotation, heading: Heading, at: number): Outcome {
  const headed: Rotation = { ...rotation, heading };
  return work(headed, stageOf(headed, 'pointAccountAtKey'), pointing(headed), at);
}

/** The same heading again under a new effect: what was accepted before came to nothing. */
export const pointAnew = (rotation: Rotation, at: number, waiting?: RightAwaited): Outcome =>
  work(rotation, stageOf(rotation, 'pointAccountAtKey'), pointing(rotation), at, waiting);

/**
 * What the account's encryption may still be before it is pointed elsewhere: on the way forth what was
 * approved; afterwards also where this rotation pointed it, since a change that failed leaves either.
 */
function expectedOf(rotation: Rotation): readonly Encryption[] {
  const { from, to, follows, making, identityClientId } = planOf(rotation);
  if (headingOf(rotation).why === 'forth') return [from];
  const key = making === null || follows ? to : (rotation.created ?? to);
  return [from, { source: 'customer', key, identityClientId }];
}

/** From here the account uses, or may use, another version: both are watched until the end of their days. */
export function touch(rotation: Rotation, at: number): Outcome {
  const { previous } = planOf(rotation);
  const { version } = headingOf(rotation);
  const used = previous === null ? [version] : [previous, version];
  const guarded = withGuarded(rotation.guarded, used);
  return watchGuarded(
    { ...rotation, guarded, touchedAt: rotation.touchedAt ?? at },
    at + rotation.rules.timing.guardEvery,
  );
}

/** Starts (or restarts) the look at the versions that must stay enabled. */
export const watchGuarded = (rotation: Rotation, notBefore?: number): Outcome =>
  look(
    rotation,
    'guard',
    { step: 'watchGuarded', ask: { versions: rotation.guarded.map(({ key }) => key) } },
    notBefore,
  );

/** Azure has accepted: from now on only looking helps. */
export function waitForWrap(rotation: Rotation, operation: string | null, at: number): Outcome {
  const stage = stageOf(rotation, 'waitForWrap');
  const waiting = enter(rotation, { at: 'wrapping', stage, since: at, operation, told: false }, at);
  return lookAtWrap(waiting);
}

export function lookAtWrap(rotation: Rotation, notBefore?: number): Outcome {
  const { phase } = rotation;
  const operation = phase.at === 'wrapping' ? phase.operation : null;
  return look(
    rotation,
    'wrap',
    { step: 'waitForWrap', ask: { operation, to: headingOf(rotation).to } },
    notBefore,
  );
}

export function verify(rotation: Rotation, at: number): Outcome {
  const { to, version } = headingOf(rotation);
  const stage = stageOf(rotation, 'verifyEncryption');
  return work(rotation, stage, { step: 'verifyEncryption', ask: { to, version } }, at);
}

export function guardVersions(rotation: Rotation, at: number): Outcome {
  const versions = rotation.guarded.map(({ key }) => key);
  const stage = stageOf(rotation, 'guardOldVersion');
  return work(rotation, stage, { step: 'guardOldVersion', ask: { versions } }, at);
}

/** On the way forth one choice is left, for a while: to stay (the default), to go back, or to pin what follows. */
export function settle(rotation: Rotation, at: number): Outcome {
  const until = at + rotation.rules.timing.choiceWithin;
  const settling = enter(rotation, { at: 'settling', stage: 'guardOldVersion', since: at, until }, at);
  return withEffects(settling, say('choiceOpened', [rotation.request.by]));
}

export function finish(rotation: Rotation, outcome: EncryptionOutcome, at: number): Outcome {
  const finished = enter(rotation, { at: 'completed', stage: 'finished', outcome, finishedAt: at }, at);
  const closed = { ...finished, history: closeStage(finished.history, at) };
  return withEffects(closed, say('finished'), tell(rotation.request.by, 'finished'));
}

export function end(
  rotation: Rotation,
  outcome: EndedOutcome,
  words: Readonly<{ says: string; remedy?: string; by?: Person }>,
  at: number,
): Outcome {
  const { stage } = rotation.phase;
  const closed: Rotation = {
    ...rotation,
    phase: { at: 'ended', stage, outcome, ...words, finishedAt: at },
    history: closeStage(rotation.history, at),
  };
  return withEffects(closed, say(outcome, [rotation.request.by]), tell(rotation.request.by, outcome));
}

/** Stops at the stage with the fault in plain words; Retry goes back to `resume`. */
export function halt(rotation: Rotation, fault: Fault, resume: EncryptionResume, at: number): Outcome {
  const halted: Rotation = {
    ...rotation,
    phase: { at: 'halted', stage: rotation.phase.stage, fault, since: at, resume },
    remindedAt: at,
  };
  return withEffects(halted, say('halted', concernedBy(rotation, gateOf(rotation))));
}

/** Retry: the same effect under the same key, which begins with a look; or the same wait, its patience anew. */
export function resume(rotation: Rotation, to: EncryptionResume, at: number): Outcome {
  if (to.at === 'working') {
    const running = { ...to.running, attempt: to.running.attempt + 1 };
    const { waiting: _over, ...phase } = to;
    return withEffects(enter(rotation, { ...phase, running }, at), run(running));
  }
  return then(withEffects(enter(rotation, { ...to, since: at, told: false }, at)), (next) =>
    lookAtWrap(next),
  );
}
