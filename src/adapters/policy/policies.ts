import type { DigestOf } from '../../application/ports/ambient.ts';
import type { Policies } from '../../application/ports/policy.ts';
import type { RegisteredConsumer } from '../../domain/consumers.ts';
import type { Account } from '../../domain/plan.ts';
import type { Gate, GateRule } from '../../domain/policy.ts';
import {
  type AccountName,
  canMeanTheSame,
  covers,
  isAbout,
  parseAccountName,
  precision,
} from './accountName.ts';
import { digestOfPolicy } from './digest.ts';
import type { OwnRules, PolicyFile } from './read.ts';

/**
 * The rules in force. Of several entries that fit an account the most precise one applies, alone.
 * An account as found gives the exact answer. A typed name can mean several accounts: as long as nobody
 * knows which, the consumers of all of them and the strictest of their gates apply.
 */
export function policiesFrom(file: PolicyFile, digestOf: DigestOf): Policies {
  const policy = digestOfPolicy(file, digestOf);
  return {
    rulesFor: (account) => ({
      ...(typeof account === 'string' ? asTyped(file, account) : asFound(file, account)),
      policy,
    }),
    homeChannel: file.homeChannel,
    accounts: file.accounts.map(({ spelling }) => spelling),
  };
}

function asFound(file: PolicyFile, account: Account): OwnRules {
  const [best] = file.accounts.filter(({ name }) => isAbout(name, account)).sort(byPrecision);
  return best?.rules ?? file.defaults;
}

function asTyped(file: PolicyFile, text: string): OwnRules {
  const typed = parseAccountName(text);
  if (typed === undefined) return file.defaults;
  const [certain] = file.accounts.filter(({ name }) => covers(name, typed)).sort(byPrecision);
  const least = certain === undefined ? 0 : precision(certain.name);
  return file.accounts
    .filter(({ name }) => canMeanTheSame(name, typed) && precision(name) >= least && name !== certain?.name)
    .map(({ rules }) => rules)
    .reduce(both, certain?.rules ?? file.defaults);
}

const byPrecision = (a: { name: AccountName }, b: { name: AccountName }): number =>
  precision(b.name) - precision(a.name);

const both = (a: OwnRules, b: OwnRules): OwnRules => ({
  ...a,
  gates: { prepare: stricter('prepare', a, b), retire: stricter('retire', a, b) },
  consumers: [...a.consumers, ...b.consumers.filter(({ name }) => !isNamed(a.consumers, name))],
});

const stricter = (gate: Gate, a: OwnRules, b: OwnRules): GateRule =>
  b.gates[gate].need > a.gates[gate].need ? b.gates[gate] : a.gates[gate];

const isNamed = (consumers: readonly RegisteredConsumer[], name: string): boolean =>
  consumers.some((other) => other.name.toLowerCase() === name.toLowerCase());
