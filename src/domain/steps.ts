import type { ApiKeysAnswer, ApiKeysAsk } from './apiKeys/steps.ts';
import type { EncryptionAnswer, EncryptionAsk } from './encryptionKey/steps.ts';
import type { EffectKey } from './ids.ts';

/**
 * What the world is asked to do, step by step. The name of a step is the name of the file that carries
 * it out (`application/steps/<procedure>/<step>.ts`), of its journal rows, and of the tests.
 */
export interface StepAsk extends ApiKeysAsk, EncryptionAsk {}

/** What comes back. No answer holds the value of a key. */
export interface StepAnswer extends ApiKeysAnswer, EncryptionAnswer {}

export type Step = keyof StepAsk;

/** One step with what it is given: a union over {@link Step}. */
export type Asked = { [S in Step]: Readonly<{ step: S; ask: Readonly<StepAsk[S]> }> }[Step];
/** One step with what came back. */
export type Answered = { [S in Step]: Readonly<{ step: S; answer: Readonly<StepAnswer[S]> }> }[Step];

/** An effect that is under way; only its own answer is heard. */
export type Running = Readonly<{ key: EffectKey; asked: Asked; attempt: number }>;
