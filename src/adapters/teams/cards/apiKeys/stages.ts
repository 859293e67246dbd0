import { duration } from '../../../../application/duration.ts';
import type { ApiKeysRotation, CompletedOutcome, OldKey } from '../../../../domain/apiKeys/rotation.ts';
import { stageTitle } from '../../../../domain/procedures.ts';
import { row, type Row } from '../rows.ts';
import { doneIn, type StageFacts } from '../stageFacts.ts';
import { counted } from '../words.ts';

/** What the list of stages says of a rotation of API keys alone. */
export function apiKeysStages({ phase, oldKey }: ApiKeysRotation, now: number): StageFacts {
  return {
    gates: { approveFirst: 'prepare', approveSecond: 'retire' },
    lines: oldKey === undefined ? {} : { proveOldKeyDead: deathRow(oldKey, now) },
    ...(phase.at === 'held' ? { stands: ['unsure', 'held'] } : {}),
    ...(phase.at === 'completed' && brokenOff[phase.outcome] !== undefined
      ? { brokenOff: brokenOff[phase.outcome] }
      : {}),
  };
}

const brokenOff: Partial<Record<CompletedOutcome, string>> = {
  rolledBack: 'rolled back',
  oldKeyAlive: 'closed without it',
};

function deathRow(oldKey: OldKey, now: number): Row {
  const title = stageTitle('apiKeys', 'proveOldKeyDead');
  switch (oldKey.proof) {
    case 'dead':
      return row('done', title, doneIn(oldKey.at - oldKey.since));
    case 'trying':
      return row(
        'now',
        title,
        `now, in the background for ${duration(now - oldKey.since)}, ${counted(oldKey.tries, 'try', 'tries')}`,
      );
    case 'unproved':
      return row('unsure', title, `given up, not proved, after ${duration(oldKey.at - oldKey.since)}`);
  }
}
