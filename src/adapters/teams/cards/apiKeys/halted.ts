import type { Phase } from '../../../../domain/apiKeys/rotation.ts';
import type { Part } from '../shared.ts';
import { haltedPart } from '../stopped.ts';
import type { ApiKeysView } from '../view.ts';
import { truthRows } from './consumerRows.ts';
import { slotRows } from './slotRows.ts';

/** After a failure, with the true state of both keys and of their consumers. */
export function halted(view: ApiKeysView, phase: Extract<Phase, { at: 'halted' }>, rows: number): Part {
  const { rotation } = view;
  const consumers = truthRows(rotation, rows);
  const truth = { keys: slotRows(rotation), consumers: consumers.rows, consumersRest: consumers.rest };
  return haltedPart(view, phase, truth, {
    most: 400,
    rollBack: 'Roll back gives the consumers the old key again, which still works.',
    cancel: 'Cancel ends the rotation as it stands: no consumer is known to hold a dead key.',
  });
}
