import { duration } from '../../../application/duration.ts';
import { procedures, stageTitle, type Procedure, type Stage } from '../../../domain/procedures.ts';
import type { Rotation } from '../../../domain/rotation.ts';
import { apiKeysStages } from './apiKeys/stages.ts';
import { encryptionStages } from './encryptionKey/stages.ts';
import { marks, row, type Row } from './rows.ts';
import { doneIn, type StageFacts } from './stageFacts.ts';
import { needOf } from './standing.ts';
import { names } from './words.ts';

/** `finished` is not a stage that somebody waits for: the card's own title says it. */
const pathOf = (procedure: Procedure): readonly Stage[] =>
  procedures[procedure].map(({ stage }) => stage).filter((stage) => stage !== 'finished');

/** Stages that only a person's choice leads to, with what the summary says of them. */
const offThePath: Readonly<Partial<Record<Stage, string>>> = {
  rollBack: 'Rolling back',
  pinVersion: 'Pinning the version',
};

const factsOf = (rotation: Rotation, now: number): StageFacts =>
  rotation.procedure === 'apiKeys' ? apiKeysStages(rotation, now) : encryptionStages(rotation);

/** The stages of a rotation, done, now and next, each with how long it took and who approved. */
export function stageRows(rotation: Rotation, now: number): readonly Row[] {
  const path = pathOf(rotation.procedure);
  const facts = factsOf(rotation, now);
  const reached = lastReached(rotation, path, facts);
  const rows = path.map((stage, index) => stageRow(rotation, facts, stage, index - reached, now));
  const all = [...rows, ...detours(rotation).map((stage) => detourRow(rotation, facts, stage, now))];
  // only where the rotation stands is in bold, so that the eye finds it
  return all.map((line) => ({ ...line, weight: standsOut(line) ? 'Bolder' : 'Default' }));
}

const standsOut = ({ glyph }: Row): boolean =>
  glyph !== marks.done.glyph && glyph !== marks.next.glyph && glyph !== marks.left.glyph;

/** One line instead of the list: `Stage 3 of 11: Approve the plan`. */
export function stageSummary({ phase, procedure, request }: Rotation): string {
  const detour = offThePath[phase.stage];
  if (detour !== undefined) return detour;
  if (phase.at === 'completed') return `Stages, ${duration(phase.finishedAt - request.at)} in all`;
  const path = pathOf(procedure);
  return `Stage ${path.indexOf(phase.stage) + 1} of ${path.length}: ${stageTitle(procedure, phase.stage)}`;
}

/** `beyond`: how many stages behind the last that was reached; negative before it. */
function stageRow(rotation: Rotation, facts: StageFacts, stage: Stage, beyond: number, now: number): Row {
  const { phase, procedure } = rotation;
  const title = stageTitle(procedure, stage);
  const line = facts.lines[stage];
  if (line !== undefined) return line;
  if (beyond > 0)
    return phase.at === 'ended' || phase.at === 'completed'
      ? row('left', title, 'not reached')
      : row('next', title, 'next');
  if (beyond === 0 && isCurrent(rotation, stage)) return currentRow(rotation, facts, stage, now);
  if (beyond === 0 && facts.brokenOff !== undefined) return row('left', title, facts.brokenOff);
  const took = timeSpent(rotation, stage, now);
  const done = took === undefined ? 'done, nothing to do' : doneIn(took);
  return row('done', title, joined([done, approvedBy(rotation, facts, stage)]));
}

const isCurrent = ({ phase }: Rotation, stage: Stage): boolean =>
  phase.stage === stage && phase.at !== 'completed';

function currentRow(rotation: Rotation, { stands }: StageFacts, stage: Stage, now: number): Row {
  const { phase, procedure } = rotation;
  const title = stageTitle(procedure, stage);
  switch (phase.at) {
    case 'halted':
      return row('halted', title, 'halted');
    case 'ended':
      return row(
        'halted',
        title,
        { refused: 'refused', declined: 'declined', cancelled: 'cancelled here' }[phase.outcome],
      );
    case 'awaitingApproval': {
      const voted = `now, ${phase.votes.length} of ${needOf(rotation, phase.gate)}`;
      return row('now', title, joined([voted, names(phase.votes.map(({ by }) => by))]));
    }
    case 'working':
    case 'moving':
    case 'watching':
    case 'held':
    case 'choosing':
    case 'choosingKey':
    case 'awaitingWindow':
    case 'wrapping':
    case 'settling':
    case 'completed': {
      if (stands !== undefined) return row(stands[0], title, stands[1]);
      const took = timeSpent(rotation, stage, now);
      return row('now', title, took === undefined || took < 60_000 ? 'now' : `now, for ${duration(took)}`);
    }
  }
}

/** The stages off the path that a rotation came to, in their order. */
const detours = ({ phase, history }: Rotation): readonly Stage[] => [
  ...new Set([...history.map(({ stage }) => stage), phase.stage].filter((stage) => stage in offThePath)),
];

function detourRow(rotation: Rotation, facts: StageFacts, stage: Stage, now: number): Row {
  if (isCurrent(rotation, stage)) return currentRow(rotation, facts, stage, now);
  const took = timeSpent(rotation, stage, now);
  return row('done', stageTitle(rotation.procedure, stage), took === undefined ? 'done' : doneIn(took));
}

/** How far along the path the rotation came. */
function lastReached(
  { phase, history }: Rotation,
  path: readonly Stage[],
  { brokenOff }: StageFacts,
): number {
  if (phase.at === 'completed' && brokenOff === undefined) return path.length;
  const known = path.indexOf(phase.stage);
  return known >= 0 ? known : Math.max(0, ...history.map(({ stage }) => path.indexOf(stage)));
}

function approvedBy(rotation: Rotation, { gates }: StageFacts, stage: Stage): string {
  const gate = gates[stage];
  const votes = gate === undefined ? [] : (rotation.approvals[gate] ?? []);
  return votes.length === 0 ? '' : `approved by ${names(votes.map(({ by }) => by))}`;
}

/** Milliseconds in a stage, over every time that it was entered. */
function timeSpent({ history }: Rotation, stage: Stage, now: number): number | undefined {
  const times = history.filter((line) => line.stage === stage);
  return times.length === 0 ? undefined : times.reduce((sum, { from, to }) => sum + ((to ?? now) - from), 0);
}

const joined = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(' · ');
