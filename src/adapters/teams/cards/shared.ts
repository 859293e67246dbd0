import { otherSlot, slotName, type Slot } from '../../../domain/plan.ts';
import type { Rotation } from '../../../domain/rotation.ts';
import type { Button } from './buttons.ts';
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
  /** Where the viewer stands; empty on the card that everybody sees. */
  note?: string;
  /** Whether the list of stages is shown without a click. */
  stagesOpen: boolean;
  data: Readonly<Record<string, unknown>>;
}>;

/** The account as people call it. */
export const accountOf = ({ plan, request }: Rotation): string => plan?.account.name ?? request.account;

/** The slot that was in use at the start, and the other one. Before the plan is known nobody can say. */
export function slotsInWords({
  retiring,
  plan,
}: Rotation): Readonly<{ old: string; fresh: string; oldSlot?: Slot }> {
  const slot = retiring ?? plan?.activeSlot;
  return slot === undefined
    ? { old: 'the key in use', fresh: 'the unused key' }
    : { old: slotName(slot), fresh: slotName(otherSlot(slot)), oldSlot: slot };
}

/** Said only while both were seen to work. */
export const bothKeysWork = ({ slots }: Rotation): string =>
  slots?.Key1.condition === 'live' && slots.Key2.condition === 'live' ? 'Both keys work meanwhile.' : '';

/** Draws a card of a rotation: what all of them share, with what this one adds. */
export function cardOf(view: CardView, part: Part): Card {
  const { rotation, now } = view;
  const { status } = part;
  return fill(part.template, {
    summary: `${accountInWords(accountOf(rotation))}, key rotation ${rotation.id}: ${stageSummary(rotation)}`,
    kicker: `API key rotation ${rotation.id}`,
    account: plain(accountOf(rotation), 120),
    asked: `${nameOf(rotation.request.by)}: “${plain(rotation.request.reason, 240)}”`,
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
    buttons: part.buttons,
    ...part.data,
  });
}

/** What people must know that belongs to no single stage. */
function warnings(rotation: Rotation): readonly Row[] {
  return rotation.notReached.length === 0
    ? []
    : [
        row(
          'unsure',
          'No direct message',
          `to ${names(rotation.notReached, 4)}: mentioned in this thread instead`,
        ),
      ];
}

function details({ request, plan }: Rotation): readonly Fact[] {
  return facts({
    'Asked by': nameOf(request.by),
    Reason: plain(request.reason, 600),
    Ticket: plain(request.ticket ?? '', 100),
    Subscription: plain(plan?.account.subscriptionName ?? '', 100),
    'Resource group': plain(plan?.account.resourceGroup ?? '', 100),
    Region: plain(plan?.account.location ?? '', 60),
  });
}
