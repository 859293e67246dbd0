import type { Phase } from '../../../../domain/apiKeys/rotation.ts';
import { stageTitle } from '../../../../domain/procedures.ts';
import { button, ofRotation } from '../buttons.ts';
import { truthRows } from './consumerRows.ts';
import { missingRight } from '../missingRight.ts';
import { plain } from '../plain.ts';
import type { Part } from '../shared.ts';
import { slotRows } from './slotRows.ts';
import { bystanderNote, isInvolved } from '../standing.ts';
import { clock } from '../times.ts';
import type { ApiKeysView } from '../view.ts';

/** After a failure: what happened, what is true now, and the buttons that are safe in that state. */
export function halted(view: ApiKeysView, phase: Extract<Phase, { at: 'halted' }>, rows: number): Part {
  const { rotation, now, actions } = view;
  const { fault } = phase;
  const base = ofRotation(rotation);
  const consumers = truthRows(rotation, rows);
  return {
    template: 'halted',
    status: {
      tone: 'attention',
      mark: 'halted',
      headline: `Halted: ${stageTitle('apiKeys', phase.stage)}`,
      says: [plain(fault.says, 400)],
      clock: `At ${clock(phase.since, now)}`,
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
      keys: slotRows(rotation),
      consumers: consumers.rows,
      consumersRest: consumers.rest,
      remedy: plain(fault.remedy, 400),
      ...missingRight(fault.action),
      choices: [
        ...(actions.retry
          ? ['Retry looks first at what is true in Azure, and repeats only what certainly didn’t happen.']
          : []),
        ...(actions.rollBack ? ['Roll back gives the consumers the old key again, which still works.'] : []),
        ...(actions.cancel
          ? ['Cancel ends the rotation as it stands: no consumer is known to hold a dead key.']
          : []),
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
