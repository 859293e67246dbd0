import type { RegisteredConsumer } from '../../domain/consumers.ts';
import type { Rules } from '../../domain/policy.ts';
import type { Place } from '../../domain/rotation.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { type AccountName, parseAccountName } from './accountName.ts';
import { crossChecks } from './crossChecks.ts';
import { readPeople } from './people.ts';
import type { Finding, Path, PolicyProblem } from './problems.ts';
import { pathText } from './problems.ts';
import { policy, type Shape } from './schema.ts';
import { readSource, type Source } from './source.ts';
import { defaultTiming } from './timing.ts';
import { plainWords, unknownName } from './words.ts';

/** What applies to an account, without the digest of the whole. */
export type OwnRules = Omit<Rules, 'policy'>;

/** A policy file that keeps every rule, with everything in it resolved: people, defaults, durations. */
export type PolicyFile = Readonly<{
  tenant: string;
  homeChannel: Place | null;
  /** For an account without an entry. */
  defaults: OwnRules;
  accounts: readonly Readonly<{ spelling: string; name: AccountName; rules: OwnRules }>[];
  warnings: readonly PolicyProblem[];
}>;

/**
 * Reads a policy file. Refuses it with every problem there is, each with its line; `fileName` is only
 * quoted. `loopbackOnly` also refuses vaults and receipts that aren't on this machine: for a program that
 * authenticates nobody.
 */
export function readPolicy(
  text: string,
  fileName: string,
  options: Readonly<{ loopbackOnly?: boolean }> = {},
): Result<PolicyFile, readonly PolicyProblem[]> {
  const source = readSource(text);
  const at = (path: Path, of?: 'key') => ({ file: fileName, at: pathText(path), ...source.spot(path, of) });
  const flaws = source.flaws.map(({ line, column, says }): PolicyProblem => ({
    file: fileName,
    line,
    column,
    weight: 'error',
    at: '',
    says,
  }));
  if (source.flaws.some(({ fatal }) => fatal)) return err(flaws);
  if (source.data === null || source.data === undefined) {
    return err([{ ...at([]), weight: 'error', says: 'the file is empty: see env/policy.example.yml' }]);
  }

  const { shape, findings } = check(source, options.loopbackOnly ?? false);
  const problems = findings.map(({ path, says, weight, of }): PolicyProblem => ({
    ...at(path, of),
    weight: weight ?? 'error',
    says,
  }));
  const all = [...flaws, ...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  if (shape === undefined || all.some(({ weight }) => weight === 'error')) return err(all);
  return ok({ ...resolve(shape), warnings: all });
}

type Found = Finding & Readonly<{ of?: 'key' }>;

function check(
  { data }: Source,
  loopbackOnly: boolean,
): { shape: Shape | undefined; findings: readonly Found[] } {
  const part = (name: string) => (data as Readonly<Record<string, unknown>>)[name];
  const { people, findings } = readPeople(part('people'), part('tenant'));
  const parsed = policy(people).safeParse(data, { error: plainWords });
  const complaints = (parsed.error?.issues ?? []).flatMap((issue): Found[] => {
    const path = issue.path as Path;
    if (issue.code !== 'unrecognized_keys') return [{ path, says: issue.message }];
    const words = issue.message.split('\n');
    return issue.keys.map((key, n) => ({
      path: [...path, key],
      says: words[n] ?? unknownName(key, []),
      of: 'key',
    }));
  });
  return { shape: parsed.data, findings: [...findings, ...complaints, ...crossChecks(data, loopbackOnly)] };
}

function resolve(shape: Shape): Omit<PolicyFile, 'warnings'> {
  const { tenant, homeChannel: home } = shape;
  const defaults: OwnRules = {
    gates: shape.gates,
    afterwards: shape.afterwards,
    timing: { ...defaultTiming, ...shape.timing },
    consumers: [],
  };
  return {
    tenant,
    homeChannel: home
      ? { conversation: home.conversation, serviceUrl: home.serviceUrl, tenantId: home.tenant ?? tenant }
      : null,
    defaults,
    accounts: shape.accounts.map((account) => ({
      spelling: account.name,
      name: parseAccountName(account.name) ?? { name: account.name },
      rules: {
        gates: { ...defaults.gates, ...account.gates },
        afterwards: account.afterwards ?? defaults.afterwards,
        timing: { ...defaults.timing, ...account.timing },
        consumers: account.consumers satisfies readonly RegisteredConsumer[],
      },
    })),
  };
}
