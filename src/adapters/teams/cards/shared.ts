import type { Procedure } from '../../../domain/procedures.ts';
import { accountOf, type Rotation } from '../../../domain/rotation.ts';
import type { Button } from './buttons.ts';
import { isEmergency, marked, reviewButtons, reviewRows } from './emergency.ts';
import { alarms } from './encryptionKey/guardedRows.ts';
import { accountInWords, plain } from './plain.ts';
import { facts, marks, row, type Fact, type Mark, type Row } from './rows.ts';
import { stageRows, stageSummary } from './stages.ts';
import { fill, type TemplateName } from './templates.ts';
import type { Card, CardView } from './view.ts';
import { nameOf, names } from './words.ts';

/** The line that says where a rotation stands, and the two that say what is true and what comes next. */
export type Status = Readonly<{
  tone: 'default' | 'emphasis' | 'accent' | 'good' | 'warning' | 'attention';
  mark: Mark;
  headline: string;
  /** Sentences of their own lines. */
  says: readonly string[];
  /** A line with a time in it, in our own words: the only one that Teams reads as Markdown. */
  clock?: string;
}>;

/** What a card adds to what every card of a rotation shows. */
export type Part = Readonly<{
  template: TemplateName;
  status: Status;
  buttons: readonly Button[];
  /** A picture only: nothing can be pressed on it. */
  quiet?: boolean;
  /** Where the viewer stands; empty on the card that everybody sees. */
  note?: string;
  /** Whether the list of stages is shown without a click. */
  stagesOpen: boolean;
  data: Readonly<Record<string, unknown>>;
}>;

/** The account as people call it. */
export const accountName = (rotation: Rotation): string =>
  accountOf(rotation)?.name ?? rotation.request.account;

const kinds = { apiKeys: 'API key', encryptionKey: 'Encryption key' } as const satisfies Record<
  Procedure,
  string
>;

/** What every card of a rotation is headed with. */
export const headingOf = (rotation: Rotation) => ({
  summary: `${isEmergency(rotation) ? 'EMERGENCY: ' : ''}${accountInWords(accountName(rotation))}, ${kinds[rotation.procedure].replace(/^E/, 'e')} rotation ${rotation.id}`,
  kicker: `${isEmergency(rotation) ? 'EMERGENCY · ' : ''}${kinds[rotation.procedure]} rotation ${rotation.id}`,
  account: plain(accountName(rotation), 120),
});

/** Draws a card of a rotation: what all of them share, with what this one adds. */
export function cardOf(view: CardView, part: Part): Card {
  const { rotation, now } = view;
  const { status } = part;
  const heading = headingOf(rotation);
  const card = fill(part.template, {
    ...heading,
    summary: `${heading.summary}: ${stageSummary(rotation)}`,
    asked: askedBy(rotation),
    tone: status.tone,
    glyph: marks[status.mark].glyph,
    headline: status.headline,
    says: status.says.filter((sentence) => sentence !== '').map((text) => ({ text })),
    clock: status.clock ?? '',
    warnings: warnings(rotation),
    stages: stageRows(rotation, now),
    stageSummary: stageSummary(rotation),
    stagesOpen: part.stagesOpen,
    stagesClosed: !part.stagesOpen,
    details: details(rotation),
    remarks: rotation.remarks.slice(-6).map((remark) => ({ text: plain(remark, 240) })),
    note: part.note ?? '',
    buttons: [...part.buttons, ...(part.quiet === true ? [] : reviewButtons(view))],
    ...part.data,
  });
  return marked(card, rotation);
}

const askedBy = ({ request }: Rotation): string => `${nameOf(request.by)}: “${plain(request.reason, 240)}”`;

/** What people must know that belongs to no single stage. */
function warnings(rotation: Rotation): readonly Row[] {
  const { notReached } = rotation;
  return [
    ...reviewRows(rotation),
    ...(rotation.procedure === 'encryptionKey' ? alarms(rotation) : []),
    ...(notReached.length === 0
      ? []
      : [row('unsure', 'No direct message', `to ${names(notReached, 4)}: mentioned in this thread instead`)]),
  ];
}

function details(rotation: Rotation): readonly Fact[] {
  const { request } = rotation;
  const account = accountOf(rotation);
  return facts({
    'Asked by': nameOf(request.by),
    Reason: plain(request.reason, 600),
    Ticket: plain(request.ticket ?? '', 100),
    Subscription: plain(account?.subscriptionName ?? '', 100),
    'Resource group': plain(account?.resourceGroup ?? '', 100),
    Region: plain(account?.location ?? '', 60),
  });
}
