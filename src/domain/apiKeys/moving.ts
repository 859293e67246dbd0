import type { Effect } from '../effects.ts';
import { endChain, enter, look, stay, tell } from '../outcome.ts';
import { distinctPeople } from '../people.ts';
import { type Consumer, hasMoved, ownersOf, type Receipt, slotsInUse } from './consumers.ts';
import { type Slot, slotName } from './plan.ts';
import type { ApiKeysRotation, MovingStage, Outcome } from './rotation.ts';
import { isWaived } from './waivers.ts';
import { work } from './work.ts';

/** The same rotation when nothing changes: a wake-up that finds nothing due leaves no trace. */
export function mapConsumers(
  rotation: ApiKeysRotation,
  change: (consumer: Consumer) => Consumer,
): ApiKeysRotation {
  const consumers = rotation.consumers.map(change);
  return consumers.every((consumer, index) => consumer === rotation.consumers[index])
    ? rotation
    : { ...rotation, consumers };
}

/** Whether a consumer is being moved to `to`, and hasn't a receipt yet. */
const isOnItsWay = (consumer: Consumer, to: Slot): boolean => consumer.move?.to === to && !hasMoved(consumer);

export const onTheirWay = (rotation: ApiKeysRotation, to: Slot): readonly Consumer[] =>
  rotation.consumers.filter((consumer) => isOnItsWay(consumer, to));

const withReceipt = (consumer: Consumer, receipt: Receipt): Consumer =>
  consumer.move === undefined ? consumer : { ...consumer, move: { ...consumer.move, receipt } };

export const needsItsOwner = (consumer: Consumer): boolean =>
  consumer.registered.kind === 'manual' ||
  (consumer.registered.receipt === undefined && consumer.registered.pickupWithin === undefined);

/** Asks the owners of these consumers for something, each person once a consumer. */
export const askOwners = (
  consumers: readonly Consumer[],
  news: 'switchNeeded' | 'reminder' | 'declarationNeeded',
): readonly Effect[] =>
  consumers.flatMap((consumer) =>
    distinctPeople(ownersOf(consumer)).map((person) => tell(person, news, consumer.registered.name)),
  );

/** Asks which key the consumers hold of which nobody has said it. */
export const askUndeclared = (consumers: readonly Consumer[]): readonly Effect[] =>
  askOwners(
    consumers.filter(({ holds }) => holds === 'undeclared'),
    'declarationNeeded',
  );

/**
 * Starts to move consumers to a slot. A step looks at the keys and tries them again before anybody gets
 * one, then gives the new key to the vault secrets; owners of manual consumers are told after it.
 * Neither counts as moved; only a receipt does.
 */
export function move(
  rotation: ApiKeysRotation,
  stage: MovingStage,
  to: Slot,
  chosen: (consumer: Consumer) => boolean,
  at: number,
): Outcome {
  const marked = mapConsumers({ ...rotation, remindedAt: at }, (consumer) => {
    if (!chosen(consumer)) return consumer;
    const { note: _stale, ...rest } = consumer;
    return { ...rest, move: { from: consumer.holds, to, receipt: { as: 'toGive' } } };
  });
  const all = onTheirWay(marked, to);
  if (all.length === 0) return waitForReceipts(marked, stage, to, at);
  const consumers = all
    .filter(({ registered }) => registered.kind === 'keyVaultSecret')
    .map(({ registered }) => registered.name);
  return work(marked, stage, { step: 'giveConsumers', ask: { slot: to, consumers } }, at);
}

/** Manual consumers count as given once their owners may fetch the key: nothing is written for them. */
export const handToOwners = (rotation: ApiKeysRotation, to: Slot, at: number): ApiKeysRotation =>
  mapConsumers(rotation, (consumer) =>
    consumer.registered.kind === 'manual' && isOnItsWay(consumer, to)
      ? withReceipt(consumer, { as: 'given', at })
      : consumer,
  );

/**
 * The value of this slot that consumers were given is gone: another one stands there. They hold nothing
 * that lives, whatever their receipts say, and are on their way to the slot again.
 */
export const loseValue = (rotation: ApiKeysRotation, slot: Slot): ApiKeysRotation =>
  mapConsumers(rotation, (consumer) =>
    slotsInUse(consumer).includes(slot)
      ? {
          ...consumer,
          holds: 'neither',
          note: `The value of ${slotName(slot)} that it was given is gone.`,
          move: { from: 'neither', to: slot, receipt: { as: 'toGive' } },
        }
      : consumer,
  );

/** Waits until every consumer has a receipt, asking those that can answer for themselves. */
export function waitForReceipts(
  rotation: ApiKeysRotation,
  stage: MovingStage,
  to: Slot,
  at: number,
): Outcome {
  const waiting = enter(rotation, { at: 'moving', stage, to, since: at }, at);
  return verify(waiting, to);
}

/** Asks every consumer with a receipt address which version it uses; nothing to do when there is none. */
export function verify(rotation: ApiKeysRotation, to: Slot, notBefore?: number): Outcome {
  const consumers = onTheirWay(rotation, to)
    .filter(({ registered, move }) => hasReceiptAddress(registered) && move?.receipt.as === 'given')
    .map(({ registered }) => registered.name);
  return consumers.length === 0
    ? stay(endChain(rotation, 'verify'))
    : look(rotation, 'verify', { step: 'verifyConsumers', ask: { consumers } }, notBefore);
}

const hasReceiptAddress = (registered: Consumer['registered']): boolean =>
  registered.kind === 'keyVaultSecret' && registered.receipt !== undefined;

/** A receipt for the same version stays: Retry gives nothing anew to whoever has it already. */
export const given = (
  rotation: ApiKeysRotation,
  name: string,
  version: string,
  at: number,
): ApiKeysRotation =>
  mapConsumers(rotation, (consumer) =>
    consumer.registered.name !== name || (hasMoved(consumer) && versionGiven(consumer) === version)
      ? consumer
      : withReceipt(consumer, { as: 'given', at, version }),
  );

const versionGiven = ({ move }: Consumer): string | undefined =>
  move === undefined ? undefined : versionOf(move.receipt).version;

const versionOf = (receipt: Receipt): Readonly<{ version?: string }> =>
  'version' in receipt ? { version: receipt.version } : {};

/** Replaces a pending receipt; a consumer that has none pending stays as it is. */
export function receive(
  rotation: ApiKeysRotation,
  name: string,
  to: Slot,
  receipt: (version: Readonly<{ version?: string }>) => Receipt,
): ApiKeysRotation {
  return mapConsumers(rotation, (consumer) =>
    consumer.registered.name === name && consumer.move?.to === to
      ? withReceipt(consumer, receipt(versionOf(consumer.move.receipt)))
      : consumer,
  );
}

/** Consumers whose declared time has passed: asserted, not proved. Those that can prove it are waited for. */
export function assertElapsed(rotation: ApiKeysRotation, to: Slot, at: number): ApiKeysRotation {
  return mapConsumers(rotation, (consumer) => {
    const end = pickupEnds(consumer, to);
    return end !== undefined && at >= end && consumer.move !== undefined
      ? withReceipt(consumer, { as: 'asserted', at, ...versionOf(consumer.move.receipt) })
      : consumer;
  });
}

/** When a consumer's declared time will have passed; undefined where time alone says nothing. */
export function pickupEnds(consumer: Consumer, to: Slot): number | undefined {
  const { registered, move } = consumer;
  if (move?.to !== to || move.receipt.as !== 'given' || hasReceiptAddress(registered)) return undefined;
  if (move.receipt.withdrawn === true) return undefined;
  return registered.pickupWithin === undefined ? undefined : move.receipt.at + registered.pickupWithin;
}

/** Waivers that were granted stand in for the receipts of their consumers. */
export const applyWaivers = (rotation: ApiKeysRotation, to: Slot, at: number): ApiKeysRotation =>
  mapConsumers(rotation, (consumer) =>
    isOnItsWay(consumer, to) &&
    consumer.move?.receipt.as === 'given' &&
    isWaived(rotation.waivers, { of: 'consumer', consumer: consumer.registered.name })
      ? withReceipt(consumer, { as: 'waived', at, ...versionOf(consumer.move.receipt) })
      : consumer,
  );

/** What consumers hold once they have moved. A waived one keeps what it held: nobody saw it move. */
export const settleHoldings = (rotation: ApiKeysRotation, to: Slot): ApiKeysRotation =>
  mapConsumers(rotation, (consumer) =>
    consumer.move?.to === to && ['proved', 'confirmed', 'asserted'].includes(consumer.move.receipt.as)
      ? { ...consumer, holds: to }
      : consumer,
  );
