import { hasMoved, type Consumer } from '../../../../domain/apiKeys/consumers.ts';
import type { ApiKeysRotation } from '../../../../domain/apiKeys/rotation.ts';
import { sameSubject, type WaiverSubject } from '../../../../domain/apiKeys/waivers.ts';
import { button, ofRotation } from '../buttons.ts';
import { plain } from '../plain.ts';
import { refusalCard } from '../plainCards.ts';
import { headingOf } from '../shared.ts';
import { fill } from '../templates.ts';
import { subjectValue } from '../verbs.ts';
import type { ApiKeysView, Card } from '../view.ts';

/** What can't be shown stays out of the picker: its values must come back unchanged. */
const mostSubjects = 60;

/** Asks for a waiver, in a message of its own: of what, and why. */
export function askWaiverCard(view: ApiKeysView): Card {
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
    ...headingOf(rotation),
    choices: subjects.map((subject) => ({ title: titleOf(subject), value: subjectValue(subject) })),
    first: subjectValue(first),
    need: rotation.rules.gates.retire.need,
    buttons: [button('Ask for the waiver', { ...ofRotation(rotation), verb: 'askWaiver' }, 'positive')],
  });
}

const titleOf = (subject: WaiverSubject): string =>
  subject.of === 'traffic' ? 'Evidence of the traffic' : `Proof for ${plain(subject.consumer, 64)}`;

/** What the rotation waits for or lacks, and nobody has asked to waive yet. */
function openSubjects({ phase, consumers, waivers }: ApiKeysRotation): readonly WaiverSubject[] {
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
