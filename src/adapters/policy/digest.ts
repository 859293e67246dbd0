import type { RegisteredConsumer } from '../../domain/apiKeys/consumers.ts';
import type { Person } from '../../domain/people.ts';
import type { GateRule, Group, Voters } from '../../domain/policy.ts';
import type { DigestOf } from '../../application/ports/ambient.ts';
import type { PolicyVersion } from '../../application/ports/policy.ts';
import type { Entry, PolicyFile } from './file.ts';
import type { Layer } from './layers.ts';
import { canMeet } from './match.ts';
import { bySpecificity } from './specificity.ts';

/**
 * What a policy says, and its digest: the same for two files that differ in comments, blanks, quotes,
 * anchors, order, short names or display names.
 */
export function versionOf(file: PolicyFile, digestOf: DigestOf): PolicyVersion {
  const meaning = {
    homeChannel: file.homeChannel,
    defaults: meaningOf(file.defaults),
    entries: sorted(
      file.entries.map((entry, index) => ({
        kind: entry.kind,
        match: entry.match,
        says: meaningOf(entry.layer),
        behind: before(entry, file.entries.slice(0, index)),
      })),
    ),
  };
  return { digest: digestOf(meaning), meaning, text: file.text };
}

/** How many win against it only because they stand further up: the one case in which the order means something. */
const before = (entry: Entry, further: readonly Entry[]): number =>
  further.filter((other) => bySpecificity(other, entry) === 0 && canMeet(other.match, entry.match)).length;

const meaningOf = ({ gates, consumers, execution, ...rest }: Layer) => ({
  ...rest,
  ...(gates && {
    gates: Object.fromEntries(Object.entries(gates).map(([gate, rule]) => [gate, meaningOfGate(rule)])),
  }),
  ...(execution && {
    execution: {
      ...execution,
      ...(execution.windows && { windows: sorted(execution.windows) }),
      ...(execution.freezes && { freezes: sorted(execution.freezes) }),
    },
  }),
  ...(consumers && { consumers: sorted(consumers.map(bare)) }),
});

const meaningOfGate = ({ from, groups, atLeastOne, escalate, notAlso, ...rest }: GateRule) => ({
  ...rest,
  ...voters({ people: from, groups: groups ?? [] }),
  ...(atLeastOne && { atLeastOne: voters(atLeastOne) }),
  ...(escalate && { escalate: { after: escalate.after, to: voters(escalate.to) } }),
  ...(notAlso && { notAlso: [...notAlso].sort() }),
});

const voters = ({ people, groups }: Voters) => ({ people: ids(people), groups: groupIds(groups) });

const bare = (consumer: RegisteredConsumer) => ({
  ...consumer,
  owners: ids(consumer.owners),
  deputies: ids(consumer.deputies),
});

const ids = (people: readonly Person[]): readonly string[] =>
  people.map(({ objectId, tenantId }) => `${tenantId}/${objectId}`).sort();

const groupIds = (groups: readonly Group[]): readonly string[] => groups.map(({ id }) => id).sort();

/** In an order that depends on nothing but the contents. */
const sorted = <T extends object>(all: readonly T[]): readonly T[] => {
  const text = (one: T) => JSON.stringify(one, keysInOrder);
  return [...all].sort((a, b) => (text(a) < text(b) ? -1 : 1));
};

const keysInOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
