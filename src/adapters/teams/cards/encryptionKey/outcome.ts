import { duration } from '../../../../application/duration.ts';
import type {
  EncryptionKeyRotation,
  EncryptionOutcome,
  EncryptionPhase,
} from '../../../../domain/encryptionKey/rotation.ts';
import { gateOf } from '../../../../domain/encryptionKey/safety.ts';
import { button, ofRotation, type Button } from '../buttons.ts';
import { plain } from '../plain.ts';
import { facts, row, type Row } from '../rows.ts';
import { accountName, type Part, type Status } from '../shared.ts';
import { bystanderNote, isInvolved } from '../standing.ts';
import { clock } from '../times.ts';
import { endedPart } from '../stopped.ts';
import type { EncryptionView } from '../view.ts';
import { counted, names, number } from '../words.ts';
import { guardedRows } from './guardedRows.ts';
import { keyRows } from './halted.ts';
import { afterText, beforeText, keyText } from './keyWords.ts';

/** All is verified; one choice is left, for a while. */
export function settling(
  view: EncryptionView,
  phase: Extract<EncryptionPhase, { at: 'settling' }>,
  rows: number,
): Part {
  const { rotation, now } = view;
  return {
    template: 'key-outcome',
    status: {
      tone: 'good',
      mark: 'done',
      headline: `Verified: it uses ${afterText(rotation)}`,
      says: ['One choice is left. If nobody decides, it stays as it is.'],
      clock: `Open until ${clock(phase.until, now)}`,
    },
    note: bystanderNote(view),
    buttons: isInvolved(view) ? lastButtons(view) : [],
    stagesOpen: false,
    data: {
      ...guardPart(rotation, rows),
      ...proofPart(rotation, rows),
      choices: lastWords(view).map((text) => ({ text })),
      facts: [],
    },
  };
}

/** It names no version, so a newer one would be followed: that can be ended now. */
const canPin = ({ heading }: EncryptionKeyRotation): boolean => heading?.to.version === '';

function lastButtons({ rotation, actions }: EncryptionView): readonly Button[] {
  const base = ofRotation(rotation);
  return [
    button('Stay', { ...base, verb: 'choose', choice: 'stay' }, 'positive'),
    ...(canPin(rotation) ? [button('Pin', { ...base, verb: 'choose', choice: 'pin' })] : []),
    ...(actions.rollBack ? [button('Roll back', { ...base, verb: 'rollBack' })] : []),
  ];
}

function lastWords({ rotation, actions }: EncryptionView): readonly string[] {
  return [
    canPin(rotation)
      ? 'Stay changes nothing more: Azure goes on following the newest version by itself.'
      : 'Stay changes nothing more.',
    ...(canPin(rotation)
      ? [
          `Pin names ${afterText(rotation)} on the account: from then on it follows no newer version by itself.`,
        ]
      : []),
    actions.rollBack
      ? `Roll back points the account at ${beforeText(rotation)} again. What was written meanwhile stays encrypted with the new version, so both must stay enabled.`
      : `No Roll back: ${plain(actions.whyNotRollBack ?? '')}`,
  ];
}

/** The end of a move that was carried out. What is watched on shows here, also long afterwards. */
export function finished(
  view: EncryptionView,
  phase: Extract<EncryptionPhase, { at: 'completed' }>,
  rows: number,
): Part {
  const { rotation, now } = view;
  const { created, approvals, plan, request } = rotation;
  return {
    template: 'key-outcome',
    status: { ...outcomeWords(rotation, phase.outcome), clock: `At ${clock(phase.finishedAt, now)}` },
    buttons: [],
    stagesOpen: false,
    data: {
      ...guardPart(rotation, rows),
      ...proofPart(rotation, rows),
      choices: [],
      facts: facts({
        Before: beforeText(rotation),
        Now: afterText(rotation),
        Made:
          created === undefined
            ? plan?.making === null
              ? 'nothing; the key was there'
              : ''
            : keyText(created),
        'Approved by': names(
          (approvals[gateOf(rotation)] ?? []).map(({ by }) => by),
          8,
        ),
        Took: duration(phase.finishedAt - request.at),
      }),
    },
  };
}

type Outcome = Omit<Status, 'clock'>;

function outcomeWords(rotation: EncryptionKeyRotation, outcome: EncryptionOutcome): Outcome {
  const words = endWords(rotation, outcome);
  const alarmed = rotation.guarded.filter(({ alarmed }) => alarmed !== null).length;
  return alarmed === 0
    ? words
    : {
        tone: 'attention',
        mark: 'halted',
        headline: `${counted(alarmed, 'key version needs', 'key versions need')} somebody now`,
        says: ['Data that is encrypted with it may become unreadable. See below what to do.', words.headline],
      };
}

function endWords(rotation: EncryptionKeyRotation, outcome: EncryptionOutcome): Outcome {
  const now = afterText(rotation);
  switch (outcome) {
    case 'moved':
      return { tone: 'good', mark: 'done', headline: `Finished: it uses ${now}`, says: [] };
    case 'pinned':
      return {
        tone: 'good',
        mark: 'done',
        headline: `Finished: it is pinned to ${now}`,
        says: ['It no longer follows newer versions by itself.'],
      };
    case 'rolledBack':
      return {
        tone: 'warning',
        mark: 'unsure',
        headline: `Rolled back: it uses ${now} again`,
        says: [
          'What was written meanwhile stays encrypted with the other version.',
          rotation.plan?.follows === true
            ? 'It is pinned to this version now, and follows no newer one by itself.'
            : '',
        ],
      };
  }
}

/** The sentence that a person must have read, and the versions that it is about. */
const guardPart = (rotation: EncryptionKeyRotation, rows: number) => ({
  guard:
    rotation.plan?.previous === null
      ? 'From now on the data can be read only while this key can be used: never disable or delete it. I watch it, and alarm this channel when something happens to it.'
      : 'Existing data stays encrypted with the previous key unless it is processed anew, so every version below must stay enabled: never disable or delete one. I watch them, and alarm this channel when something happens to one.',
  ...guardedRows(rotation, rows),
});

/** What was seen after the change; nothing where nothing was verified. */
function proofPart(rotation: EncryptionKeyRotation, rows: number) {
  const { dataPlane, differences } = rotation;
  if (differences === undefined) return { proofs: [], differences: [], differencesRest: '' };
  const hidden = differences.length - rows;
  return {
    proofs: [
      row('done', plain(accountName(rotation), 80), namedText(rotation)),
      row('done', 'Data plane', plain(dataPlane ?? 'It answers.', 240)),
      differences.length === 0
        ? row('done', 'Everything else', 'nothing but the encryption changed')
        : row(
            'unsure',
            'Everything else',
            `${counted(differences.length, 'other field', 'other fields')} changed meanwhile; a person went on knowing it`,
          ),
    ],
    differences: differences
      .slice(0, rows)
      .map(({ field, before, after }): Row =>
        row('unsure', plain(field, 160), `${shown(before)} → ${shown(after)}`),
      ),
    differencesRest: hidden > 0 ? `and ${number(hidden)} more` : '',
  };
}

/** What the account says of its key: a version, or none where Azure follows the newest by itself. */
const namedText = (rotation: EncryptionKeyRotation): string =>
  canPin(rotation)
    ? `names no version of its key; the newest is ${afterText(rotation)}`
    : `names ${afterText(rotation)}`;

const shown = (value: string | null): string => (value === null ? 'not there' : plain(value, 100));

/** The end of a move that came to nothing. */
export function ended(
  view: EncryptionView,
  phase: Extract<EncryptionPhase, { at: 'ended' }>,
  rows: number,
): Part {
  const { rotation } = view;
  const changed = rotation.touchedAt !== undefined || rotation.created !== undefined;
  const truth = { keys: changed ? keyRows(rotation, rows) : [], consumers: [], consumersRest: '' };
  return endedPart(view, phase, truth, changed ? undefined : 'Nothing was changed in Azure.');
}
