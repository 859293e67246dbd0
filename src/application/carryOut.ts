import type { Account } from '../domain/account.ts';
import type { Fault } from '../domain/faults.ts';
import type { Happening } from '../domain/happenings.ts';
import type { EffectKey } from '../domain/ids.ts';
import { isOver, type Rotation } from '../domain/rotation.ts';
import type { Answered, Step } from '../domain/steps.ts';
import { happen } from './happen.ts';
import type { Pure } from './ports/ambient.ts';
import type { Directory } from './ports/directory.ts';
import type { EffectRow, Store, Tx } from './ports/store.ts';
import type { Came, Run, StepRunner, Tools } from './step.ts';
import { membersOf } from './members.ts';
import { steps } from './steps/index.ts';

export type CarryOut = Readonly<{ store: Store; tools: Tools; pure: Pure; directory: Directory }>;

/** While another process holds the effect's lock, how long until we ask again (ms). */
const lockedElsewhere = 1000;
/** After losing the lock in the middle, or an error of our own (ms). */
const afterTrouble = 2000;
/** Throttling is waited out without halting; what Azure says is kept within these bounds (ms). */
const throttle = { least: 1000, most: 300_000 };

/**
 * Carries out one effect, under its lock. Gives the time to come back at (epoch ms), or null when it is
 * done. The effect's row decides; the job that called is a wake-up.
 */
export async function carryOut(on: CarryOut, key: EffectKey): Promise<number | null> {
  const { store, tools } = on;
  const row = await store.effects.find(key);
  if (row === null || row.done) return null;
  if (row.notBefore !== undefined && row.notBefore > tools.clock.now()) return row.notBefore;
  const locked = await store.journal.withLock(key, (signal) => underLock(on, key, signal));
  return locked.held ? locked.value : tools.clock.now() + lockedElsewhere;
}

async function underLock(on: CarryOut, key: EffectKey, signal: AbortSignal): Promise<number | null> {
  const { store, tools } = on;
  // Read again: it may have been finished between the first look and the lock.
  const row = await store.effects.find(key);
  if (row === null || row.done) return null;
  const rotation = await store.rotations.find(row.rotation);
  if (rotation === null || !isExpected(rotation, row)) {
    await store.transaction((tx) => tx.finishEffect(key, row.attempt));
    return null;
  }
  const startedAt = tools.clock.now();
  tools.log.info({ event: 'step.started', rotation: row.rotation, step: row.step, attempt: row.attempt });
  const came = await runStep(on, rotation, row, signal);
  const ms = tools.clock.now() - startedAt;
  if (came.to === 'later') return came.at;
  if (came.to === 'fault' && came.fault.kind === 'throttled') {
    tools.log.warn({ event: 'step.throttled', rotation: row.rotation, step: row.step });
    return tools.clock.now() + Math.min(throttle.most, Math.max(throttle.least, came.fault.retryAfter ?? 0));
  }
  const outcome = came.to === 'fault' ? came.fault.kind : 'answer';
  tools.log.info({
    event: 'step.finished',
    rotation: row.rotation,
    step: row.step,
    attempt: row.attempt,
    ms,
    outcome,
  });
  const save = (what: Exclude<Came<Step>, { to: 'later' }>): Promise<void> =>
    store.transaction((tx) => report(on, tx, rotation, row, what));
  await save(came).catch((error: unknown) => {
    if (isUnavailable(error)) throw error;
    // Without an answer the rotation would wait for this step for ever, and no button would help.
    tools.log.error({ event: 'step.unheard', rotation: row.rotation, step: row.step, error });
    return save({ to: 'fault', fault: brokeAt(row) });
  });
  return null;
}

async function runStep(
  on: CarryOut,
  rotation: Rotation,
  row: EffectRow,
  signal: AbortSignal,
): Promise<Came<Step>> {
  const { tools, store } = on;
  // The registry pairs each step with its own ask and rotation; TypeScript can't follow a union through an index.
  const runner = steps[row.step] as unknown as StepRunner<Step>;
  const salt = await store.rotations.salt(rotation.id);
  const run: Run<Step> = { rotation, salt, key: row.key, attempt: row.attempt, ask: row.ask, signal };
  try {
    const came = await withMembers(on.directory, row.step, await runner(tools, run), signal);
    // A call that was ended with the lock looks like one that failed. What was done stands in the journal.
    signal.throwIfAborted();
    return came;
  } catch (error) {
    if (signal.aborted) {
      tools.log.warn({ event: 'step.lockLost', rotation: rotation.id, step: row.step });
      return { to: 'later', at: tools.clock.now() + afterTrouble };
    }
    if (isUnavailable(error)) throw error;
    tools.log.error({ event: 'step.broke', rotation: rotation.id, step: row.step, error });
    return { to: 'fault', fault: brokeAt(row) };
  }
}

/** A first look that was safe also says who is in the groups of its rules, as far as they can be listed. */
async function withMembers(
  directory: Directory,
  step: Step,
  came: Came<Step>,
  signal: AbortSignal,
): Promise<Came<Step>> {
  if (came.to !== 'answer') return came;
  const answered = { step, answer: came.answer } as Answered;
  if (answered.step !== 'plan' && answered.step !== 'lookAtEncryption') return came;
  if (!answered.answer.safe) return came;
  const members = await membersOf(directory, answered.answer.rules, signal);
  return members === undefined ? came : { to: 'answer', answer: { ...answered.answer, members } };
}

/** The store is gone for a while: that is no fault of the step, so the job is tried again. */
const isUnavailable = (error: unknown): boolean =>
  error instanceof Error && error.name === 'StoreUnavailable';

/** Saves what the step came to, with the effect's end, in one transaction. A stale answer only ends the effect. */
async function report(
  on: CarryOut,
  tx: Tx,
  rotation: Rotation,
  row: EffectRow,
  came: Exclude<Came<Step>, { to: 'later' }>,
): Promise<void> {
  const at = on.tools.clock.now();
  const event: Happening =
    came.to === 'answer'
      ? { type: 'stepDone', at, key: row.key, ...(await answeredBy(tx, rotation, row, came)) }
      : { type: 'stepFailed', at, key: row.key, fault: came.fault };
  await happen(tx, on.pure, rotation.id, event);
  await tx.finishEffect(row.key, row.attempt);
}

/** One rotation per account: two plans that found the same account at the same time are told apart here, under the row's lock. */
async function answeredBy(
  tx: Tx,
  rotation: Rotation,
  row: EffectRow,
  came: Extract<Came<Step>, { to: 'answer' }>,
): Promise<Answered> {
  const answered = { step: row.step, answer: came.answer } as Answered;
  const account = foundBy(answered);
  const other = account === null ? null : await tx.runningOn(account.id, rotation.id);
  if (account === null || other === null) return answered;
  const says = `${account.name} is being rotated already, by ${other}.`;
  const answer = { safe: false, says, remedy: `Follow ${other}, and ask again when it is over.` } as const;
  return answered.step === 'plan' ? { step: 'plan', answer } : { step: 'lookAtEncryption', answer };
}

/** The account that a first look found; null for every other answer. */
function foundBy(answered: Answered): Account | null {
  if (answered.step === 'plan') return answered.answer.safe ? answered.answer.plan.account : null;
  if (answered.step !== 'lookAtEncryption') return null;
  return answered.answer.safe ? answered.answer.found.account : null;
}

/** Whether the rotation still waits for this effect. After a cancel or a newer look, it doesn't. */
function isExpected(rotation: Rotation, row: EffectRow): boolean {
  const { phase, chains } = rotation;
  if (Object.values(chains).includes(row.key)) return true;
  return !isOver(rotation) && phase.at === 'working' && phase.running.key === row.key;
}

/** An error of our own. Where a key was being regenerated, nobody can say whether it was. */
const brokeAt = (row: EffectRow): Fault => ({
  kind: 'bug',
  says: 'Something went wrong inside Keysmith itself; the log has the details.',
  remedy:
    'Nothing more was done. Press Retry; it begins with a look. If it happens again, tell whoever runs Keysmith.',
  ...(row.step === 'regenerateIdleKey' || row.step === 'regenerateRetiredKey'
    ? { inDoubt: [row.ask.slot] }
    : {}),
});
