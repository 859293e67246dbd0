import { describe, expect, test } from '@jest/globals';
import { advance, begin, dueAt } from '../../../src/domain/advance.ts';
import { isOutOfReach } from '../../../src/domain/voters.ts';
import type { GateRule, Group, Rules } from '../../../src/domain/policy.ts';
import type { Tools } from '../../../src/domain/effects.ts';
import type { Refusal } from '../../../src/domain/happenings.ts';
import type { Person } from '../../../src/domain/people.ts';
import { ada, bo, chen, dana, eli, everyone, Play, rules, tools, web } from './fixtures.ts';
import { encryptionRules, existing, PlayEncryption } from './encryptionFixtures.ts';

const gates = (prepare: Partial<GateRule>, retire: Partial<GateRule> = {}): Rules =>
  rules({
    gates: {
      prepare: { need: 2, from: [bo, chen], ...prepare },
      retire: { need: 2, from: everyone, ...retire },
    },
  });

const platform: Group = { id: 'entra:platform', kind: 'entraGroup', group: 'g', name: 'Platform' };

const atGate = (given: Rules): Play => {
  const play = new Play(given);
  play.planned();
  return play;
};

/** A vote with what the worker found out about whoever gives it. */
const vote = (
  play: Play,
  by: Person,
  standing: { memberOf?: string[]; signedInAt?: number } = {},
): Refusal | null => {
  const { phase } = play.rotation;
  if (phase.at !== 'awaitingApproval') throw new Error(`no gate is open: ${phase.at}`);
  return play.happen({ type: 'approved', by, stage: phase.stage, digest: phase.digest, ...standing });
};

const votes = (play: Play): readonly string[] =>
  play.rotation.phase.at === 'awaitingApproval' ? play.rotation.phase.votes.map(({ by }) => by.name) : [];

const isReleased = (play: Play): boolean =>
  play.effects.some((effect) => effect.do === 'run' && effect.step === 'regenerateIdleKey');

describe('who may vote', () => {
  test('a member of a group that the rule names, as the worker has looked it up', () => {
    const play = atGate(gates({ from: [bo], groups: [platform] }));
    expect(vote(play, dana)).toBe('notAnApprover');
    expect(vote(play, dana, { memberOf: ['entra:other'] })).toBe('notAnApprover');
    expect(vote(play, dana, { memberOf: [platform.id] })).toBeNull();
    expect(votes(play)).toEqual(['Dana']);
  });

  test('whoever asked only where the rule lets them in', () => {
    expect(vote(atGate(gates({ from: [ada, bo, chen] })), ada)).toBe('ownRequest');
    expect(vote(atGate(gates({ from: [ada, bo, chen], requester: 'in' })), ada)).toBeNull();
  });

  test('the owners of the consumers not where the rule leaves them out', () => {
    const from = [bo, chen, dana];
    expect(vote(atGate({ ...gates({ from }), consumers: [web] }), dana)).toBeNull();
    expect(vote(atGate({ ...gates({ from, consumerOwners: 'out' }), consumers: [web] }), dana)).toBe(
      'ownConsumer',
    );
  });

  test('the same two people approving both gates is refused where the policy says so', () => {
    const play = new Play(gates({ from: everyone }, { notAlso: ['prepare'] }));
    play.soaked();
    expect(play.rotation.phase).toMatchObject({ at: 'awaitingApproval', gate: 'retire' });
    expect(vote(play, bo)).toBe('votedElsewhere');
    expect(vote(play, chen)).toBe('votedElsewhere');
    expect(vote(play, dana)).toBeNull();
    expect(vote(play, eli)).toBeNull();
    expect(play.rotation.phase).toMatchObject({ at: 'working', stage: 'regenerateRetiredKey' });
  });

  test('and is allowed where it doesn’t', () => {
    const play = new Play(gates({ from: everyone }));
    play.soaked();
    expect(vote(play, bo)).toBeNull();
    expect(vote(play, chen)).toBeNull();
    expect(play.rotation.phase.at).toBe('working');
  });

  test('enough votes are not enough while none comes from where one must come from', () => {
    const play = atGate(gates({ from: everyone, atLeastOne: { people: [eli], groups: [platform] } }));
    vote(play, bo);
    vote(play, chen);
    expect(isReleased(play)).toBe(false);
    vote(play, dana, { memberOf: [platform.id] });
    expect(isReleased(play)).toBe(true);
  });

  test('a vote counts only after a fresh sign-in where the rule asks for one', () => {
    const play = atGate(gates({ signIn: { within: 60_000 } }));
    expect(vote(play, bo)).toBe('signInNeeded');
    expect(vote(play, bo, { signedInAt: play.at - 61_000 })).toBe('signInNeeded');
    expect(vote(play, bo, { signedInAt: play.at })).toBeNull();
  });
});

describe('votes in time', () => {
  test('one that is taken back before the quorum counts no more, and may be given again', () => {
    const play = atGate(gates({}));
    vote(play, bo);
    expect(play.happen({ type: 'voteWithdrawn', by: chen, stage: 'approveFirst' })).toBe('notVoted');
    expect(play.happen({ type: 'voteWithdrawn', by: bo, stage: 'approveFirst' })).toBeNull();
    vote(play, chen);
    expect(votes(play)).toEqual(['Chen']);
    expect(isReleased(play)).toBe(false);
    vote(play, bo);
    expect(isReleased(play)).toBe(true);
  });

  test('after the quorum nothing can be taken back', () => {
    const play = atGate(gates({}));
    vote(play, bo);
    vote(play, chen);
    expect(play.happen({ type: 'voteWithdrawn', by: bo, stage: 'approveFirst' })).toBe('staleCard');
  });

  test('one whose time is over doesn’t count, whoever comes first: the clock or the next vote', () => {
    const late = atGate(gates({ votesExpire: 60_000 }));
    vote(late, bo);
    late.at += 60_000;
    vote(late, chen);
    expect(votes(late)).toEqual(['Chen']);
    expect(isReleased(late)).toBe(false);
    const told = atGate(gates({ votesExpire: 60_000 }));
    vote(told, bo);
    expect(dueAt(told.rotation)).toBe(told.at + 60_000);
    told.happen({ type: 'timePassed' }, 60_000);
    expect(votes(told)).toEqual([]);
    expect(told.said.at(-1)).toMatchObject({ news: 'votesExpired', mention: [bo] });
  });

  test('others are called in after a while, and only then may vote', () => {
    const play = atGate(gates({ escalate: { after: 120_000, to: { people: [eli], groups: [] } } }));
    expect(vote(play, eli)).toBe('notAnApprover');
    expect(dueAt(play.rotation)).toBeLessThanOrEqual(play.at + 120_000);
    play.happen({ type: 'timePassed' }, 120_000);
    expect(play.said.at(-1)).toMatchObject({ news: 'escalated', mention: [eli] });
    expect(vote(play, eli)).toBeNull();
  });

  test('a quorum that can no longer come together is forecast', () => {
    const play = atGate(gates({}));
    const forecast = (): boolean =>
      play.rotation.phase.at === 'awaitingApproval' && isOutOfReach(play.rotation, play.rotation.phase);
    expect(forecast()).toBe(false);
    play.happen({ type: 'notReached', person: bo });
    expect(forecast()).toBe(true);
  });

  test('unless others will be called in who can make it up', () => {
    const play = atGate(gates({ escalate: { after: 120_000, to: { people: [eli], groups: [] } } }));
    play.happen({ type: 'notReached', person: bo });
    expect(
      play.rotation.phase.at === 'awaitingApproval' && isOutOfReach(play.rotation, play.rotation.phase),
    ).toBe(false);
  });
});

/** Nothing opens before this time. */
const opensAt = (time: number): Tools => ({ ...tools, nextOpen: (_execution, at) => Math.max(at, time) });

const tonight = { windows: [], freezes: [], within: 3_600_000 };

class PlayAtNight extends Play {
  night = 10_000_000;
  override happen(event: Parameters<Play['happen']>[0], after = 1000): Refusal | null {
    this.at += after;
    const advanced = advance(this.rotation, { ...event, at: this.at }, opensAt(this.night));
    if (!advanced.ok) return advanced.error;
    if (advanced.value.rotation.procedure !== 'apiKeys') throw new Error('another procedure');
    this.rotation = advanced.value.rotation;
    for (const effect of advanced.value.effects)
      (effect.do === 'run' ? this.effects : this.said).push(effect);
    return null;
  }
}

describe('approved now, carried out in a window', () => {
  const approved = (night: number, within = 3_600_000): PlayAtNight => {
    const play = new PlayAtNight({ ...gates({}), execution: { ...tonight, within } });
    play.night = night;
    play.planned();
    vote(play, bo);
    vote(play, chen);
    return play;
  };

  test('waits for the window, says so, and goes on when it opens', () => {
    const play = approved(2_000_000);
    expect(play.rotation.phase).toMatchObject({ at: 'awaitingWindow', until: 2_000_000 });
    expect(play.news()).toContain('windowAwaited');
    expect(isReleased(play)).toBe(false);
    expect(dueAt(play.rotation)).toBe(2_000_000);
    play.happen({ type: 'timePassed' }, 2_000_000 - play.at - 1);
    expect(isReleased(play)).toBe(false);
    play.happen({ type: 'timePassed' }, 1);
    expect(isReleased(play)).toBe(true);
  });

  test('an approval that waits too long is asked for again', () => {
    const play = approved(9_000_000, 60_000);
    play.happen({ type: 'timePassed' }, 60_000);
    expect(play.rotation.phase).toMatchObject({ at: 'awaitingApproval', votes: [], round: 2 });
    expect(play.news()).toContain('approvalExpired');
  });

  test('what changes meanwhile makes the approval worthless', () => {
    const play = approved(9_000_000);
    const consumer = play.rotation.consumers[0];
    if (consumer === undefined) throw new Error('no consumer');
    play.rotation = { ...play.rotation, consumers: [{ ...consumer, holds: 'neither' }] };
    play.happen({ type: 'timePassed' });
    expect(play.rotation.phase).toMatchObject({ at: 'awaitingApproval', votes: [] });
    expect(isReleased(play)).toBe(false);
  });

  test('can be cancelled while it waits', () => {
    const play = approved(9_000_000);
    expect(play.happen({ type: 'cancelled', by: ada })).toBeNull();
    expect(play.rotation.phase).toMatchObject({ at: 'ended', outcome: 'cancelled' });
  });
});

describe('an emergency', () => {
  const policy: Rules = {
    ...gates({ from: everyone }, { from: everyone }),
    gates: {
      prepare: { need: 2, from: everyone },
      retire: { need: 2, from: everyone },
      breakGlass: { need: 1, from: [bo] },
    },
    execution: tonight,
  };

  const hurried = (given: Rules = policy): Play => {
    const play = new Play(given);
    const { request, id } = play.rotation;
    const begun = begin(id, 'apiKeys', { ...request, breakGlass: true }, given).rotation;
    if (begun.procedure !== 'apiKeys') throw new Error('another procedure');
    play.rotation = begun;
    return play;
  };

  test('needs fewer people, waits for no window, and tells at once whom it skips', () => {
    const play = hurried();
    play.planned();
    expect(play.said).toContainEqual({ do: 'say', news: 'skipped', mention: [chen, dana, eli] });
    expect(play.said.filter((effect) => effect.do === 'tell' && effect.news === 'skipped')).toHaveLength(3);
    expect(vote(play, chen)).toBe('notAnApprover');
    expect(vote(play, bo)).toBeNull();
    expect(isReleased(play)).toBe(true);
  });

  test('is refused where the policy has no such gate', () => {
    const { breakGlass: _none, ...calm } = policy.gates;
    const play = hurried({ ...policy, gates: calm });
    play.planned();
    expect(play.rotation.phase).toMatchObject({
      at: 'ended',
      outcome: 'refused',
      says: expect.stringContaining('breakGlass') as unknown,
    });
  });

  test('owes a review that is chased until one of those who were skipped gives it', () => {
    const play = hurried();
    play.prepared();
    play.happen({ type: 'notReached', person: eli });
    const { resume } = { resume: play.rotation };
    play.rotation = {
      ...resume,
      phase: { at: 'choosing', stage: 'switchBack', since: play.at, until: play.at + 1000 },
    };
    play.happen({ type: 'chosen', by: ada, choice: 'stay' });
    expect(play.rotation.review).toMatchObject({ state: 'owed' });
    expect(play.said).toContainEqual({ do: 'say', news: 'reviewOwed', mention: [chen, dana, eli] });
    const due = dueAt(play.rotation) ?? 0;
    expect(due).toBe(play.at + 3_600_000);
    play.happen({ type: 'timePassed' }, 3_600_000);
    expect(play.news().filter((news) => news === 'reviewOwed').length).toBeGreaterThan(4);
    expect(play.happen({ type: 'reviewed', by: ada, says: 'fine' })).toBe('notInvolved');
    expect(play.happen({ type: 'reviewed', by: bo, says: 'fine' })).toBe('notInvolved');
    expect(play.happen({ type: 'reviewed', by: chen, says: ' ' })).toBe('reasonMissing');
    expect(play.happen({ type: 'reviewed', by: chen, says: 'It was needed.' })).toBeNull();
    expect(play.rotation.review).toMatchObject({ state: 'given', by: chen });
    expect(dueAt(play.rotation)).toBeNull();
    expect(play.happen({ type: 'reviewed', by: dana, says: 'me too' })).toBe('noReviewOwed');
  });

  test('one that changed nothing owes none', () => {
    const play = hurried();
    play.planned();
    play.happen({ type: 'cancelled', by: ada });
    expect(play.rotation.review).toBeUndefined();
    expect(play.happen({ type: 'reviewed', by: chen, says: 'x' })).toBe('noReviewOwed');
  });

  test('never opens the one-way door faster', () => {
    const given = encryptionRules();
    const play = new PlayEncryption({
      ...given,
      gates: { ...given.gates, breakGlass: { need: 1, from: [bo] } },
    });
    play.rotation = { ...play.rotation, request: { ...play.rotation.request, breakGlass: true } };
    play.planned({ ...existing, oneWay: true, previous: null, from: { source: 'microsoft' } });
    play.approve(bo);
    expect(play.rotation.phase).toMatchObject({ at: 'awaitingApproval', gate: 'oneWay' });
  });
});
