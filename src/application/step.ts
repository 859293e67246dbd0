import type { ApiKeysRotation } from '../domain/apiKeys/rotation.ts';
import type { ApiKeysAsk } from '../domain/apiKeys/steps.ts';
import type { EncryptionKeyRotation } from '../domain/encryptionKey/rotation.ts';
import type { Fault } from '../domain/faults.ts';
import type { EffectKey } from '../domain/ids.ts';
import type { Step, StepAnswer, StepAsk } from '../domain/steps.ts';
import type { Clock, Log, Nearest, Pause } from './ports/ambient.ts';
import type { Azure } from './ports/azure.ts';
import type { AzureEncryption } from './ports/encryption.ts';
import type { Policies } from './ports/policy.ts';
import type { Guards, Journal, ProbeLog } from './ports/store.ts';
import type { CallTiming } from './settings.ts';

/** What every step may use. */
export type Tools = Readonly<{
  /** This process, for what only its own memory holds. */
  process: string;
  azure: Azure;
  encryption: AzureEncryption;
  policies: Policies;
  journal: Journal;
  probes: ProbeLog;
  guards: Guards;
  clock: Clock;
  pause: Pause;
  nearest: Nearest;
  log: Log;
  timing: CallTiming;
}>;

/** The rotation that a step belongs to. */
export type RotationOf<S extends Step> = S extends keyof ApiKeysAsk ? ApiKeysRotation : EncryptionKeyRotation;

/** One run of a step. `rotation` is the row as it was when the run began; `attempt` is above 1 after Retry. */
export type Run<S extends Step> = Readonly<{
  rotation: RotationOf<S>;
  salt: string;
  key: EffectKey;
  attempt: number;
  ask: Readonly<StepAsk[S]>;
  /** Aborts when the effect's lock is lost. */
  signal: AbortSignal;
}>;

/** What a run came to. `later`: nothing happened, come back at that time (epoch ms). */
export type Came<S extends Step> = Readonly<
  { to: 'answer'; answer: StepAnswer[S] } | { to: 'fault'; fault: Fault } | { to: 'later'; at: number }
>;

export type StepRunner<S extends Step> = (tools: Tools, run: Run<S>) => Promise<Came<S>>;

export const answered = <S extends Step>(answer: StepAnswer[S]): Came<S> => ({ to: 'answer', answer });

export const failed = <S extends Step>(fault: Fault): Came<S> => ({ to: 'fault', fault });
