import { unreachable } from '../../../domain/result.ts';
import { approval } from './approval.ts';
import { ofRotation, refreshed } from './buttons.ts';
import { choice, held } from './decisions.ts';
import { halted } from './halted.ts';
import { ended, finished } from './outcome.ts';
import { progress } from './progress.ts';
import { retirement } from './retirement.ts';
import { cardOf, type Part } from './shared.ts';
import { fitting } from './templates.ts';
import type { Card, CardOptions, CardView } from './view.ts';

/**
 * The one card of a rotation in its channel, edited in place as the rotation goes on. With a `viewer` it is
 * that person's view: the same card, with the buttons that count for them and where they stand.
 */
export function livingCard(view: CardView, options: CardOptions = {}): Card {
  const refresh = { ...ofRotation(view.rotation), verb: 'refresh' } as const;
  return fitting((rows) => refreshed(cardOf(view, partOf(view, rows)), refresh, options));
}

/** The state of one rotation in answer to `status <id>`: the same card, without buttons, as it is now. */
export function statusOf(view: CardView): Card {
  return fitting((rows) => {
    const note = 'This is how it stands now. The card in the channel stays up to date and has the buttons.';
    return cardOf(view, { ...partOf(view, rows), buttons: [], note });
  });
}

function partOf(view: CardView, rows: number): Part {
  const { phase } = view.rotation;
  switch (phase.at) {
    case 'working':
    case 'moving':
    case 'watching':
      return progress(view, phase, rows);
    case 'awaitingApproval':
      return phase.gate === 'prepare' ? approval(view, phase, rows) : retirement(view, phase, rows);
    case 'held':
      return held(view, phase, rows);
    case 'choosing':
      return choice(view, phase);
    case 'halted':
      return halted(view, phase, rows);
    case 'completed':
      return finished(view, phase);
    case 'ended':
      return ended(view, phase, rows);
    default:
      return unreachable(phase);
  }
}
