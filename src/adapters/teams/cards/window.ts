import type { Stage } from '../../../domain/procedures.ts';
import type { AwaitingWindow } from '../../../domain/shared.ts';
import { button, ofRotation } from './buttons.ts';
import type { Part } from './shared.ts';
import { bystanderNote, isInvolved } from './standing.ts';
import { clock } from './times.ts';
import type { CardView } from './view.ts';

/** Approved, and waiting for the time in which the policy lets it be carried out. */
export function awaitingWindow(view: CardView, phase: AwaitingWindow<Stage>): Part {
  const { rotation, now, actions } = view;
  const base = ofRotation(rotation);
  return {
    template: 'progress',
    status: {
      tone: 'accent',
      mark: 'now',
      headline: 'Approved, and waits for its time',
      says: ['The policy lets it be carried out in a window only. Until then nothing is changed.'],
      clock: `Begins at ${clock(phase.until, now)} · the approval counts until ${clock(phase.expires, now)}`,
    },
    note: bystanderNote(view),
    buttons: isInvolved(view)
      ? [
          ...(actions.rollBack ? [button('Roll back', { ...base, verb: 'rollBack' })] : []),
          ...(actions.cancel ? [button('Cancel', { ...base, verb: 'cancel' })] : []),
        ]
      : [],
    stagesOpen: true,
    data: { consumers: [], consumersRest: '', evidence: [] },
  };
}
