import { duration } from '../../../application/duration.ts';
import type { Gate } from '../../../domain/policy.ts';
import { procedures, stageTitle, type Stage } from '../../../domain/procedures.ts';
import type { CompletedOutcome, OldKey, Rotation } from '../../../domain/rotation.ts';
import { marks, row, type Row } from './rows.ts';
import { counted, names } from './words.ts';

/** `finished` is not a stage that somebody waits for: the card's own title says it. */
const path: readonly Stage[] = procedures.apiKeys
  .map(({ stage }) => stage)
  .filter((stage) => stage !== 'finished');

const gateOf: Partial<Record<Stage, Gate>> = { approveFirst: 'prepare', approveSecond: 'retire' };

/** The stages of a rotation, done, now and next, each with how long it took and who approved. */
export function stageRows(rotation: Rotation, now: number): readonly Row[] {
  const reached = lastReached(rotation);
  const rows = path.map((stage, index) => stageRow(rotation, stage, index, reached, now));
  const all = wasRolledBack(rotation) ? [...rows, rollBackRow(rotation, now)] : rows;
  // only where the rotation stands is in bold, so that the eye finds it
  return all.map((line) => ({ ...line, weight: standsOut(line) ? 'Bolder' : 'Default' }));
}

const standsOut = ({ glyph }: Row): boolean =>
  glyph !== marks.done.glyph && glyph !== marks.next.glyph && glyph !== marks.left.glyph;

/** One line instead of the list: `Stage 3 of 11: Approve the plan`. */
export function stageSummary(rotation: Rotation): string {
  const { at, stage } = rotation.phase;
  if (stage === 'rollBack') return 'Rolling back';
  if (at === 'completed')
    return `Stages, ${duration(rotation.phase.finishedAt - rotation.request.at)} in all`;
  return `Stage ${path.indexOf(stage) + 1} of ${path.length}: ${stageTitle(stage)}`;
}

function stageRow(rotation: Rotation, stage: Stage, index: number, reached: number, now: number): Row {
  const title = stageTitle(stage);
  const { phase } = rotation;
  if (stage === 'proveOldKeyDead' && rotation.oldKey !== undefined) return deathRow(rotation.oldKey, now);
  if (index > reached)
    return phase.at === 'ended' || phase.at === 'completed'
      ? row('left', title, 'not reached')
      : row('next', title, 'next');
  if (index === reached && isCurrent(rotation, stage)) return currentRow(rotation, stage, now);
  if (index === reached && phase.at === 'completed') return row('left', title, brokenOff[phase.outcome]);
  const took = timeSpent(rotation, stage, now);
  const done = took === undefined ? 'done, nothing to do' : doneIn(took);
  return row('done', title, joined([done, approvedBy(rotation, stage)]));
}

/** What took less than half a second would be done "in 0 s". */
const doneIn = (ms: number): string => (ms < 500 ? 'done' : `done in ${duration(ms)}`);

/** The stage where a rotation was left that is over, but didn't go the whole way. */
const brokenOff: Record<CompletedOutcome, string> = {
  rotated: 'done',
  switchedBack: 'done',
  rolledBack: 'rolled back',
  oldKeyAlive: 'closed without it',
};

const isCurrent = ({ phase }: Rotation, stage: Stage): boolean =>
  phase.stage === stage && phase.at !== 'completed';

function currentRow(rotation: Rotation, stage: Stage, now: number): Row {
  const title = stageTitle(stage);
  const { phase } = rotation;
  switch (phase.at) {
    case 'halted':
      return row('halted', title, 'halted');
    case 'held':
      return row('unsure', title, 'held');
    case 'ended':
      return row(
        'halted',
        title,
        { refused: 'refused', declined: 'declined', cancelled: 'cancelled here' }[phase.outcome],
      );
    case 'awaitingApproval': {
      const { need } = rotation.rules.gates[phase.gate];
      return row(
        'now',
        title,
        joined([`now, ${phase.votes.length} of ${need}`, names(phase.votes.map(({ by }) => by))]),
      );
    }
    case 'working':
    case 'moving':
    case 'watching':
    case 'choosing':
    case 'completed': {
      const took = timeSpent(rotation, stage, now);
      return row('now', title, took === undefined || took < 60_000 ? 'now' : `now, for ${duration(took)}`);
    }
  }
}

function deathRow(oldKey: OldKey, now: number): Row {
  const title = stageTitle('proveOldKeyDead');
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

function rollBackRow(rotation: Rotation, now: number): Row {
  if (isCurrent(rotation, 'rollBack')) return currentRow(rotation, 'rollBack', now);
  const took = timeSpent(rotation, 'rollBack', now);
  return row('done', stageTitle('rollBack'), took === undefined ? 'done' : doneIn(took));
}

const wasRolledBack = ({ phase, history }: Rotation): boolean =>
  phase.stage === 'rollBack' || history.some(({ stage }) => stage === 'rollBack');

/** How far along the path the rotation came. */
function lastReached({ phase, history }: Rotation): number {
  if (phase.at === 'completed' && (phase.outcome === 'rotated' || phase.outcome === 'switchedBack'))
    return path.length;
  const known = path.indexOf(phase.stage);
  return known >= 0 ? known : Math.max(0, ...history.map(({ stage }) => path.indexOf(stage)));
}

function approvedBy(rotation: Rotation, stage: Stage): string {
  const gate = gateOf[stage];
  const votes = gate === undefined ? [] : (rotation.approvals[gate] ?? []);
  return votes.length === 0 ? '' : `approved by ${names(votes.map(({ by }) => by))}`;
}

/** Milliseconds in a stage, over every time that it was entered. */
function timeSpent({ history }: Rotation, stage: Stage, now: number): number | undefined {
  const times = history.filter((line) => line.stage === stage);
  return times.length === 0 ? undefined : times.reduce((sum, { from, to }) => sum + ((to ?? now) - from), 0);
}

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(' · ');
