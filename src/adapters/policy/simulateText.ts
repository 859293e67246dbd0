import type { VoteRefusal } from '../../domain/approval.ts';
import type { Person } from '../../domain/people.ts';
import type { GateRule, RuleName } from '../../domain/policy.ts';
import type { People } from './people.ts';
import type { Trial } from './simulate.ts';

const refusals: Readonly<Record<VoteRefusal | 'notNeeded', string>> = {
  notNeeded: 'is not needed any more',
  ownRequest: 'does not count, because whoever asks does not',
  notAnApprover: 'does not count, because the gate does not name them',
  alreadyVoted: 'counts once only',
  votedElsewhere: 'does not count, because they approved at a gate that must have others',
  ownConsumer: 'does not count, because they own a consumer',
  signInNeeded: 'does not count without a new sign-in',
};

const missingGate: Readonly<Record<RuleName, string>> = {
  prepare: 'there is no such gate',
  retire: 'there is no such gate',
  oneWay: 'there is no such gate, so nobody may go through',
  waive: 'as retire',
  breakGlass: 'there is no such gate, so nobody may hurry',
};

/** What becomes of votes, for a terminal; people by their short names. `asked`: whether somebody was said to ask. */
export function trialText(trial: Trial, people: People, asked: boolean): string {
  const { gate, rule, votes } = trial;
  if (rule === null) return `${gate}: ${missingGate[gate]}`;
  const names = (some: readonly Person[]) => some.map((person) => aliasOf(person, people)).join(', ');
  const groups = (rule.groups ?? []).map(({ name }) => name).join(', ');
  const who = [names(rule.from), groups].filter((text) => text !== '').join(', ');
  const told = votes.map(({ alias, counts }) => {
    const perhaps =
      counts === 'notAnApprover' && groups !== '' ? `, unless they are a member of ${groups}` : '';
    return `  ${alias} ${counts === true ? 'counts' : refusals[counts]}${perhaps}`;
  });
  return [
    `${gate} (${rule.need} of ${who}): ${outcome(trial, rule, names)}`,
    ...told,
    ...whenOneAsks(trial, rule, asked),
  ].join('\n');
}

function outcome(
  { reached, votes, left }: Trial,
  rule: GateRule,
  names: (some: readonly Person[]) => string,
): string {
  const counted = votes.filter(({ counts }) => counts === true).length;
  const tally = `${counted} of ${rule.need}`;
  if (reached) return `reached, ${tally}`;
  if (counted >= rule.need)
    return `not reached, ${tally}: none of them is one of those of whom it needs at least one`;
  const missing = rule.need - counted;
  const few = missing > left.length;
  if (few && rule.groups === undefined)
    return `not reached, ${tally}: only ${left.length} more could approve`;
  return `not reached, ${tally}: ${missing} more of ${few ? 'its groups' : names(left)} would do`;
}

/** Somebody who votes may be who asks: that vote is then missing. */
const whenOneAsks = ({ reached, votes }: Trial, rule: GateRule, asked: boolean): readonly string[] => {
  const counted = votes.filter(({ counts }) => counts === true).map(({ alias }) => alias);
  return reached && !asked && rule.requester !== 'in' && counted.length === rule.need
    ? [`  but 1 more is needed if one of ${counted.join(', ')} is who asks`]
    : [];
};

const aliasOf = (person: Person, people: People): string =>
  [...people].find(([, other]) => other === person)?.[0] ?? person.name;
