import { err, ok, type Result } from '../../domain/result.ts';
import { parseAccountName } from './accountName.ts';
import { fieldsOf, part } from './checks/parts.ts';
import { crossChecks } from './crossChecks.ts';
import { defaultEncryption } from './encryption.ts';
import { inWords } from './fieldWords.ts';
import type { Entry, Field, PolicyFile } from './file.ts';
import { readGroups } from './groups.ts';
import { executionOf, type Layer } from './layers.ts';
import { matchOf } from './match.ts';
import { type People, readPeople } from './people.ts';
import { type Finding, type Path, pathText, type PolicyProblem } from './problems.ts';
import { policy, type Shape } from './schema.ts';
import { readSource, type Source } from './source.ts';
import { bySpecificity } from './specificity.ts';
import { defaultTiming } from './timing.ts';
import { plainWords, unknownName } from './words.ts';

/**
 * Reads a policy file. Refuses it with every problem there is, each with its line; `fileName` is only
 * quoted. `loopbackOnly` also refuses vaults and receipts that aren't on this machine: for a program that
 * authenticates nobody. `now` (epoch ms): freezes that are over by then are warned of.
 */
export function readPolicy(
  text: string,
  fileName: string,
  options: Readonly<{ loopbackOnly?: boolean; now?: number }> = {},
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

  const { shape, people, findings } = check(source, options.loopbackOnly ?? false, options.now ?? Date.now());
  const problems = findings.map(({ path, says, weight, of, beside }): PolicyProblem => ({
    ...at(path, of),
    weight: weight ?? 'error',
    says: beside ? `${says} (see line ${source.spot(beside).line})` : says,
  }));
  const all = [...flaws, ...problems].sort((a, b) => a.line - b.line || a.column - b.column);
  if (shape === undefined || all.some(({ weight }) => weight === 'error')) return err(all);
  return ok({ ...resolve(shape, people, source), fileName, text, warnings: all });
}

type Found = Finding & Readonly<{ of?: 'key' }>;

function check({ data }: Source, loopbackOnly: boolean, now: number) {
  const { people, findings } = readPeople(part(data, 'people'), part(data, 'tenant'));
  const { groups, findings: ofGroups } = readGroups(part(data, 'groups'), people);
  const parsed = policy({ people, groups }).safeParse(data, { error: plainWords });
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
  const all: readonly Found[] = [
    ...findings,
    ...ofGroups,
    ...complaints,
    ...crossChecks(data, loopbackOnly, now),
  ];
  return { shape: parsed.data, people, findings: all };
}

function resolve(
  shape: Shape,
  people: People,
  { data, spot }: Source,
): Omit<PolicyFile, 'fileName' | 'text' | 'warnings'> {
  const { tenant, homeChannel: home } = shape;
  const fields = (owner: unknown, path: Path): readonly Field[] =>
    fieldsOf(owner).map((field) => ({
      name: pathText(field.path),
      text: inWords(field.value),
      line: spot([...path, ...field.path], 'key').line,
    }));
  const entry = (
    list: 'rules' | 'accounts',
    index: number,
    ranked: Pick<Entry, 'kind' | 'match'>,
    layer: Layer,
  ) => {
    const path = [list, index];
    const owner = part(part(data, list), String(index));
    return { ...ranked, at: pathText(path), line: spot(path).line, layer, fields: fields(owner, path) };
  };
  const rules = shape.rules.map(({ match, ...layer }, index) =>
    entry('rules', index, { kind: 'rule', match: matchOf(match) }, layer),
  );
  const accounts = shape.accounts.map(({ name, ...layer }, index) =>
    entry('accounts', index, { kind: 'account', match: parseAccountName(name) ?? { name } }, layer),
  );
  return {
    tenant,
    people,
    homeChannel: home
      ? { conversation: home.conversation, serviceUrl: home.serviceUrl, tenantId: home.tenant ?? tenant }
      : null,
    defaults: {
      gates: shape.gates,
      afterwards: shape.afterwards,
      ...executionOf(undefined, shape.execution),
      encryption: { ...defaultEncryption, ...shape.encryption },
      timing: { ...defaultTiming, ...shape.timing },
      consumers: [],
    },
    fields: fields(data, []),
    entries: [...accounts, ...rules].sort(bySpecificity),
    accounts: shape.accounts.map(({ name }) => name),
  };
}
