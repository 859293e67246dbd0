import type { CardName } from '../../application/ports/store.ts';
import { ownersOf } from '../../domain/apiKeys/consumers.ts';
import type { ApiKeysRotation } from '../../domain/apiKeys/rotation.ts';
import { isOneOf, type Person } from '../../domain/people.ts';
import type { Rotation } from '../../domain/rotation.ts';
import { consumerCard, livingCard, waiverCard, type Card, type CardOptions } from './cards/index.ts';
import { apiKeysView, viewOf } from './views.ts';

/** Draws a card by its name, as everybody sees it; a consumer's card as its one owner does. `now` in epoch ms. */
export function draw(name: CardName, rotation: Rotation, now: number, options: CardOptions): Card {
  const view = viewOf(rotation, now);
  if (name === 'living') return livingCard(view, options);
  const withKeys = apiKeysView(view);
  if (withKeys === undefined) throw new Error(`${rotation.id} rotates no API keys: it has no card "${name}"`);
  if (name.startsWith('waiver:')) return waiverCard(withKeys, Number(name.slice('waiver:'.length)), options);
  const consumer = name.slice('consumer:'.length, name.lastIndexOf(':'));
  const owner = ownerOf(withKeys.rotation, consumer, name.slice(name.lastIndexOf(':') + 1));
  const { refreshFor: _personalAlready, ...rest } = options;
  return consumerCard(withKeys, consumer, owner, rest);
}

/** The owner that the name means; a former one still gets to see that nothing is asked of them. */
function ownerOf({ consumers, request }: ApiKeysRotation, consumer: string, objectId: string): Person {
  const found = consumers.find(({ registered }) => registered.name === consumer);
  const { tenantId } = request.by;
  const person = { objectId, tenantId, name: '' };
  return (found === undefined ? [] : ownersOf(found)).find((owner) => isOneOf(owner, [person])) ?? person;
}
