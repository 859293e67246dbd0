import { duration } from '../../../../application/duration.ts';
import { ownersOf, type Consumer, type Holding, type Receipt } from '../../../../domain/apiKeys/consumers.ts';
import type { Slot } from '../../../../domain/apiKeys/plan.ts';
import { slotName } from '../../../../domain/apiKeys/plan.ts';
import type { ApiKeysRotation } from '../../../../domain/apiKeys/rotation.ts';
import { isWaived, type Waiver } from '../../../../domain/apiKeys/waivers.ts';
import { isOver } from '../../../../domain/rotation.ts';
import { plain } from '../plain.ts';
import { row, type Mark, type Row } from '../rows.ts';
import { listed, nameOf, names, number } from '../words.ts';

/** A list cut to what fits, and in words what was left out. */
export type Cut = Readonly<{ rows: readonly Row[]; rest: string }>;

type Known = Readonly<{ row: Row; word: string; concern: number }>;

/** Those that somebody should look at come first, so that they are never the ones cut off. */
function worstFirst(all: readonly Known[], limit: number): Cut {
  const sorted = all.toSorted((a, b) => b.concern - a.concern);
  const hidden = sorted.slice(limit);
  return {
    rows: sorted.slice(0, limit).map((known) => known.row),
    rest: hidden.length === 0 ? '' : `and ${number(hidden.length)} more: ${tally(hidden)}`,
  };
}

/** `3 proved, 1 waived`. */
function tally(all: readonly Known[]): string {
  const words = [...new Set(all.map(({ word }) => word))];
  return listed(
    words.map((word) => `${number(all.filter((known) => known.word === word).length)} ${word}`),
    8,
  );
}

/** How many of the consumers have moved, in words for the retirement: `3 proved, 1 confirmed and 1 waived`. */
export const receiptTally = (rotation: ApiKeysRotation): string =>
  tally(rotation.consumers.map((consumer) => receiptOf(rotation, consumer)));

/** Before anything is touched: which key each consumer holds. */
export function holdingRows(rotation: ApiKeysRotation, limit: number): Cut {
  return worstFirst(
    rotation.consumers.map((consumer) => holdingOf(rotation, consumer)),
    limit,
  );
}

/** While and after consumers move: how we know that each one has. */
export function receiptRows(rotation: ApiKeysRotation, limit: number): Cut {
  return worstFirst(
    rotation.consumers.map((consumer) => receiptOf(rotation, consumer)),
    limit,
  );
}

/** After a failure: what each consumer may be reading right now. */
export function truthRows(rotation: ApiKeysRotation, limit: number): Cut {
  return worstFirst(
    rotation.consumers.map((consumer) => truthOf(consumer)),
    limit,
  );
}

export const titleOf = (consumer: Consumer): string => plain(consumer.registered.name, 64);

export function holdsWords(holds: Holding): string {
  switch (holds) {
    case 'Key1':
    case 'Key2':
      return `holds ${slotName(holds)}`;
    case 'neither':
      return 'holds neither Key 1 nor Key 2';
    case 'undeclared':
      return 'not declared: nobody has said which key it holds';
    case 'unreadable':
      return 'could not be read';
  }
}

function holdingOf(rotation: ApiKeysRotation, consumer: Consumer): Known {
  const { holds, registered } = consumer;
  const waiver = granted(rotation, consumer);
  const says = holdsWords(holds);
  const note = howKnown(consumer);
  if (waiver !== undefined) {
    return {
      row: row('unsure', titleOf(consumer), `${says} · waived`, reasonOf(waiver)),
      word: 'waived',
      concern: 2,
    };
  }
  if (holds === rotation.retiring)
    return { row: row('done', titleOf(consumer), says, note), word: `on ${slotName(holds)}`, concern: 0 };
  const ask =
    registered.kind === 'manual' && holds === 'undeclared' ? `Asked: ${names(ownersOf(consumer), 3)}` : note;
  return { row: row('halted', titleOf(consumer), says, ask), word: 'not settled', concern: 3 };
}

/** How we come to know which key a consumer holds. */
function howKnown(consumer: Consumer): string {
  const { move, declaredBy } = consumer;
  switch (move?.receipt.as) {
    case 'proved':
      return 'Settled on it before this approval: proved.';
    case 'confirmed':
      return `Settled on it before this approval: confirmed by ${nameOf(move.receipt.by)}, not proved.`;
    case 'asserted':
      return 'Settled on it before this approval: asserted, not proved.';
    case 'toGive':
    case 'given':
    case 'waived':
    case undefined:
      return declaredBy === undefined ? noteOf(consumer) : `As ${nameOf(declaredBy)} says.`;
  }
}

function receiptOf(rotation: ApiKeysRotation, consumer: Consumer): Known {
  const title = titleOf(consumer);
  const { move } = consumer;
  if (move === undefined) {
    const waiver = granted(rotation, consumer);
    if (waiver !== undefined)
      return { row: row('unsure', title, 'waived', reasonOf(waiver)), word: 'waived', concern: 3 };
    // while everybody settles on one key, most are on it already
    if (rotation.phase.stage === 'settleOnOneKey') return holdingOf(rotation, consumer);
    return {
      row: row('unsure', title, `not moved · ${holdsWords(consumer.holds)}`, noteOf(consumer)),
      word: 'not moved',
      concern: 4,
    };
  }
  const waiting = (mark: Mark, says: string): Known => ({
    row: row(mark, title, says, waitingNote(consumer)),
    word: 'not seen',
    concern: 5,
  });
  const { receipt, to } = move;
  switch (receipt.as) {
    case 'toGive':
      if (isOver(rotation))
        return {
          row: row('left', title, `never moved · ${holdsWords(consumer.holds)}`),
          word: 'never moved',
          concern: 0,
        };
      return waiting('next', `next: will be given ${slotName(to)}`);
    case 'given':
      return waiting('now', `not seen yet · was given ${slotName(to)}`);
    case 'proved':
      return { row: row('done', title, 'proved: it uses the new key'), word: 'proved', concern: 0 };
    case 'confirmed':
      return {
        row: row('done', title, `confirmed by ${nameOf(receipt.by)}, not proved`),
        word: 'confirmed',
        concern: 1,
      };
    case 'asserted':
      return {
        row: row(
          'unsure',
          title,
          'asserted, not proved',
          'Its pick-up time has passed; nobody has seen it use the new key.',
        ),
        word: 'asserted',
        concern: 2,
      };
    case 'waived': {
      const waiver = granted(rotation, consumer);
      return {
        row: row('unsure', title, 'waived, not seen', waiver === undefined ? '' : reasonOf(waiver)),
        word: 'waived',
        concern: 3,
      };
    }
  }
}

function truthOf(consumer: Consumer): Known {
  const title = titleOf(consumer);
  const { move, holds } = consumer;
  if (move === undefined || move.receipt.as === 'toGive') {
    return {
      row: row('left', title, holdsWords(holds), noteOf(consumer)),
      word: holdsWords(holds),
      concern: holds === 'Key1' || holds === 'Key2' ? 0 : 2,
    };
  }
  const to = slotName(move.to);
  const certain: Partial<Record<Receipt['as'], string>> = {
    proved: `uses ${to}, proved`,
    confirmed: `uses ${to}, as its owner says`,
  };
  const says = certain[move.receipt.as];
  return says === undefined
    ? {
        row: row('unsure', title, `was given ${to}, ${mayStill(move.from, to)}`, noteOf(consumer)),
        word: `given ${to}`,
        concern: 1,
      }
    : { row: row('left', title, says), word: says, concern: 0 };
}

const mayStill = (from: Holding, to: string): string =>
  isSlot(from) && slotName(from) !== to ? `may still use ${slotName(from)}` : 'not seen using it';

const isSlot = (holds: Holding): holds is Slot => holds === 'Key1' || holds === 'Key2';

/** Whom or what a move waits for. */
function waitingNote(consumer: Consumer): string {
  const { registered } = consumer;
  if (registered.kind === 'manual')
    return `To be switched by hand; asked by direct message: ${names(ownersOf(consumer), 3)}`;
  if (registered.pickupWithin !== undefined && registered.receipt === undefined)
    return `It reads its key anew within ${duration(registered.pickupWithin)}; then it counts as moved.`;
  return noteOf(consumer);
}

const noteOf = (consumer: Consumer): string => plain(consumer.note ?? '', 120);

const granted = (rotation: ApiKeysRotation, { registered }: Consumer): Waiver | undefined => {
  const subject = { of: 'consumer', consumer: registered.name } as const;
  return isWaived(rotation.waivers, subject)
    ? rotation.waivers.find(
        (waiver) =>
          waiver.state === 'granted' &&
          waiver.subject.of === 'consumer' &&
          waiver.subject.consumer === registered.name,
      )
    : undefined;
};

const reasonOf = (waiver: Waiver): string => `“${plain(waiver.reason, 160)}” (${nameOf(waiver.askedBy)})`;
