import { anew, enter, run, withEffects } from '../outcome.ts';
import type { Stage } from '../procedures.ts';
import type { Asked } from '../steps.ts';
import type { EncryptionKeyRotation, EncryptionOutcomeOf, RightAwaited } from './rotation.ts';

/** Starts a step that the stage waits for, under a key that no effect had before. */
export function work(
  rotation: EncryptionKeyRotation,
  stage: Stage,
  asked: Asked,
  at: number,
  waiting?: RightAwaited,
): EncryptionOutcomeOf {
  const { rotation: counted, running } = anew(rotation, asked);
  const phase = { at: 'working', stage, running, ...(waiting === undefined ? {} : { waiting }) } as const;
  return withEffects(enter(counted, phase, at), run(running, waiting?.next));
}
