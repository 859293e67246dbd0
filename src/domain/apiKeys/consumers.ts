import type { Person } from '../people.ts';
import type { Slot } from './plan.ts';

/** Kinds of consumers. A new kind joins here and in the registries that `satisfies` over it. */
export type ConsumerKind = 'keyVaultSecret' | 'manual';

/** A program that calls the account with an API key, as the policy file registers it. */
export type RegisteredConsumer = Readonly<{
  name: string;
  owners: readonly Person[];
  deputies: readonly Person[];
  /** Milliseconds after which the consumer is known to read its key anew. */
  pickupWithin?: number;
}> &
  Readonly<
    | {
        kind: 'keyVaultSecret';
        /** `https://…` of the vault. */
        vault: string;
        secret: string;
        /** Where the consumer itself answers `{"secretVersion": "…"}`: the version that it uses now. */
        receipt?: string;
      }
    | { kind: 'manual' }
  >;

/** What a consumer holds. `neither`: a value that is no slot's key. `undeclared`: nobody has said. `unreadable`: we could not look. */
export type Holding = Slot | 'neither' | 'undeclared' | 'unreadable';

/** How we know that a consumer has moved; the honest word stands on the retirement card. */
export type Receipt = Readonly<
  | { as: 'toGive' }
  /** `withdrawn`: its owner took a confirmation back, so time alone says nothing any more. */
  | { as: 'given'; at: number; version?: string; withdrawn?: true }
  | { as: 'proved'; at: number; version: string }
  | { as: 'confirmed'; at: number; by: Person; version?: string }
  | { as: 'asserted'; at: number; version?: string }
  | { as: 'waived'; at: number; version?: string }
>;

export type Consumer = Readonly<{
  registered: RegisteredConsumer;
  holds: Holding;
  declaredBy?: Person;
  /** What the last look at it said, in words for the card (e.g. "still on the previous version"). */
  note?: string;
  /** Present while and after the consumer is asked to move. */
  move?: Readonly<{ from: Holding; to: Slot; receipt: Receipt }>;
}>;

export const hasMoved = (consumer: Consumer): boolean =>
  consumer.move === undefined || !['toGive', 'given'].includes(consumer.move.receipt.as);

/** The slots that a consumer may be reading its key from right now: while it moves, both. */
export function slotsInUse({ holds, move }: Consumer): readonly Slot[] {
  const held = holds === 'Key1' || holds === 'Key2' ? [holds] : [];
  return move === undefined || move.receipt.as === 'toGive' ? held : [...held, move.to];
}

export const ownersOf = (consumer: Consumer): readonly Person[] => [
  ...consumer.registered.owners,
  ...consumer.registered.deputies,
];
