import type { Effect, News, OutcomeOf } from './effects.ts';
import { effectKey } from './ids.ts';
import type { Person } from './people.ts';
import type { Stage } from './procedures.ts';
import type { Chain, Shared, StageTime } from './shared.ts';
import type { Asked, Running } from './steps.ts';

export const stay = <R>(rotation: R): OutcomeOf<R> => ({ rotation, effects: [] });

/** Goes on from an outcome, keeping the effects that it already has. */
export function then<R>(outcome: OutcomeOf<R>, next: (rotation: R) => OutcomeOf<R>): OutcomeOf<R> {
  const following = next(outcome.rotation);
  return { rotation: following.rotation, effects: [...outcome.effects, ...following.effects] };
}

export const say = (news: News, mention: readonly Person[] = [], about?: string): Effect => ({
  do: 'say',
  news,
  mention,
  ...(about === undefined ? {} : { about }),
});

export const tell = (person: Person, news: News, about?: string): Effect => ({
  do: 'tell',
  person,
  news,
  ...(about === undefined ? {} : { about }),
});

export const withEffects = <R>(rotation: R, ...effects: readonly Effect[]): OutcomeOf<R> => ({
  rotation,
  effects,
});

/** Closes the stage that was open in the history and opens this one. */
export function openStage(history: readonly StageTime[], stage: Stage, at: number): readonly StageTime[] {
  const last = history.at(-1);
  if (last !== undefined && last.stage === stage && last.to === undefined) return history;
  return [...closeStage(history, at), { stage, from: at }];
}

export function closeStage(history: readonly StageTime[], at: number): readonly StageTime[] {
  const last = history.at(-1);
  return last === undefined || last.to !== undefined
    ? history
    : [...history.slice(0, -1), { ...last, to: at }];
}

type Staged = Shared & Readonly<{ phase: Readonly<{ stage: Stage }> }>;

/** Moves to a phase, with the history kept true. */
export const enter = <R extends Staged>(rotation: R, phase: R['phase'], at: number): R => ({
  ...rotation,
  phase,
  history: openStage(rotation.history, phase.stage, at),
});

/** An effect under a key that no effect had before, and the rotation that has counted it. */
export function anew<R extends Shared>(
  rotation: R,
  asked: Asked,
): Readonly<{ rotation: R; running: Running }> {
  const round = rotation.round + 1;
  const running: Running = { key: effectKey(rotation.id, asked.step, round), asked, attempt: 1 };
  return { rotation: { ...rotation, round }, running };
}

export const run = (running: Running, notBefore?: number): Effect => ({
  do: 'run',
  key: running.key,
  attempt: running.attempt,
  ...(notBefore === undefined ? {} : { notBefore }),
  ...running.asked,
});

/** Starts the next look of a chain beside the path; an older look of the same chain is stale from now on. */
export function look<R extends Shared>(
  rotation: R,
  chain: Chain,
  asked: Asked,
  notBefore?: number,
): OutcomeOf<R> {
  const next = anew(rotation, asked);
  const chains = { ...rotation.chains, [chain]: next.running.key };
  return withEffects({ ...next.rotation, chains }, run(next.running, notBefore));
}

export function endChain<R extends Shared>(rotation: R, chain: Chain): R {
  const { [chain]: _ended, ...chains } = rotation.chains;
  return { ...rotation, chains };
}

export const remark = <R extends Shared>(rotation: R, sentence: string): R => ({
  ...rotation,
  remarks: [...rotation.remarks, sentence],
});
