import type { Step } from '../../domain/steps.ts';
import type { StepRunner } from '../step.ts';
import { giveConsumers } from './giveConsumers.ts';
import { plan } from './plan.ts';
import { proveIdleKey } from './proveIdleKey.ts';
import { proveOldKeyDead } from './proveOldKeyDead.ts';
import { regenerateIdleKey } from './regenerateIdleKey.ts';
import { regenerateRetiredKey } from './regenerateRetiredKey.ts';
import { verifyConsumers } from './verifyConsumers.ts';
import { watchTraffic } from './watchTraffic.ts';

/** Who carries out which step. A step without a runner doesn't compile. */
export const steps = {
  plan,
  giveConsumers,
  verifyConsumers,
  regenerateIdleKey,
  proveIdleKey,
  watchTraffic,
  regenerateRetiredKey,
  proveOldKeyDead,
} satisfies { [S in Step]: StepRunner<S> };
