import type { Step } from '../../domain/steps.ts';
import type { StepRunner } from '../step.ts';
import { giveConsumers } from './apiKeys/giveConsumers.ts';
import { plan } from './apiKeys/plan.ts';
import { proveIdleKey } from './apiKeys/proveIdleKey.ts';
import { proveOldKeyDead } from './apiKeys/proveOldKeyDead.ts';
import { regenerateIdleKey } from './apiKeys/regenerateIdleKey.ts';
import { regenerateRetiredKey } from './apiKeys/regenerateRetiredKey.ts';
import { verifyConsumers } from './apiKeys/verifyConsumers.ts';
import { watchTraffic } from './apiKeys/watchTraffic.ts';
import { checkKey } from './encryptionKey/checkKey.ts';
import { createKeyVersion } from './encryptionKey/createKeyVersion.ts';
import { guardOldVersion } from './encryptionKey/guardOldVersion.ts';
import { lookAtEncryption } from './encryptionKey/lookAtEncryption.ts';
import { pointAccountAtKey } from './encryptionKey/pointAccountAtKey.ts';
import { verifyEncryption } from './encryptionKey/verifyEncryption.ts';
import { waitForWrap } from './encryptionKey/waitForWrap.ts';
import { watchGuarded } from './encryptionKey/watchGuarded.ts';

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
  lookAtEncryption,
  checkKey,
  createKeyVersion,
  pointAccountAtKey,
  waitForWrap,
  verifyEncryption,
  guardOldVersion,
  watchGuarded,
} satisfies { [S in Step]: StepRunner<S> };
