import type { EncryptionKeyRotation, EncryptionPhase } from '../../../../domain/encryptionKey/rotation.ts';
import { row, type Row } from '../rows.ts';
import type { Part } from '../shared.ts';
import { haltedPart } from '../stopped.ts';
import type { EncryptionView } from '../view.ts';
import { guardedRows } from './guardedRows.ts';
import { beforeText, keyText } from './keyWords.ts';

/** After a failure, with what is true of the keys. */
export function halted(
  view: EncryptionView,
  phase: Extract<EncryptionPhase, { at: 'halted' }>,
  rows: number,
): Part {
  const { rotation } = view;
  const truth = { keys: keyRows(rotation, rows), consumers: [], consumersRest: '' };
  return haltedPart(view, phase, truth, {
    most: 600,
    rollBack: `Roll back points the account at ${beforeText(rotation)} again.`,
    cancel: 'Cancel ends the rotation as it stands. What was made in the vault stays there.',
  });
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
