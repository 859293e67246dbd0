import { plain, type Card } from './cards/index.ts';
import type { Sentence } from './refusals.ts';

const line = (text: string, bold: boolean) => ({
  type: 'RichTextBlock',
  // A TextRun knows no Markdown, so an account's name can't become a link.
  inlines: [{ type: 'TextRun', text, ...(bold ? { weight: 'Bolder' } : {}) }],
});

/** A card with a sentence on top of it, for the one person who gets it as an answer. */
export function withNotice(
  card: Card,
  { title, says, remedy }: Sentence,
  style: 'attention' | 'accent' = 'attention',
): Card {
  const body: unknown = card['body'];
  const notice = {
    type: 'Container',
    style,
    bleed: true,
    items: [
      line(`${style === 'accent' ? '…' : '⚠'} ${plain(title, 200)}`, true),
      line(plain(`${says} ${remedy}`, 900), false),
    ],
  };
  return { ...card, body: [notice, ...(Array.isArray(body) ? (body as unknown[]) : [])] };
}
