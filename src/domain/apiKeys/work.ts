import { anew, enter, run, withEffects } from '../outcome.ts';
import type { Stage } from '../procedures.ts';
import type { Asked } from '../steps.ts';
import type { ApiKeysRotation, Outcome } from './rotation.ts';

/** Starts a step that the stage waits for, under a key that no effect had before. */
export function work(rotation: ApiKeysRotation, stage: Stage, asked: Asked, at: number): Outcome {
  const { rotation: counted, running } = anew(rotation, asked);
  return withEffects(enter(counted, { at: 'working', stage, running }, at), run(running));
}
