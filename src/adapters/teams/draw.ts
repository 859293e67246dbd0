import { ownerOf, readCardName } from '../../application/cardNames.ts';
import type { CardName } from '../../application/ports/store.ts';
import type { Rotation } from '../../domain/rotation.ts';
import {
  consumerCard,
  gateCard,
  livingCard,
  reviewCard,
  waiverCard,
  type Card,
  type CardOptions,
} from './cards/index.ts';
import { apiKeysView, viewOf } from './views.ts';

/** Draws a card by its name, as everybody sees it; one that is one person's alone as they do. `now` in epoch ms. */
export function draw(name: CardName, rotation: Rotation, now: number, options: CardOptions): Card {
  const view = viewOf(rotation, now);
  const named = readCardName(name);
  if (named.card === 'living') return livingCard(view, options);
  if (named.card === 'gate') return gateCard(view, named.gate, ownerOf(rotation, named.objectId), options);
  if (named.card === 'review') return reviewCard(view, ownerOf(rotation, named.objectId));
  const withKeys = apiKeysView(view);
  if (withKeys === undefined) throw new Error(`${rotation.id} rotates no API keys: it has no card "${name}"`);
  if (named.card === 'waiver') return waiverCard(withKeys, named.waiver, options);
  const { refreshFor: _personalAlready, ...rest } = options;
  return consumerCard(withKeys, named.consumer, ownerOf(rotation, named.objectId), rest);
}
