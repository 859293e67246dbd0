import type { Gate } from '../../../domain/policy.ts';
import type { Rotation } from '../../../domain/rotation.ts';
import { slotsInWords } from './apiKeys/slots.ts';
import { button, ofRotation } from './buttons.ts';
import { refusalCard } from './plainCards.ts';
import { headingOf } from './shared.ts';
import { fill } from './templates.ts';
import type { Card, CardView } from './view.ts';

/** Asks why, in a message of its own, before a gate is rejected. */
export function askRejectCard({ rotation }: CardView): Card {
  const { phase } = rotation;
  if (phase.at !== 'awaitingApproval') {
    return refusalCard(
      'Nothing to reject',
      'No approval is open in this rotation now.',
      `Say: status ${rotation.id}`,
    );
  }
  return fill('ask-reject', {
    ...headingOf(rotation),
    ...questionOf(rotation, phase.gate),
    buttons: [
      button('Reject', { ...ofRotation(rotation), verb: 'reject', digest: phase.digest }, 'destructive'),
    ],
  });
}

function questionOf(rotation: Rotation, gate: Gate): Readonly<{ title: string; follows: string }> {
  if (rotation.procedure === 'encryptionKey')
    return {
      title: 'Reject the move to another encryption key?',
      follows: 'The rotation ends. Nothing is changed in Azure.',
    };
  const { old, fresh } = slotsInWords(rotation);
  return gate === 'prepare'
    ? {
        title: `Reject the plan to regenerate ${fresh}?`,
        follows: 'The rotation ends. No key is changed.',
      }
    : {
        title: `Reject the retirement of ${old}?`,
        follows: 'The rotation is held. Both keys stay alive until somebody decides how to go on.',
      };
}
