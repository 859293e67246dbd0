import { duration } from '../../../application/duration.ts';
import type { CompletedOutcome } from '../../../domain/apiKeys/rotation.ts';
import type { EncryptionOutcome } from '../../../domain/encryptionKey/rotation.ts';
import { stageTitle, type Procedure } from '../../../domain/procedures.ts';
import { isOver } from '../../../domain/rotation.ts';
import type { Rotation } from '../../../domain/rotation.ts';
import { plain } from './plain.ts';
import { row, type Mark, type Row } from './rows.ts';
import { accountName } from './shared.ts';
import { needOf } from './standing.ts';
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
  const { phase, procedure, request } = rotation;
  const title = plain(accountName(rotation), 64);
  const since =
    'finishedAt' in phase ? `${duration(now - phase.finishedAt)} ago` : `for ${duration(now - request.at)}`;
  const note = `${rotation.id} · ${kinds[procedure]} · ${nameOf(request.by)} · ${since}`;
  const [mark, says] = standsAs(rotation);
  return row(mark, title, says, note);
}

const kinds = { apiKeys: 'API keys', encryptionKey: 'encryption key' } as const satisfies Record<
  Procedure,
  string
>;

type Standing = readonly [Mark, string];

function standsAs(rotation: Rotation): Standing {
  const { phase, procedure } = rotation;
  switch (phase.at) {
    case 'working':
    case 'moving':
    case 'watching':
    case 'wrapping':
      return ['now', `under way: ${stageTitle(procedure, phase.stage)}`];
    case 'awaitingApproval':
      return ['now', `waits for approval, ${phase.votes.length} of ${needOf(rotation, phase.gate)}`];
    case 'awaitingWindow':
      return ['now', 'approved, waits for its time'];
    case 'held':
      return ['unsure', 'held: somebody has to decide'];
    case 'choosing':
      return ['now', 'stay or switch back?'];
    case 'choosingKey':
      return ['now', 'a key is to be chosen'];
    case 'settling':
      return ['now', 'done; stay, or roll back?'];
    case 'halted':
      return ['halted', `halted: ${stageTitle(procedure, phase.stage)}`];
    case 'completed':
      return finishedAs[phase.outcome];
    case 'ended':
      return ['left', { refused: 'refused', declined: 'rejected', cancelled: 'cancelled' }[phase.outcome]];
  }
}

const finishedAs: Readonly<Record<CompletedOutcome | EncryptionOutcome, Standing>> = {
  rotated: ['done', 'finished'],
  switchedBack: ['done', 'finished'],
  moved: ['done', 'finished'],
  pinned: ['done', 'finished, its version pinned'],
  rolledBack: ['unsure', 'rolled back'],
  oldKeyAlive: ['unsure', 'closed, old key alive'],
};
