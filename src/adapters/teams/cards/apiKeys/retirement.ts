import { blockersOf, decision, gateStatus, votesOf, type OpenGate } from '../gate.ts';
import { dying } from '../rows.ts';
import { type Part } from '../shared.ts';
import type { ApiKeysView } from '../view.ts';
import { receiptRows, receiptTally } from './consumerRows.ts';
import { trafficRow } from './evidence.ts';
import { slotsInWords } from './slots.ts';

/** The second gate: how well it is known that everybody has moved, and what dies when it is approved. */
export function retirement(view: ApiKeysView, phase: OpenGate, rows: number): Part {
  const { rotation } = view;
  const { old, fresh } = slotsInWords(rotation);
  const consumers = receiptRows(rotation, rows);
  return {
    template: 'retirement',
    status: gateStatus(
      view,
      phase,
      'Read how each consumer is known to have moved. Rejecting holds the rotation, with both keys alive.',
    ),
    ...decision(view, phase),
    stagesOpen: false,
    data: {
      dies: [
        dying(
          'halted',
          `${old} dies`,
          'whoever still uses the value that was in use until now is refused (401), at once or within hours. It can’t be brought back, and nothing can be rolled back.',
        ),
        dying(
          'done',
          `${fresh} lives`,
          'it is the one that consumers are meant to use now, and it is not touched.',
        ),
      ],
      consumers: consumers.rows,
      consumersRest: consumers.rest,
      consumersTitle:
        rotation.consumers.length === 0
          ? 'No consumers are registered'
          : `Consumers: ${receiptTally(rotation)}`,
      unseen: `Holders of ${old} that nobody registered can’t be seen from here.`,
      traffic: [trafficRow(rotation)],
      ...blockersOf(view, rows),
      ...votesOf(view, phase),
    },
  };
}
