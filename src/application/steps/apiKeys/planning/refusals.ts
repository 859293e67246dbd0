import type { Fault } from '../../../../domain/faults.ts';
import type { StepAnswer } from '../../../../domain/steps.ts';
import { isLasting } from '../../findAccount.ts';
import { answered, type Came, failed } from '../../../step.ts';

type Refused = Extract<StepAnswer['plan'], { safe: false }>;

export const refuse = (says: string, remedy: string, more: Partial<Refused> = {}): Came<'plan'> =>
  answered<'plan'>({ safe: false, says, remedy, ...more });

/** A fault that a person must mend refuses the plan; one that may pass by itself halts it, with Retry. */
export function faulty(fault: Fault): Came<'plan'> {
  // a rotation that was refused is over: it has no Retry
  return isLasting(fault)
    ? refuse(fault.says, fault.remedy.replace('press Retry', 'ask again'))
    : failed<'plan'>(fault);
}
