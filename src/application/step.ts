import type { Fault } from '../domain/faults.ts';
import type { EffectKey } from '../domain/ids.ts';
import type { Rotation } from '../domain/rotation.ts';
import type { Step, StepAnswer, StepAsk } from '../domain/steps.ts';
import type { Clock, Log, Nearest, Pause } from './ports/ambient.ts';
import type { Azure } from './ports/azure.ts';
import type { Policies } from './ports/policy.ts';
import type { Journal, ProbeLog } from './ports/store.ts';
import type { CallTiming } from './settings.ts';

/** What every step may use. */
export type Tools = Readonly<{
  /** This process, for what only its own memory holds. */
  process: string;
  azure: Azure;
  policies: Policies;
  journal: Journal;
  probes: ProbeLog;
  clock: Clock;
  pause: Pause;
  nearest: Nearest;
  log: Log;
  timing: CallTiming;
}>;

/** One run of a step. `rotation` is the row as it was when the run began; `attempt` is above 1 after Retry. */
export type Run<S extends Step> = Readonly<{
  rotation: Rotation;
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
