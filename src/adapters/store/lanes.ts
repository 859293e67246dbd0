import type { CardName, OutboxContent } from '../../application/ports/store.ts';
import { type Consumer, ownersOf } from '../../domain/apiKeys/consumers.ts';
import type { Person } from '../../domain/people.ts';
import type { Rotation } from '../../domain/rotation.ts';

/** Deliveries keep their order within a lane: the rotation's place, or one person. */
export function laneOf(rotation: Rotation, content: OutboxContent): string {
  switch (content.kind) {
    case 'message':
    case 'replaced':
      return placeLane(rotation);
    case 'direct':
      return personLane(content.person);
    case 'card':
      return laneOfCard(rotation, content.card);
  }
}

/** The card that a row shows or brings, if any. */
export const cardOf = (content: OutboxContent): CardName | null =>
  ('card' in content ? content.card : undefined) ?? null;

function laneOfCard(rotation: Rotation, card: CardName): string {
  if (!card.startsWith('consumer:')) return placeLane(rotation);
  // the consumer's name may hold colons, the object id doesn't
  const objectId = card.slice(card.lastIndexOf(':') + 1);
  const owner = consumersOf(rotation)
    .flatMap(ownersOf)
    .find((person) => person.objectId.toLowerCase() === objectId.toLowerCase());
  return personLane({ objectId, tenantId: owner?.tenantId ?? rotation.request.place.tenantId });
}

const consumersOf = (rotation: Rotation): readonly Consumer[] =>
  rotation.procedure === 'apiKeys' ? rotation.consumers : [];

const placeLane = (rotation: Rotation): string => `place:${rotation.request.place.conversation}`;

const personLane = ({ tenantId, objectId }: Pick<Person, 'tenantId' | 'objectId'>): string =>
  `person:${tenantId}:${objectId}`.toLowerCase();
