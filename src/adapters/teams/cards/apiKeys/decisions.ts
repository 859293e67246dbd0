import type { Phase } from '../../../../domain/apiKeys/rotation.ts';
import { button, ofRotation } from '../buttons.ts';
import { plain } from '../plain.ts';
import { type Part } from '../shared.ts';
import { bystanderNote, isInvolved } from '../standing.ts';
import { clock } from '../times.ts';
import type { ApiKeysView } from '../view.ts';
import { nameOf } from '../words.ts';
import { receiptRows } from './consumerRows.ts';
import { oldKeyRows } from './evidence.ts';
import { bothKeysWork, slotsInWords } from './slots.ts';

/** The retirement was rejected: nothing happens until somebody decides. */
export function held(view: ApiKeysView, phase: Extract<Phase, { at: 'held' }>, rows: number): Part {
  const { rotation, now, actions } = view;
  const { old, fresh } = slotsInWords(rotation);
  const base = ofRotation(rotation);
  const consumers = receiptRows(rotation, rows);
  return {
    template: 'held',
    status: {
      tone: 'warning',
      mark: 'unsure',
      headline: `Held: ${nameOf(phase.by)} rejected the retirement`,
      says: [
        phase.reason === undefined ? '' : `“${plain(phase.reason, 300)}”`,
        `${bothKeysWork(rotation)} Nothing happens until somebody decides.`.trim(),
      ],
      clock: `Since ${clock(phase.since, now)}`,
    },
    note: bystanderNote(view),
    buttons: isInvolved(view)
      ? [
          button('Ask again', { ...base, verb: 'askAgain' }, 'positive'),
          ...(actions.rollBack ? [button('Roll back', { ...base, verb: 'rollBack' })] : []),
          button('Close', { ...base, verb: 'closeOldKeyAlive' }),
        ]
      : [],
    stagesOpen: false,
    data: {
      consumers: consumers.rows,
      consumersRest: consumers.rest,
      choices: [
        { text: `Ask again opens the approval anew; earlier approvals are void.` },
        ...(actions.rollBack ? [{ text: `Roll back gives the consumers ${old} again.` }] : []),
        { text: `Close leaves ${old} alive beside ${fresh} and records it as a deviation.` },
      ],
    },
  };
}

/** After the retirement: stay on the new slot, or go back to the one that everybody knows. */
export function choice(view: ApiKeysView, phase: Extract<Phase, { at: 'choosing' }>): Part {
  const { rotation, now } = view;
  const { old, fresh } = slotsInWords(rotation);
  const base = ofRotation(rotation);
  return {
    template: 'choice',
    status: {
      tone: 'good',
      mark: 'done',
      headline: `Both keys are new. Stay on ${fresh}?`,
      says: [`Consumers use ${fresh}. If nobody decides, they stay on it.`],
      clock: `Open until ${clock(phase.until, now)}`,
    },
    note: bystanderNote(view),
    buttons: isInvolved(view)
      ? [
          button(`Stay on ${fresh}`, { ...base, verb: 'choose', choice: 'stay' }, 'positive'),
          button('Switch back', { ...base, verb: 'choose', choice: 'switchBack' }),
        ]
      : [],
    stagesOpen: false,
    data: {
      proofs: oldKeyRows(rotation, now),
      choices: [
        { text: `Staying changes nothing more. The next rotation goes the other way round.` },
        {
          text: `Switching back proves the new ${old} first, then moves every consumer once more. No key is regenerated.`,
        },
      ],
    },
  };
}
