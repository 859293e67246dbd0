import { duration } from '../../../application/duration.ts';
import { stageTitle } from '../../../domain/procedures.ts';
import { isOver, type Rotation } from '../../../domain/rotation.ts';
import { plain } from './plain.ts';
import { row, type Row } from './rows.ts';
import { accountOf } from './shared.ts';
import { fill } from './templates.ts';
import type { Card } from './view.ts';
import { counted, nameOf, number } from './words.ts';

const mostShown = 12;

/** The answer to `status`: one line for each rotation, those under way first; `now` in epoch ms. */
export function statusCard(rotations: readonly Rotation[], now: number): Card {
  const sorted = rotations.toSorted(
    (a, b) => Number(isOver(a)) - Number(isOver(b)) || b.request.at - a.request.at,
  );
  const running = rotations.filter((rotation) => !isOver(rotation)).length;
  const hidden = sorted.length - mostShown;
  return fill('status', {
    title: running === 0 ? 'No rotation is under way' : `${counted(running, 'rotation')} under way`,
    rotations: sorted.slice(0, mostShown).map((rotation) => line(rotation, now)),
    rest: hidden > 0 ? `and ${number(hidden)} more` : '',
    hint: rotations.length === 0 ? 'To begin: rotate <account> <reason>' : 'Details: status <id>',
  });
}

function line(rotation: Rotation, now: number): Row {
  const { phase, request } = rotation;
  const title = plain(accountOf(rotation), 64);
  const since =
    'finishedAt' in phase ? `${duration(now - phase.finishedAt)} ago` : `for ${duration(now - request.at)}`;
  const note = `${rotation.id} · ${nameOf(request.by)} · ${since}`;
  switch (phase.at) {
    case 'working':
    case 'moving':
    case 'watching':
      return row('now', title, `under way: ${stageTitle(phase.stage)}`, note);
    case 'awaitingApproval': {
      const { need } = rotation.rules.gates[phase.gate];
      return row('now', title, `waits for approval, ${phase.votes.length} of ${need}`, note);
    }
    case 'held':
      return row('unsure', title, 'held: somebody has to decide', note);
    case 'choosing':
      return row('now', title, 'stay or switch back?', note);
    case 'halted':
      return row('halted', title, `halted: ${stageTitle(phase.stage)}`, note);
    case 'completed':
      return phase.outcome === 'rotated' || phase.outcome === 'switchedBack'
        ? row('done', title, 'finished', note)
        : row(
            'unsure',
            title,
            phase.outcome === 'rolledBack' ? 'rolled back' : 'closed, old key alive',
            note,
          );
    case 'ended':
      return row(
        'left',
        title,
        { refused: 'refused', declined: 'rejected', cancelled: 'cancelled' }[phase.outcome],
        note,
      );
  }
}
