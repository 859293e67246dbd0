import type { StepRunner } from '../step.ts';
import { regenerate } from './regenerate.ts';

/** Seed step 2: regenerates the slot that no registered consumer holds. Irreversible. */
export const regenerateIdleKey: StepRunner<'regenerateIdleKey'> = (tools, run) =>
  regenerate(tools, run, () => Promise.resolve(null));
