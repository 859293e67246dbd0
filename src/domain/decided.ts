import type { Result } from './result.ts';
import type { Happening, Outcome, Refusal } from './rotation.ts';

/** What people decide. Every refusal is a value; none of them changes anything. */
export type Decided = Result<Outcome, Refusal>;

/** One kind of what happens. */
export type On<T extends Happening['type']> = Extract<Happening, { type: T }>;
