import type { RegisteredConsumer } from '../../domain/consumers.ts';
import type { Digest } from '../../domain/ids.ts';
import type { Person } from '../../domain/people.ts';
import type { DigestOf } from '../../application/ports/ambient.ts';
import type { OwnRules, PolicyFile } from './read.ts';

/**
 * The digest of what a policy says: the same for two files that differ in comments, blanks, quotes, anchors,
 * order, short names or display names.
 */
export const digestOfPolicy = (file: PolicyFile, digestOf: DigestOf): Digest =>
  digestOf({
    homeChannel: file.homeChannel,
    defaults: meaning(file.defaults),
    accounts: sorted(file.accounts.map(({ name, rules }) => ({ ...name, rules: meaning(rules) }))),
  });

const meaning = ({ gates, afterwards, timing, consumers }: OwnRules) => ({
  gates: {
    prepare: { need: gates.prepare.need, from: ids(gates.prepare.from) },
    retire: { need: gates.retire.need, from: ids(gates.retire.from) },
  },
  afterwards,
  timing,
  consumers: sorted(consumers.map(bare)),
});

const bare = (consumer: RegisteredConsumer) => ({
  ...consumer,
  owners: ids(consumer.owners),
  deputies: ids(consumer.deputies),
});

const ids = (people: readonly Person[]): readonly string[] =>
  people.map(({ objectId, tenantId }) => `${tenantId}/${objectId}`).sort();

/** In an order that depends on nothing but the contents. */
const sorted = <T extends object>(all: readonly T[]): readonly T[] => {
  const text = (one: T) => JSON.stringify(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
  return [...all].sort((a, b) => (text(a) < text(b) ? -1 : 1));
};
