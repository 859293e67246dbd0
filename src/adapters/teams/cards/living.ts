import { apiKeysPart } from './apiKeys/part.ts';
import { ofRotation, refreshed } from './buttons.ts';
import { encryptionPart } from './encryptionKey/part.ts';
import { cardOf, type Part } from './shared.ts';
import { fitting } from './templates.ts';
import type { Card, CardOptions, CardView } from './view.ts';

/**
 * The one card of a rotation in its channel, edited in place as the rotation goes on. With a `viewer` it is
 * that person's view: the same card, with the buttons that count for them and where they stand.
 */
export function livingCard(view: CardView, options: CardOptions = {}): Card {
  const refresh = { ...ofRotation(view.rotation), verb: 'refresh' } as const;
  // a client that fetched its own view would wipe what is being typed into the inputs
  const asks = view.rotation.phase.at === 'choosingKey';
  return fitting((rows) => {
    const card = cardOf(view, partOf(view, rows));
    return asks ? card : refreshed(card, refresh, options);
  });
}

/** The state of one rotation in answer to `status <id>`: the same card, without buttons, as it is now. */
export function statusOf(view: CardView): Card {
  return fitting((rows) => {
    const note = 'This is how it stands now. The card in the channel stays up to date and has the buttons.';
    const part = partOf(view, rows);
    return cardOf(view, { ...part, buttons: [], quiet: true, note, data: { ...part.data, asks: false } });
  });
}

function partOf(view: CardView, rows: number): Part {
  const { rotation } = view;
  return rotation.procedure === 'apiKeys'
    ? apiKeysPart({ ...view, rotation }, rows)
    : encryptionPart({ ...view, rotation }, rows);
}
