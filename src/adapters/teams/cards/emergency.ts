import { samePerson } from '../../../domain/people.ts';
import type { Rotation } from '../../../domain/rotation.ts';
import { skippedBy } from '../../../domain/voters.ts';
import { button, ofRotation, type Button } from './buttons.ts';
import { plain } from './plain.ts';
import { marks, row, type Row } from './rows.ts';
import type { Card, CardView } from './view.ts';
import { nameOf, names } from './words.ts';

export const isEmergency = ({ request }: Rotation): boolean => request.breakGlass === true;

const line = (text: string, bold: boolean) => ({
  type: 'RichTextBlock',
  spacing: 'None',
  inlines: [{ type: 'TextRun', text, ...(bold ? { weight: 'Bolder' } : {}) }],
});

/** The same card with the mark of an emergency over it; it stands on top whichever card it is. */
export function marked(card: Card, rotation: Rotation): Card {
  if (!isEmergency(rotation)) return card;
  const body: unknown = card['body'];
  const skipped = skippedBy(rotation);
  const banner = {
    type: 'Container',
    id: 'emergency',
    style: 'attention',
    bleed: true,
    items: [
      line(`${marks.unsure.glyph} EMERGENCY`, true),
      line(
        `${nameOf(rotation.request.by)} hurries this: fewer people decide, no window is waited for${skipped.length === 0 ? '' : `, and ${names(skipped, 4)} were not asked`}.`,
        false,
      ),
    ],
  };
  return { ...card, body: [banner, ...(Array.isArray(body) ? (body as unknown[]) : [])] };
}

/** Whether a review is owed, or what it says; empty where there is none. */
export function reviewRows(rotation: Rotation): readonly Row[] {
  const { review } = rotation;
  if (review === undefined) return [];
  return review.state === 'owed'
    ? [
        row(
          'unsure',
          'Review owed',
          `by one of ${names(skippedBy(rotation), 6) || 'those who were not asked'}`,
        ),
      ]
    : [row('done', 'Reviewed', `${nameOf(review.by)}: “${plain(review.says, 300)}”`)];
}

/** For those who were skipped; on the card that everybody sees, for everybody. */
export function reviewButtons({ rotation, viewer }: CardView): readonly Button[] {
  if (rotation.review?.state !== 'owed') return [];
  const mine = viewer === undefined || skippedBy(rotation).some((person) => samePerson(person, viewer));
  return mine ? [button('Write a review…', { ...ofRotation(rotation), verb: 'openReview' }, 'positive')] : [];
}
