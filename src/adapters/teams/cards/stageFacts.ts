import { duration } from '../../../application/duration.ts';
import type { Gate } from '../../../domain/policy.ts';
import type { Stage } from '../../../domain/procedures.ts';
import type { Mark, Row } from './rows.ts';

/** What the list of stages can't know without knowing the procedure. */
export type StageFacts = Readonly<{
  /** The gate of a stage where people approve. */
  gates: Readonly<Partial<Record<Stage, Gate>>>;
  /** Stages that go on beside the path, as they are. */
  lines: Readonly<Partial<Record<Stage, Row>>>;
  /** How the stage stands where the rotation is, where "now" isn't all. */
  stands?: readonly [Mark, string];
  /** How the last stage was left by a rotation that is over and didn't go the whole way. */
  brokenOff?: string;
}>;

/** What took less than half a second would be done "in 0 s". */
export const doneIn = (ms: number): string => (ms < 500 ? 'done' : `done in ${duration(ms)}`);
