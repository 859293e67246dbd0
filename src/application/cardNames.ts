import { type Consumer, ownersOf } from '../domain/apiKeys/consumers.ts';
import { distinctPeople, type Person } from '../domain/people.ts';
import type { Gate } from '../domain/policy.ts';
import type { Rotation } from '../domain/rotation.ts';
import { involved } from '../domain/voters.ts';
import type { CardName } from './ports/store.ts';

/** A card's name, taken apart. `objectId`: the one person whose card it is. */
export type NamedCard = Readonly<
  | { card: 'living' }
  | { card: 'waiver'; waiver: number }
  | { card: 'consumer'; consumer: string; objectId: string }
  | { card: 'gate'; gate: Gate; objectId: string }
  | { card: 'review'; objectId: string }
>;

export const consumerCardName = (consumer: string, { objectId }: Person): CardName =>
  `consumer:${consumer}:${objectId}`;
export const gateCardName = (gate: Gate, { objectId }: Person): CardName => `gate:${gate}:${objectId}`;
export const reviewCardName = ({ objectId }: Person): CardName => `review:${objectId}`;

/** Takes a name apart; a consumer's name may hold colons, an object id doesn't. */
export function readCardName(name: CardName): NamedCard {
  const objectId = name.slice(name.lastIndexOf(':') + 1);
  const middle = name.slice(name.indexOf(':') + 1, name.lastIndexOf(':'));
  if (name.startsWith('consumer:')) return { card: 'consumer', consumer: middle, objectId };
  if (name.startsWith('gate:')) return { card: 'gate', gate: middle as Gate, objectId };
  if (name.startsWith('review:')) return { card: 'review', objectId };
  if (name.startsWith('waiver:')) return { card: 'waiver', waiver: Number(objectId) };
  return { card: 'living' };
}

/** The object id of the one person whose card it is; null for cards that live in the channel. */
export function ownerIdOf(name: CardName): string | null {
  const named = readCardName(name);
  return 'objectId' in named ? named.objectId : null;
}

/** Whoever has a card of their own, as the rotation knows them; a former owner with what is left of them. */
export function ownerOf(rotation: Rotation, objectId: string): Person {
  const consumers: readonly Consumer[] = rotation.procedure === 'apiKeys' ? rotation.consumers : [];
  const known = distinctPeople([...consumers.flatMap(ownersOf), ...involved(rotation)]);
  const { tenantId } = rotation.request.by;
  return (
    known.find((person) => person.objectId.toLowerCase() === objectId.toLowerCase()) ?? {
      objectId,
      tenantId,
      name: '',
    }
  );
}

/**
 * Whether an event may have changed what a card shows. A gate's and a review's copies are many, and an edit
 * costs one of the sends that Teams grants: they are drawn again only around their own decision.
 */
export function isConcerned(name: CardName, before: Rotation, after: Rotation): boolean {
  const named = readCardName(name);
  if (named.card === 'gate') return standsAtGate(before, named.gate) || standsAtGate(after, named.gate);
  if (named.card === 'review') return before.review?.state !== after.review?.state;
  return true;
}

const standsAtGate = ({ phase }: Rotation, gate: Gate): boolean =>
  (phase.at === 'awaitingApproval' || phase.at === 'awaitingWindow') && phase.gate === gate;
