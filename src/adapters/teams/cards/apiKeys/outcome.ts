import { duration } from '../../../../application/duration.ts';
import type { ApiKeysRotation, CompletedOutcome, Phase } from '../../../../domain/apiKeys/rotation.ts';
import { plain } from '../plain.ts';
import { facts } from '../rows.ts';
import { type Part, type Status } from '../shared.ts';
import { clock } from '../times.ts';
import { endedPart } from '../stopped.ts';
import type { ApiKeysView } from '../view.ts';
import { names, number } from '../words.ts';
import { receiptTally, truthRows } from './consumerRows.ts';
import { oldKeyRows } from './evidence.ts';
import { slotRows } from './slotRows.ts';
import { slotsInWords } from './slots.ts';

/** The end of a rotation that was carried out: what came of it, in numbers and with its proofs. */
export function finished(view: ApiKeysView, phase: Extract<Phase, { at: 'completed' }>): Part {
  const { rotation, now } = view;
  return {
    template: 'finished',
    status: { ...outcomeWords(rotation, phase.outcome), clock: `At ${clock(phase.finishedAt, now)}` },
    buttons: [],
    stagesOpen: false,
    data: {
      ...numbers(rotation, phase.finishedAt),
      proofs: oldKeyRows(rotation, now),
      facts: facts({
        'Approved 1st': names(
          (rotation.approvals.prepare ?? []).map(({ by }) => by),
          8,
        ),
        'Approved 2nd': names(
          (rotation.approvals.retire ?? []).map(({ by }) => by),
          8,
        ),
        Consumers: rotation.consumers.length === 0 ? 'none registered' : receiptTally(rotation),
      }),
      slots: slotRows(rotation),
    },
  };
}

function outcomeWords(rotation: ApiKeysRotation, outcome: CompletedOutcome): Omit<Status, 'clock'> {
  const { old, fresh } = slotsInWords(rotation);
  switch (outcome) {
    case 'rotated':
      return {
        tone: 'good',
        mark: 'done',
        headline: 'Finished: both keys are new',
        says: [`Consumers use ${fresh}.`],
      };
    case 'switchedBack':
      return {
        tone: 'good',
        mark: 'done',
        headline: 'Finished: both keys are new',
        says: [`Consumers are back on ${old}.`],
      };
    case 'rolledBack':
      return {
        tone: 'warning',
        mark: 'unsure',
        headline: 'Rolled back',
        says: [`Consumers are on ${old} again, which was not changed. ${fresh} was regenerated.`],
      };
    case 'oldKeyAlive':
      return {
        tone: 'warning',
        mark: 'unsure',
        headline: 'Closed with the old key alive',
        says: [`${old} was not retired: whoever holds it can still use it. This is recorded as a deviation.`],
      };
  }
}

/** The three numbers in large type. What Azure Monitor didn't show is not turned into a zero. */
function numbers({ traffic, request }: ApiKeysRotation, finishedAt: number) {
  const total = traffic !== undefined && 'total' in traffic ? traffic.total : undefined;
  return {
    calls: total === undefined ? '?' : number(total.calls),
    failed: total === undefined ? '?' : number(total.refused),
    took: duration(finishedAt - request.at),
    caveat: caveat(traffic),
  };
}

function caveat(traffic: ApiKeysRotation['traffic']): string {
  if (traffic === undefined)
    return 'The traffic was not watched, so nobody can say how many client calls failed.';
  if ('unavailable' in traffic) return `Azure Monitor showed no traffic: ${plain(traffic.unavailable, 160)}`;
  return traffic.total.refusalsVisible === false
    ? 'Azure Monitor does not show refused calls of this account, so the zero proves nothing.'
    : '';
}

/** The end of a rotation that was not carried out. */
export function ended(view: ApiKeysView, phase: Extract<Phase, { at: 'ended' }>, rows: number): Part {
  const { rotation } = view;
  const touched = rotation.touchedAt !== undefined;
  const consumers = truthRows(rotation, rows);
  const truth = {
    keys: touched ? slotRows(rotation) : [],
    consumers: touched ? consumers.rows : [],
    consumersRest: consumers.rest,
  };
  return endedPart(view, phase, truth, touched ? undefined : 'No key was changed.');
}
