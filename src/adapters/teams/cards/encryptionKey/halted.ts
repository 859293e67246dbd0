import type { EncryptionKeyRotation, EncryptionPhase } from '../../../../domain/encryptionKey/rotation.ts';
import { stageTitle } from '../../../../domain/procedures.ts';
import { button, ofRotation } from '../buttons.ts';
import { missingRight } from '../missingRight.ts';
import { plain } from '../plain.ts';
import { row, type Row } from '../rows.ts';
import type { Part } from '../shared.ts';
import { bystanderNote, isInvolved } from '../standing.ts';
import { clock } from '../times.ts';
import type { EncryptionView } from '../view.ts';
import { guardedRows } from './guardedRows.ts';
import { beforeText, keyText } from './keyWords.ts';

/** After a failure: what happened, what is true of the keys, and the buttons that are safe. */
export function halted(
  view: EncryptionView,
  phase: Extract<EncryptionPhase, { at: 'halted' }>,
  rows: number,
): Part {
  const { rotation, now, actions } = view;
  const { fault } = phase;
  const base = ofRotation(rotation);
  return {
    template: 'halted',
    status: {
      tone: 'attention',
      mark: 'halted',
      headline: `Halted: ${stageTitle('encryptionKey', phase.stage)}`,
      says: [plain(fault.says, 600)],
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
      keys: keyRows(rotation, rows),
      consumers: [],
      consumersRest: '',
      remedy: plain(fault.remedy, 400),
      ...missingRight(fault.action),
      choices: choicesOf(view).map((text) => ({ text })),
    },
  };
}

/** What is true of the keys when a rotation stops in the middle. Empty before anything is known of them. */
export function keyRows(rotation: EncryptionKeyRotation, rows: number): readonly Row[] {
  const { created, guarded, heading, plan } = rotation;
  if (guarded.length > 0) return guardedRows(rotation, rows).guarded;
  if (plan === undefined) return [];
  return [
    row('left', beforeText(rotation), 'in use when the plan was made'),
    ...(created === undefined
      ? []
      : [
          row(
            'left',
            keyText(created),
            heading === undefined ? 'made in the vault; no account uses it' : 'made in the vault',
          ),
        ]),
  ];
}

function choicesOf({ rotation, actions }: EncryptionView): readonly string[] {
  return [
    ...(actions.retry
      ? ['Retry looks first at what is true in Azure, and repeats only what certainly didn’t happen.']
      : []),
    ...(actions.rollBack ? [`Roll back points the account at ${beforeText(rotation)} again.`] : []),
    ...(actions.cancel
      ? ['Cancel ends the rotation as it stands. What was made in the vault stays there.']
      : []),
    ...(actions.rollBack || actions.whyNotRollBack === undefined
      ? []
      : [`No Roll back: ${plain(actions.whyNotRollBack)}`]),
    ...(actions.cancel || actions.whyNotCancel === undefined
      ? []
      : [`No Cancel: ${plain(actions.whyNotCancel)}`]),
  ];
}
