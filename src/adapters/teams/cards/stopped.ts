import type { Fault } from '../../../domain/faults.ts';
import { type Stage, stageTitle } from '../../../domain/procedures.ts';
import type { Ended } from '../../../domain/shared.ts';
import { button, ofRotation } from './buttons.ts';
import { missingRight } from './missingRight.ts';
import { plain } from './plain.ts';
import type { Row } from './rows.ts';
import type { Part } from './shared.ts';
import { bystanderNote, isInvolved } from './standing.ts';
import { clock } from './times.ts';
import type { CardView } from './view.ts';
import { nameOf } from './words.ts';

/** What is true now, as each procedure shows it. */
type Truth = Readonly<{ keys: readonly Row[]; consumers: readonly Row[]; consumersRest: string }>;

type Halted = Readonly<{ stage: Stage; fault: Fault; since: number }>;

/**
 * After a failure: what happened, what is true now, and the buttons that are safe in that state. `most`: of the
 * fault's words, in characters; `rollBack`, `cancel`: what these buttons would do.
 */
export function haltedPart(
  view: CardView,
  { stage, fault, since }: Halted,
  truth: Truth,
  { most, rollBack, cancel }: Readonly<{ most: number; rollBack: string; cancel: string }>,
): Part {
  const { rotation, now, actions } = view;
  const base = ofRotation(rotation);
  return {
    template: 'halted',
    status: {
      tone: 'attention',
      mark: 'halted',
      headline: `Halted: ${stageTitle(rotation.procedure, stage)}`,
      says: [plain(fault.says, most)],
      clock: `At ${clock(since, now)}`,
    },
    note: bystanderNote(view),
    buttons: isInvolved(view)
      ? [
          ...(actions.retry ? [button('Retry', { ...base, verb: 'retry' }, 'positive')] : []),
          ...(actions.rollBack ? [button('Roll back', { ...base, verb: 'rollBack' })] : []),
          ...(actions.cancel ? [button('Cancel', { ...base, verb: 'cancel' })] : []),
        ]
      : [],
    stagesOpen: false,
    data: {
      ...truth,
      remedy: plain(fault.remedy, 400),
      ...missingRight(fault.action),
      choices: [
        ...(actions.retry
          ? ['Retry looks first at what is true in Azure, and repeats only what certainly didn’t happen.']
          : []),
        ...(actions.rollBack ? [rollBack] : []),
        ...(actions.cancel ? [cancel] : []),
        ...(actions.rollBack || actions.whyNotRollBack === undefined
          ? []
          : [`No Roll back: ${plain(actions.whyNotRollBack)}`]),
        ...(actions.cancel || actions.whyNotCancel === undefined
          ? []
          : [`No Cancel: ${plain(actions.whyNotCancel)}`]),
      ].map((text) => ({ text })),
    },
  };
}

/** The end of a rotation that was not carried out. `untouched`: how to say that nothing was changed; absent where something was. */
export function endedPart({ now }: CardView, phase: Ended, truth: Truth, untouched?: string): Part {
  const by = phase.by === undefined ? '' : ` by ${nameOf(phase.by)}`;
  const headline = { refused: 'Not started', declined: `Rejected${by}`, cancelled: `Cancelled${by}` }[
    phase.outcome
  ];
  return {
    template: 'ended',
    status: {
      tone: phase.outcome === 'refused' ? 'attention' : 'emphasis',
      mark: phase.outcome === 'refused' ? 'halted' : 'left',
      headline,
      says: [plain(phase.says, 400)],
      clock: `At ${clock(phase.finishedAt, now)}`,
    },
    buttons: [],
    stagesOpen: false,
    data: {
      remedy: plain(phase.remedy ?? '', 400),
      ...truth,
      // a cancelled one says so itself
      untouched: phase.outcome === 'cancelled' ? '' : (untouched ?? ''),
    },
  };
}
