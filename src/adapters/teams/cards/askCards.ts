import type { Person } from '../../../domain/people.ts';
import { hasMoved, type Consumer } from '../../../domain/consumers.ts';
import type { Rotation } from '../../../domain/rotation.ts';
import { sameSubject, type WaiverSubject } from '../../../domain/waivers.ts';
import { button, ofRotation } from './buttons.ts';
import { accountInWords, plain } from './plain.ts';
import { refusalCard } from './plainCards.ts';
import { accountOf, slotsInWords } from './shared.ts';
import { marks } from './rows.ts';
import { fill } from './templates.ts';
import { subjectValue } from './verbs.ts';
import { nameOf } from './words.ts';
import type { Card, CardView } from './view.ts';

const heading = (rotation: Rotation) => ({
  summary: `${accountInWords(accountOf(rotation))}, key rotation ${rotation.id}`,
  kicker: `API key rotation ${rotation.id}`,
  account: plain(accountOf(rotation), 120),
});

/**
 * What stands in place of a form once it was sent, for everybody: a form that stays open would be sent again.
 * `did`: what its sender did by it, to go on behind their name; `said`: what they wrote into it.
 */
export const formDoneCard = ({ rotation }: CardView, by: Person, did: string, said = ''): Card =>
  fill('form-done', {
    ...heading(rotation),
    glyph: marks.done.glyph,
    title: `${nameOf(by)} ${did}`,
    says: said.trim() === '' ? '' : `“${plain(said, 300)}”`,
    where: 'The card of the rotation shows where it stands.',
  });

/** What can't be shown stays out of the picker: its values must come back unchanged. */
const mostSubjects = 60;

/** Asks for a waiver, in a message of its own: of what, and why. */
export function askWaiverCard(view: CardView): Card {
  const { rotation } = view;
  const subjects = openSubjects(rotation).slice(0, mostSubjects);
  const first = subjects[0];
  if (first === undefined) {
    return refusalCard(
      'Nothing to waive',
      'Nothing that this rotation waits for can be waived now.',
      `Say: status ${rotation.id}`,
    );
  }
  return fill('ask-waiver', {
    ...heading(rotation),
    choices: subjects.map((subject) => ({ title: titleOf(subject), value: subjectValue(subject) })),
    first: subjectValue(first),
    need: rotation.rules.gates.retire.need,
    buttons: [button('Ask for the waiver', { ...ofRotation(rotation), verb: 'askWaiver' }, 'positive')],
  });
}

const titleOf = (subject: WaiverSubject): string =>
  subject.of === 'traffic' ? 'Evidence of the traffic' : `Proof for ${plain(subject.consumer, 64)}`;

/** What the rotation waits for or lacks, and nobody has asked to waive yet. */
function openSubjects({ phase, consumers, waivers }: Rotation): readonly WaiverSubject[] {
  const unknown = ({ holds }: Consumer): boolean => holds !== 'Key1' && holds !== 'Key2';
  const waited: readonly Consumer[] =
    phase.at === 'moving'
      ? consumers.filter((consumer) => !hasMoved(consumer) || unknown(consumer))
      : phase.at === 'awaitingApproval' && phase.gate === 'prepare'
        ? consumers.filter(unknown)
        : [];
  const traffic: readonly WaiverSubject[] =
    phase.at === 'watching' || (phase.at === 'moving' && phase.stage === 'moveConsumers')
      ? [{ of: 'traffic' }]
      : [];
  const all: readonly WaiverSubject[] = [
    ...waited.map(({ registered }) => ({ of: 'consumer', consumer: registered.name }) as const),
    ...traffic,
  ];
  return all.filter(
    (subject) =>
      !waivers.some((waiver) => waiver.state !== 'rejected' && sameSubject(waiver.subject, subject)),
  );
}

/** Asks why, in a message of its own, before a gate is rejected. */
export function askRejectCard(view: CardView): Card {
  const { rotation } = view;
  const { phase } = rotation;
  if (phase.at !== 'awaitingApproval') {
    return refusalCard(
      'Nothing to reject',
      'No approval is open in this rotation now.',
      `Say: status ${rotation.id}`,
    );
  }
  const { old, fresh } = slotsInWords(rotation);
  const first = phase.gate === 'prepare';
  return fill('ask-reject', {
    ...heading(rotation),
    title: first ? `Reject the plan to regenerate ${fresh}?` : `Reject the retirement of ${old}?`,
    follows: first
      ? 'The rotation ends. No key is changed.'
      : 'The rotation is held. Both keys stay alive until somebody decides how to go on.',
    buttons: [
      button('Reject', { ...ofRotation(rotation), verb: 'reject', digest: phase.digest }, 'destructive'),
    ],
  });
}
