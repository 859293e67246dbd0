import { addVote, type Ballot, knownVoters, type Standing, type VoteRefusal } from '../../domain/approval.ts';
import { ownersOf } from '../../domain/apiKeys/consumers.ts';
import { isOneOf, type Person } from '../../domain/people.ts';
import type { GateRule, RuleName } from '../../domain/policy.ts';
import type { OwnRules } from './layers.ts';

/** Somebody by the short name that the file has for them. */
export type Voter = Readonly<{ alias: string; person: Person }>;

/** What becomes of votes at one gate; `rule` null: there is no such gate. */
export type Trial = Readonly<{
  gate: RuleName;
  rule: GateRule | null;
  reached: boolean;
  votes: readonly Readonly<{ alias: string; counts: true | 'notNeeded' | VoteRefusal }>[];
  /** Those known by name who could still vote. */
  left: readonly Person[];
}>;

type Given = Standing & Readonly<{ at: number }>;

/**
 * Lets these people vote at every gate, one gate after the other, as freshly signed in as may be and as
 * members of no group. `by`: who asked for it, null when that is left open.
 */
export function simulate(rules: OwnRules, voters: readonly Voter[], by: Person | null): readonly Trial[] {
  const passed = new Map<RuleName, readonly Given[]>();
  const gates: readonly RuleName[] = ['prepare', 'retire', 'oneWay', 'waive', 'breakGlass'];
  return gates.map((gate) => {
    const rule = rules.gates[gate];
    if (rule === undefined) return { gate, rule: null, reached: false, votes: [], left: [] };
    const elsewhere = (rule.notAlso ?? [])
      .filter((other) => other !== gate)
      .flatMap((other) => (passed.get(other) ?? []).map((vote) => vote.by));
    const ballot: Ballot = {
      rule,
      escalated: false,
      out: [
        { people: by === null || rule.requester === 'in' ? [] : [by], because: 'ownRequest' },
        { people: elsewhere, because: 'votedElsewhere' },
        {
          people: rule.consumerOwners === 'out' ? rules.consumers.flatMap(consumerOwners) : [],
          because: 'ownConsumer',
        },
      ],
    };
    const { counted, ...trial } = tryBallot(ballot, voters);
    passed.set(gate, counted);
    return { gate, rule, ...trial };
  });
}

function tryBallot(ballot: Ballot, voters: readonly Voter[]) {
  let counted: readonly Given[] = [];
  let reached = false;
  const votes = voters.map(({ alias, person }): Trial['votes'][number] => {
    // the gate has opened without them, so they are still free to vote where `notAlso` names it
    if (reached) return { alias, counts: 'notNeeded' };
    const added = addVote(ballot, counted, { by: person, at: 0, signedInAt: 0 });
    if (!added.ok) return { alias, counts: added.error };
    counted = added.value.votes;
    reached = added.value.reached;
    return { alias, counts: true };
  });
  const voted = counted.map((vote) => vote.by);
  return { counted, reached, votes, left: knownVoters(ballot, {}).filter((one) => !isOneOf(one, voted)) };
}

const consumerOwners = (registered: OwnRules['consumers'][number]) =>
  ownersOf({ registered, holds: 'undeclared' });
