import type { DigestOf } from '../../application/ports/ambient.ts';
import type { Policies } from '../../application/ports/policy.ts';
import type { Account } from '../../domain/account.ts';
import type { RegisteredConsumer } from '../../domain/apiKeys/consumers.ts';
import type { GateRule } from '../../domain/policy.ts';
import { parseAccountName } from './accountName.ts';
import { versionOf } from './digest.ts';
import type { PolicyFile } from './file.ts';
import { type OwnRules, resolveLayers } from './layers.ts';
import { fits, type Subject, subjectFound, subjectTyped } from './match.ts';

/**
 * The rules in force. Of all entries that an account fits, the most specific one that mentions a thing
 * decides it. An account as found gives the exact answer. A typed name can mean several accounts, and says
 * nothing of tags: as long as nobody knows which, the consumers of all of them and the strictest of their
 * gates apply.
 */
export function policiesFrom(file: PolicyFile, digestOf: DigestOf): Policies {
  const version = versionOf(file, digestOf);
  return {
    rulesFor: (account) => ({ ...resolveFor(file, subjectOf(account)), policy: version.digest }),
    homeChannel: file.homeChannel,
    accounts: file.accounts,
    version,
  };
}

function subjectOf(account: string | Account): Subject | undefined {
  if (typeof account !== 'string') return subjectFound(account);
  const typed = parseAccountName(account);
  return typed && subjectTyped(typed);
}

/** The rules for what is known of an account; undefined: nothing. */
export function resolveFor(file: PolicyFile, subject: Subject | undefined): OwnRules {
  if (subject === undefined) return file.defaults;
  const found = file.entries.map((entry) => ({ entry, fit: fits(entry.match, subject) }));
  const certain = found.filter(({ fit }) => fit === 'yes').map(({ entry }) => entry);
  const sure = layersOf(certain);
  // each that the account might fit as well, in its place among those that it does fit
  return found
    .filter(({ fit }) => fit === 'perhaps')
    .map(({ entry: open }) =>
      layersOf(file.entries.filter((entry) => entry === open || certain.includes(entry))),
    )
    .map((layers) => resolveLayers(file.defaults, layers))
    .reduce(both, resolveLayers(file.defaults, sure));
}

const layersOf = (entries: PolicyFile['entries']) => entries.map(({ layer }) => layer);

const both = (a: OwnRules, b: OwnRules): OwnRules => ({
  ...a,
  gates: {
    prepare: stricter(a.gates.prepare, b.gates.prepare),
    retire: stricter(a.gates.retire, b.gates.retire),
    // the strictest of all is to have no such gate: then nobody passes
    ...(a.gates.oneWay && b.gates.oneWay && { oneWay: stricter(a.gates.oneWay, b.gates.oneWay) }),
    ...(a.gates.breakGlass &&
      b.gates.breakGlass && { breakGlass: stricter(a.gates.breakGlass, b.gates.breakGlass) }),
    ...((a.gates.waive ?? b.gates.waive) && {
      waive: stricter(a.gates.waive ?? a.gates.retire, b.gates.waive ?? b.gates.retire),
    }),
  },
  consumers: [...a.consumers, ...b.consumers.filter(({ name }) => !isNamed(a.consumers, name))],
});

const stricter = (a: GateRule, b: GateRule): GateRule => (b.need > a.need ? b : a);

const isNamed = (consumers: readonly RegisteredConsumer[], name: string): boolean =>
  consumers.some((other) => other.name.toLowerCase() === name.toLowerCase());
