import { ownerIdOf, ownerOf } from '../../application/cardNames.ts';
import type { CardName, OutboxContent } from '../../application/ports/store.ts';
import type { Person } from '../../domain/people.ts';
import type { Rotation } from '../../domain/rotation.ts';

/** Deliveries keep their order within a lane: the rotation's place, or one person. */
export function laneOf(rotation: Rotation, content: OutboxContent): string {
  switch (content.kind) {
    case 'message':
      return placeLane(rotation);
    case 'replaced':
      return content.person === undefined ? placeLane(rotation) : personLane(content.person);
    case 'direct':
    case 'answer':
      return personLane(content.person);
    case 'card':
      return laneOfCard(rotation, content.card);
  }
}

/** The card that a row shows or brings, if any. */
export const cardOf = (content: OutboxContent): CardName | null =>
  ('card' in content ? content.card : undefined) ?? null;

function laneOfCard(rotation: Rotation, card: CardName): string {
  const owner = ownerIdOf(card);
  return owner === null ? placeLane(rotation) : personLane(ownerOf(rotation, owner));
}

const placeLane = (rotation: Rotation): string => `place:${rotation.request.place.conversation}`;

const personLane = ({ tenantId, objectId }: Pick<Person, 'tenantId' | 'objectId'>): string =>
  `person:${tenantId}:${objectId}`.toLowerCase();
