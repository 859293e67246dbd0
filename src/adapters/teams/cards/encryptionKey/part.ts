import { unreachable } from '../../../../domain/result.ts';
import type { Part } from '../shared.ts';
import { awaitingWindow } from '../window.ts';
import type { EncryptionView } from '../view.ts';
import { approval } from './approval.ts';
import { choosing } from './choosing.ts';
import { halted } from './halted.ts';
import { ended, finished, settling } from './outcome.ts';
import { progress } from './progress.ts';

/** What the card of a move to another encryption key shows in the phase where it stands. */
export function encryptionPart(view: EncryptionView, rows: number): Part {
  const { phase } = view.rotation;
  switch (phase.at) {
    case 'working':
    case 'wrapping':
      return progress(view, phase);
    case 'choosingKey':
      return choosing(view, phase, rows);
    case 'awaitingApproval':
      return approval(view, phase, rows);
    case 'settling':
      return settling(view, phase, rows);
    case 'awaitingWindow':
      return awaitingWindow(view, phase);
    case 'halted':
      return halted(view, phase, rows);
    case 'completed':
      return finished(view, phase, rows);
    case 'ended':
      return ended(view, phase, rows);
    default:
      return unreachable(phase);
  }
}
