import { effectKey } from './ids.ts';
import type { Person } from './people.ts';
import type { Stage } from './procedures.ts';
import type { Effect, News, Outcome, Phase, Rotation, Running, StageTime } from './rotation.ts';
import type { Asked } from './steps.ts';

export const stay = (rotation: Rotation): Outcome => ({ rotation, effects: [] });

/** Goes on from an outcome, keeping the effects that it already has. */
export function then(outcome: Outcome, next: (rotation: Rotation) => Outcome): Outcome {
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

export const withEffects = (rotation: Rotation, ...effects: readonly Effect[]): Outcome => ({
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

/** Moves to a phase, with the history kept true. */
export const enter = (rotation: Rotation, phase: Phase, at: number): Rotation => ({
  ...rotation,
  phase,
  history: openStage(rotation.history, phase.stage, at),
});

/** Starts a step that the stage waits for, under a key that no effect had before. */
export function work(rotation: Rotation, stage: Stage, asked: Asked, at: number): Outcome {
  const round = rotation.round + 1;
  const running: Running = { key: effectKey(rotation.id, asked.step, round), asked, attempt: 1 };
  return withEffects(enter({ ...rotation, round }, { at: 'working', stage, running }, at), run(running));
}

export const run = (running: Running, notBefore?: number): Effect => ({
  do: 'run',
  key: running.key,
  attempt: running.attempt,
  ...(notBefore === undefined ? {} : { notBefore }),
  ...running.asked,
});

/** Starts the next look of a chain beside the path; an older look of the same chain is stale from now on. */
export function look(
  rotation: Rotation,
  chain: 'verify' | 'traffic' | 'dead',
  asked: Asked,
  notBefore?: number,
): Outcome {
  const round = rotation.round + 1;
  const running: Running = { key: effectKey(rotation.id, asked.step, round), asked, attempt: 1 };
  const chains = { ...rotation.chains, [chain]: running.key };
  return withEffects({ ...rotation, round, chains }, run(running, notBefore));
}

export function endChain(rotation: Rotation, chain: 'verify' | 'traffic' | 'dead'): Rotation {
  const { [chain]: _ended, ...chains } = rotation.chains;
  return { ...rotation, chains };
}

export const remark = (rotation: Rotation, sentence: string): Rotation => ({
  ...rotation,
  remarks: [...rotation.remarks, sentence],
});
