import type { Stage } from '../../../domain/procedures.ts';
import type { AwaitingWindow } from '../../../domain/shared.ts';
import { button, ofRotation } from './buttons.ts';
import { executionWords, freezesIn } from './execution.ts';
import { plain } from './plain.ts';
import type { Part } from './shared.ts';
import { bystanderNote, isInvolved } from './standing.ts';
import { clock } from './times.ts';
import type { CardView } from './view.ts';
import { names } from './words.ts';

/** Approved, and waiting for the time in which the policy lets it be carried out. */
export function awaitingWindow(view: CardView, phase: AwaitingWindow<Stage>): Part {
  const { rotation, now, actions } = view;
  const base = ofRotation(rotation);
  const by = names(
    (rotation.approvals[phase.gate] ?? []).map((vote) => vote.by),
    8,
  );
  const tooLate = phase.until >= phase.expires;
  return {
    template: 'progress',
    status: {
      tone: tooLate ? 'warning' : 'accent',
      mark: tooLate ? 'unsure' : 'now',
      headline: 'Approved, and waits for its time',
      says: [
        by === '' ? '' : `Approved by ${by}. Until it is carried out nothing is changed.`,
        ...executionWords(rotation, now),
        ...freezesAhead(view, phase),
        tooLate
          ? 'No time in which it may be carried out comes soon enough: it will be asked for again.'
          : 'If what was approved changes meanwhile, it is asked for again.',
      ],
      clock: tooLate
        ? `The approval expires at ${clock(phase.expires, now)}`
        : `Opens at ${clock(phase.until, now)} · the approval expires at ${clock(phase.expires, now)}`,
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

/** Freezes between now and the opening: why it is that late. */
function freezesAhead({ rotation, now }: CardView, { until }: AwaitingWindow<Stage>): readonly string[] {
  const { execution } = rotation.rules;
  if (execution === undefined) return [];
  const standing = freezesIn(execution, now);
  return freezesIn(execution, now, until)
    .filter((freeze) => !standing.includes(freeze))
    .slice(0, 2)
    .map(({ says }) => `A freeze stands in between: ${plain(says, 160)}`);
}
