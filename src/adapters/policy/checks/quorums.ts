import type { RuleName } from '../../../domain/policy.ts';
import type { Finding, Path } from '../problems.ts';
import { disagreements, type Value } from './pairs.ts';
import { part, rulesOf } from './parts.ts';

const needOf = (owner: unknown, gate: RuleName): number | undefined => {
  const need = part(part(part(owner, 'gates'), gate), 'need');
  return typeof need === 'number' && need >= 1 ? need : undefined;
};

const need = (gate: RuleName, path: Path = ['gates', gate, 'need']): Value<number> => ({
  read: (owner) => needOf(owner, gate),
  path,
});

/** What the gates' numbers say about each other. */
export const quorumChecks = (data: unknown): readonly Finding[] => [
  ...disagreements(
    data,
    need('retire', ['gates']),
    need('prepare', ['gates']),
    (retire, prepare) =>
      retire >= prepare
        ? undefined
        : `retire asks fewer people (${retire}) than prepare (${prepare}), although it kills the key in use`,
    'warning',
  ),
  ...disagreements(data, need('oneWay'), need('prepare'), (oneWay, prepare) =>
    oneWay > prepare
      ? undefined
      : `nobody can undo what oneWay (${oneWay}) allows, so it must need more people than ` +
        `prepare (${prepare}): let oneWay need ${prepare + 1} or more`,
  ),
  ...disagreements(
    data,
    need('breakGlass'),
    need('prepare'),
    (breakGlass, prepare) =>
      breakGlass < prepare
        ? undefined
        : `breakGlass asks as many people (${breakGlass}) as prepare (${prepare}): an emergency would gain nothing`,
    'warning',
  ),
  ...laxTags(data),
];

/** To tag an account is a smaller right than to approve, so tags had better not make a gate easier. */
const laxTags = (data: unknown): readonly Finding[] =>
  rulesOf(data).flatMap(({ part: rule, path }): Finding[] => {
    if (part(part(rule, 'match'), 'tags') === undefined) return [];
    const gates: readonly RuleName[] = ['prepare', 'retire', 'oneWay', 'waive', 'breakGlass'];
    return gates.flatMap((gate): Finding[] => {
      const own = needOf(rule, gate);
      const usual = needOf(data, gate);
      if (own === undefined || usual === undefined || own >= usual) return [];
      const says =
        `needs ${own} where the file needs ${usual}: ` +
        'whoever may tag an account could make its gate easier; let tags only ask for more';
      return [{ path: [...path, 'gates', gate, 'need'], says, weight: 'warning' }];
    });
  });
