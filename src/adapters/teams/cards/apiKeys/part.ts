import { unreachable } from '../../../../domain/result.ts';
import type { Part } from '../shared.ts';
import { awaitingWindow } from '../window.ts';
import type { ApiKeysView } from '../view.ts';
import { approval } from './approval.ts';
import { choice, held } from './decisions.ts';
import { halted } from './halted.ts';
import { ended, finished } from './outcome.ts';
import { progress } from './progress.ts';
import { retirement } from './retirement.ts';

/** What the card of a rotation of API keys shows in the phase where it stands. */
export function apiKeysPart(view: ApiKeysView, rows: number): Part {
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
    case 'awaitingWindow':
      return awaitingWindow(view, phase);
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
