import { describe, expect, test } from '@jest/globals';
import { apiKeysActions, blockersOf } from '../../../src/domain/apiKeys/safety.ts';
import {
  ada,
  batch,
  bo,
  chen,
  dana,
  eli,
  indexer,
  picture,
  Play,
  plan,
  rules,
  staleKey,
  web,
} from './fixtures.ts';

describe('the path', () => {
  test('goes through every stage in order and finishes on the new key', () => {
    const play = new Play();
    play.retired();
    expect(play.rotation.phase).toMatchObject({ at: 'completed', outcome: 'rotated' });
    expect(play.rotation.history.map(({ stage }) => stage)).toEqual([
      'plan',
      'approveFirst',
      'regenerateIdleKey',
      'proveIdleKey',
      'moveConsumers',
      'watchTraffic',
      'approveSecond',
      'regenerateRetiredKey',
      'finished',
    ]);
    expect(play.rotation.slots).toEqual({
      Key1: { fingerprint: 'ONE', condition: 'retired' },
      Key2: { fingerprint: 'TWO', condition: 'live' },
    });
  });

  test('asks for exactly two regenerations, the idle key first', () => {
    const play = new Play();
    play.retired();
    const regenerations = play.effects.flatMap((effect) =>
      effect.do === 'run' && effect.step.startsWith('regenerate') ? [effect] : [],
    );
    expect(regenerations.map(({ step, ask }) => [step, ask])).toEqual([
      ['regenerateIdleKey', { slot: 'Key2' }],
      ['regenerateRetiredKey', { slot: 'Key1' }],
    ]);
  });

  test('moves consumers off the idle key before the first gate opens', () => {
    const play = new Play();
    play.planned({ web: 'Key1', indexer: 'Key2' });
    expect(play.rotation.phase).toMatchObject({ at: 'working', stage: 'settleOnOneKey' });
    expect(play.pending('giveConsumers').ask).toEqual({ slot: 'Key1', consumers: ['indexer'] });
    play.answer('giveConsumers', {
      keys: plan.keys,
      given: [{ consumer: 'indexer', version: 'i2' }],
      failed: [],
    });
    expect(play.rotation.phase).toMatchObject({ at: 'moving', stage: 'settleOnOneKey' });
    play.happen({ type: 'timePassed' }, 60_000);
    expect(play.rotation.phase).toMatchObject({ at: 'awaitingApproval', stage: 'approveFirst' });
    expect(play.rotation.consumers.map(({ holds }) => holds)).toEqual(['Key1', 'Key1']);
  });

  test('gives the key to nobody before it is proved', () => {
    const play = new Play();
    play.planned();
    play.approve(bo);
    play.approve(chen);
    play.answer('regenerateIdleKey', { keys: picture('one', 'TWO'), found: 'answered', by: 'worker-1' });
    expect(play.rotation.slots?.Key2.condition).toBe('unproved');
    expect(play.effects.some((effect) => effect.do === 'run' && effect.step === 'giveConsumers')).toBe(false);
  });

  test('an account that is not safe to rotate is refused with its reason, and nothing is asked of Azure', () => {
    const play = new Play();
    play.answer('plan', { safe: false, says: 'It is moving.', remedy: 'Wait.', near: ['contoso-chat-dev'] });
    expect(play.rotation.phase).toMatchObject({
      at: 'ended',
      outcome: 'refused',
      says: 'It is moving.',
      remedy: 'Wait. Did you mean contoso-chat-dev?',
    });
    expect(play.effects).toHaveLength(1);
  });

  test('refuses a plan whose quorum the requester would have to complete', () => {
    const play = new Play(
      rules({ gates: { prepare: { need: 2, from: [ada, bo] }, retire: { need: 1, from: [bo] } } }),
    );
    play.planned();
    expect(play.rotation.phase).toMatchObject({ at: 'ended', outcome: 'refused' });
  });

  test('an answer of an effect that the rotation does not wait for changes nothing', () => {
    const play = new Play();
    play.planned();
    const before = play.rotation;
    const keys = picture('x', 'y');
    const refusal = play.happen({
      type: 'stepDone',
      key: staleKey,
      step: 'regenerateIdleKey',
      answer: { keys, found: 'answered', by: 'worker-1' },
    });
    expect(refusal).toBe('notExpected');
    expect(play.rotation).toBe(before);
  });
});

describe('the gates', () => {
  test('release the step at the quorum, and not one vote earlier', () => {
    const play = new Play();
    play.planned();
    expect(play.approve(bo)).toBeNull();
    expect(play.rotation.phase.at).toBe('awaitingApproval');
    expect(play.approve(chen)).toBeNull();
    expect(play.rotation.phase).toMatchObject({ at: 'working', stage: 'regenerateIdleKey' });
    expect(play.rotation.approvals.prepare?.map(({ by }) => by.name)).toEqual(['Bo', 'Chen']);
  });

  test("refuse the requester's own approval", () => {
    const play = new Play();
    play.planned();
    expect(play.approve(ada)).toBe('ownRequest');
  });

  test('count one vote a person, whatever name they show', () => {
    const play = new Play();
    play.planned();
    play.approve(bo);
    expect(play.approve({ ...bo, name: 'Somebody Else', objectId: bo.objectId.toUpperCase() })).toBe(
      'alreadyVoted',
    );
    expect(play.rotation.phase.at).toBe('awaitingApproval');
  });

  test('refuse who is not named by the policy, also under the name of one who is', () => {
    const play = new Play(
      rules({ gates: { prepare: { need: 1, from: [bo] }, retire: { need: 1, from: [bo] } } }),
    );
    play.planned();
    expect(play.approve({ ...chen, name: 'Bo' })).toBe('notAnApprover');
    expect(play.approve({ ...bo, tenantId: '22222222-2222-4222-8222-222222222222' })).toBe('notAnApprover');
  });

  test('refuse a click on a card from an earlier stage', () => {
    const play = new Play();
    play.planned();
    const { phase } = play.rotation;
    if (phase.at !== 'awaitingApproval') throw new Error('not at a gate');
    play.approve(bo);
    play.approve(chen);
    expect(play.happen({ type: 'approved', by: dana, stage: 'approveFirst', digest: phase.digest })).toBe(
      'staleCard',
    );
  });

  test('refuse a vote for a plan that is not the current one, and void earlier votes when it changes', () => {
    const play = new Play(rules({ consumers: [web, batch] }));
    play.planned({ web: 'Key1', batch: 'Key1' });
    const shown = play.rotation.phase.at === 'awaitingApproval' ? play.rotation.phase.digest : undefined;
    if (shown === undefined) throw new Error('not at a gate');
    play.approve(bo);
    play.happen({ type: 'declared', by: dana, consumer: 'batch', holds: 'neither' });
    expect(play.rotation.phase).toMatchObject({ at: 'awaitingApproval', votes: [] });
    expect(play.news()).toContain('planChanged');
    expect(play.happen({ type: 'approved', by: chen, stage: 'approveFirst', digest: shown })).toBe(
      'planChanged',
    );
  });

  test('a rejection at the first gate ends the rotation with nothing changed', () => {
    const play = new Play();
    play.planned();
    const { phase } = play.rotation;
    if (phase.at !== 'awaitingApproval') throw new Error('not at a gate');
    play.happen({ type: 'rejected', by: bo, stage: phase.stage, digest: phase.digest, reason: 'not today' });
    expect(play.rotation.phase).toMatchObject({ at: 'ended', outcome: 'declined', says: 'not today' });
  });

  test('a rejection at the second gate holds it: ask again, or close it with the old key alive as a deviation', () => {
    const play = new Play();
    play.soaked();
    const { phase } = play.rotation;
    if (phase.at !== 'awaitingApproval') throw new Error('not at a gate');
    play.happen({ type: 'rejected', by: bo, stage: phase.stage, digest: phase.digest });
    expect(play.rotation.phase.at).toBe('held');
    expect(apiKeysActions(play.rotation)).toMatchObject({ rollBack: true, cancel: true });
    play.happen({ type: 'askedAgain', by: ada });
    expect(play.rotation.phase).toMatchObject({ at: 'awaitingApproval', stage: 'approveSecond', votes: [] });
    const again = play.rotation.phase;
    if (again.at !== 'awaitingApproval') throw new Error('not at a gate');
    play.happen({ type: 'rejected', by: chen, stage: 'approveSecond', digest: again.digest });
    play.happen({ type: 'closedOldKeyAlive', by: bo });
    expect(play.rotation.phase).toMatchObject({ at: 'completed', outcome: 'oldKeyAlive' });
    expect(play.rotation.remarks.join(' ')).toContain('Deviation');
  });

  test.each([
    ['neither', 'web holds a value that is neither Key 1 nor Key 2.'],
    ['unreadable', 'What web holds could not be read.'],
  ] as const)('nobody can approve the first gate while a consumer holds %s', (holds, sentence) => {
    const play = new Play();
    play.planned({ web: holds, indexer: 'Key1' });
    expect(blockersOf(play.rotation)).toEqual([sentence]);
    expect(play.approve(bo)).toBe('blocked');
  });

  test('an undeclared manual consumer blocks until its owner says which key it holds', () => {
    const play = new Play(rules({ consumers: [batch] }));
    play.planned({ batch: 'undeclared' });
    expect(play.news()).toContain('declarationNeeded');
    expect(play.approve(bo)).toBe('blocked');
    expect(play.happen({ type: 'declared', by: bo, consumer: 'batch', holds: 'Key1' })).toBe('notAnOwner');
    expect(play.happen({ type: 'declared', by: eli, consumer: 'batch', holds: 'Key1' })).toBeNull();
    expect(play.approve(bo)).toBeNull();
  });

  test('a manual consumer that declares the idle key is moved off it first', () => {
    const play = new Play(rules({ consumers: [batch] }));
    play.planned({ batch: 'undeclared' });
    play.happen({ type: 'declared', by: dana, consumer: 'batch', holds: 'Key2' });
    expect(play.rotation.phase).toMatchObject({ at: 'working', stage: 'settleOnOneKey' });
    play.answer('giveConsumers', { keys: plan.keys, given: [], failed: [] });
    expect(play.news()).toContain('switchNeeded');
    play.happen({ type: 'confirmed', by: dana, consumer: 'batch', to: 'Key1' });
    expect(play.rotation.phase).toMatchObject({ at: 'awaitingApproval', stage: 'approveFirst' });
  });
});

describe('the receipts', () => {
  test('given is not moved: the version that the consumer names has to be the one it was given', () => {
    const play = new Play(rules({ consumers: [web] }));
    play.prepared();
    play.answer('giveConsumers', {
      keys: picture('one', 'TWO'),
      given: [{ consumer: 'web', version: 'w2' }],
      failed: [],
    });
    play.answer('verifyConsumers', { seen: [{ consumer: 'web', version: 'w1', note: 'still on w1' }] });
    expect(play.rotation.phase.at).toBe('moving');
    play.happen({ type: 'timePassed' }, 86_400_000);
    expect(play.rotation.phase.at).toBe('moving');
    play.answer('verifyConsumers', { seen: [{ consumer: 'web', version: 'w2', note: 'new' }] });
    expect(play.rotation.consumers[0]?.move?.receipt).toMatchObject({ as: 'proved', version: 'w2' });
    expect(play.rotation.phase.at).toBe('watching');
  });

  test('a declared time that has passed is asserted, not proved', () => {
    const play = new Play(rules({ consumers: [indexer] }));
    play.prepared();
    play.answer('giveConsumers', {
      keys: picture('one', 'TWO'),
      given: [{ consumer: 'indexer', version: 'i2' }],
      failed: [],
    });
    play.happen({ type: 'timePassed' }, 30_000);
    expect(play.rotation.phase.at).toBe('moving');
    play.happen({ type: 'timePassed' }, 31_000);
    expect(play.rotation.consumers[0]?.move?.receipt.as).toBe('asserted');
  });

  test('a confirmation can be taken back until the old key is retired, and voids the votes', () => {
    const play = new Play(rules({ consumers: [batch] }));
    play.planned({ batch: 'undeclared' });
    play.happen({ type: 'declared', by: dana, consumer: 'batch', holds: 'Key1' });
    play.approve(bo);
    play.approve(chen);
    play.answer('regenerateIdleKey', { keys: picture('one', 'TWO'), found: 'answered', by: 'worker-1' });
    play.answer('proveIdleKey', { keys: picture('one', 'TWO'), answers: 20, proved: true });
    play.answer('giveConsumers', { keys: picture('one', 'TWO'), given: [], failed: [] });
    expect(play.happen({ type: 'confirmed', by: bo, consumer: 'batch', to: 'Key2' })).toBe('notAnOwner');
    play.happen({ type: 'confirmed', by: dana, consumer: 'batch', to: 'Key2' });
    play.at += 600_000;
    play.answer('watchTraffic', { look: play.look(10, 0) });
    expect(play.rotation.phase).toMatchObject({ at: 'awaitingApproval', stage: 'approveSecond' });
    play.approve(bo);
    expect(play.happen({ type: 'withdrawn', by: eli, consumer: 'batch', to: 'Key2' })).toBeNull();
    expect(play.rotation.phase).toMatchObject({ at: 'moving', stage: 'moveConsumers' });
    expect(play.rotation.consumers[0]).toMatchObject({ holds: 'Key1', move: { receipt: { as: 'given' } } });
  });

  test('a waiver needs the quorum of the second gate without who asked for it, and a reason', () => {
    const play = new Play(rules({ consumers: [web] }));
    play.prepared();
    play.answer('giveConsumers', {
      keys: picture('one', 'TWO'),
      given: [{ consumer: 'web', version: 'w2' }],
      failed: [],
    });
    const subject = { of: 'consumer', consumer: 'web' } as const;
    expect(play.happen({ type: 'waiverAsked', by: chen, subject, reason: ' ' })).toBe('reasonMissing');
    play.happen({ type: 'waiverAsked', by: chen, subject, reason: 'its receipt is broken' });
    expect(play.happen({ type: 'waiverApproved', by: chen, waiver: 1 })).toBe('ownRequest');
    expect(play.happen({ type: 'waiverApproved', by: ada, waiver: 1 })).toBe('ownRequest');
    play.happen({ type: 'waiverApproved', by: bo, waiver: 1 });
    expect(play.rotation.phase.at).toBe('moving');
    play.happen({ type: 'waiverApproved', by: dana, waiver: 1 });
    expect(play.rotation.consumers[0]).toMatchObject({ holds: 'Key1', move: { receipt: { as: 'waived' } } });
    expect(play.rotation.phase.at).toBe('watching');
  });

  test('a secret that could not be written halts with the others given, and Retry keeps the key of the effect', () => {
    const play = new Play();
    play.prepared();
    const { key } = play.pending('giveConsumers');
    const fault = { kind: 'refused', says: 'A stranger.', remedy: 'By hand.' } as const;
    play.answer('giveConsumers', {
      keys: picture('one', 'TWO'),
      given: [{ consumer: 'web', version: 'w2' }],
      failed: [{ consumer: 'indexer', fault }],
    });
    expect(play.rotation.phase).toMatchObject({ at: 'halted', stage: 'moveConsumers' });
    expect(play.rotation.consumers.map(({ move }) => move?.receipt.as)).toEqual(['given', 'toGive']);
    expect(apiKeysActions(play.rotation)).toMatchObject({ retry: true, rollBack: true, cancel: true });
    play.happen({ type: 'retried', by: bo, stage: 'moveConsumers' });
    expect(play.pending('giveConsumers')).toMatchObject({ key, attempt: 2 });
  });
});

describe('the traffic', () => {
  test('a rise of refusals before the retirement halts, and offers Roll back', () => {
    const play = new Play();
    play.moved();
    play.answer('watchTraffic', { look: play.look(100, 3) });
    expect(play.rotation.phase).toMatchObject({ at: 'halted', stage: 'watchTraffic' });
    expect(apiKeysActions(play.rotation)).toMatchObject({ retry: true, rollBack: true });
  });

  test('no traffic is no evidence: the rotation waits, and a waiver lets it go on', () => {
    const play = new Play();
    play.moved();
    play.at += 600_000;
    play.answer('watchTraffic', { look: play.look(0, 0) });
    expect(play.rotation.phase).toMatchObject({ at: 'watching', told: true });
    expect(play.news().filter((news) => news === 'noEvidence')).toHaveLength(1);
    play.answer('watchTraffic', { look: { at: play.at, unavailable: 'no metrics' } });
    expect(play.news().filter((news) => news === 'noEvidence')).toHaveLength(1);
    play.happen({ type: 'waiverAsked', by: ada, subject: { of: 'traffic' }, reason: 'it is night' });
    play.happen({ type: 'waiverApproved', by: bo, waiver: 1 });
    play.happen({ type: 'waiverApproved', by: chen, waiver: 1 });
    expect(play.rotation.phase).toMatchObject({ at: 'awaitingApproval', stage: 'approveSecond' });
  });

  test('the soak is not shortened by a quiet look', () => {
    const play = new Play();
    play.moved();
    play.answer('watchTraffic', { look: play.look(100, 0) });
    expect(play.rotation.phase.at).toBe('watching');
  });

  test('a rise after the retirement is told, since nothing can bring the old key back', () => {
    const play = new Play();
    play.retired();
    play.answer('watchTraffic', { look: play.look(100, 9) });
    expect(play.rotation.phase.at).toBe('completed');
    expect(play.news()).toContain('trafficRoseTooLate');
  });
});

describe('halting', () => {
  test('keys that changed before the first regeneration lead to a new plan and new votes', () => {
    const play = new Play();
    play.planned();
    play.approve(bo);
    play.approve(chen);
    play.fail('regenerateIdleKey', 'drifted');
    expect(play.rotation.phase.at).toBe('halted');
    play.happen({ type: 'retried', by: ada, stage: 'regenerateIdleKey' });
    expect(play.rotation.phase).toMatchObject({ at: 'working', stage: 'plan' });
    play.planned();
    expect(play.rotation.phase).toMatchObject({ at: 'awaitingApproval', votes: [] });
  });

  test('an unknown outcome is retried under the same key', () => {
    const play = new Play();
    play.soaked();
    play.approve(bo);
    play.approve(chen);
    const { key } = play.pending('regenerateRetiredKey');
    play.fail('regenerateRetiredKey', 'unknownOutcome');
    play.happen({ type: 'retried', by: chen, stage: 'regenerateRetiredKey' });
    expect(play.pending('regenerateRetiredKey')).toMatchObject({ key, attempt: 2 });
  });

  test('rolling back brings everyone back to the old key and needs its receipts', () => {
    const play = new Play();
    play.soaked();
    play.happen({ type: 'rollBackAsked', by: bo, stage: 'approveSecond' });
    expect(play.pending('giveConsumers').ask).toEqual({ slot: 'Key1', consumers: ['web', 'indexer'] });
    play.answer('giveConsumers', {
      keys: picture('one', 'TWO'),
      given: [
        { consumer: 'web', version: 'w3' },
        { consumer: 'indexer', version: 'i3' },
      ],
      failed: [],
    });
    play.answer('verifyConsumers', { seen: [{ consumer: 'web', version: 'w3', note: 'new' }] });
    play.happen({ type: 'timePassed' }, 60_000);
    expect(play.rotation.phase).toMatchObject({ at: 'completed', outcome: 'rolledBack' });
    expect(play.rotation.consumers.map(({ holds }) => holds)).toEqual(['Key1', 'Key1']);
  });

  test('there is no way back once the old key is retired', () => {
    const play = new Play(rules({ afterwards: 'ask' }));
    play.retired();
    expect(apiKeysActions(play.rotation)).toMatchObject({ rollBack: false, cancel: false });
    expect(play.happen({ type: 'rollBackAsked', by: bo, stage: 'switchBack' })).toBe('notSafeNow');
    expect(play.happen({ type: 'cancelled', by: ada })).toBe('notSafeNow');
  });

  test('a step that changes Azure cannot be cancelled in the middle', () => {
    const play = new Play();
    play.planned();
    play.approve(bo);
    play.approve(chen);
    expect(play.happen({ type: 'cancelled', by: ada })).toBe('notSafeNow');
    play.answer('regenerateIdleKey', { keys: picture('one', 'TWO'), found: 'answered', by: 'worker-1' });
    expect(play.happen({ type: 'cancelled', by: ada })).toBeNull();
    expect(play.rotation.phase).toMatchObject({ at: 'ended', outcome: 'cancelled' });
  });

  test('a bystander can neither retry nor cancel', () => {
    const gates = { prepare: { need: 1, from: [bo] }, retire: { need: 1, from: [bo] } };
    const play = new Play(rules({ gates }));
    play.planned();
    expect(play.happen({ type: 'cancelled', by: eli })).toBe('notInvolved');
  });
});

describe('after the retirement', () => {
  test('switching back proves and gives the regenerated original, without a third regeneration', () => {
    const play = new Play(rules({ afterwards: 'ask' }));
    play.retired();
    play.happen({ type: 'chosen', by: ada, choice: 'switchBack' });
    expect(play.pending('giveConsumers').ask).toEqual({ slot: 'Key1', consumers: ['web', 'indexer'] });
    play.answer('giveConsumers', {
      keys: picture('ONE', 'TWO'),
      given: [
        { consumer: 'web', version: 'w3' },
        { consumer: 'indexer', version: 'i3' },
      ],
      failed: [],
    });
    play.answer('verifyConsumers', { seen: [{ consumer: 'web', version: 'w3', note: 'new' }] });
    play.happen({ type: 'timePassed' }, 60_000);
    expect(play.rotation.phase).toMatchObject({ at: 'completed', outcome: 'switchedBack' });
    expect(play.rotation.slots?.Key1.condition).toBe('live');
  });

  test('without a choice it stays', () => {
    const play = new Play(rules({ afterwards: 'ask' }));
    play.retired();
    play.happen({ type: 'timePassed' }, 1000);
    expect(play.rotation.phase.at).toBe('choosing');
    play.happen({ type: 'timePassed' }, 300_000);
    expect(play.rotation.phase).toMatchObject({ at: 'completed', outcome: 'rotated' });
  });

  test('nobody waits for the proof that the old key is dead; it is recorded when it comes', () => {
    const play = new Play();
    play.retired();
    play.answer('proveOldKeyDead', { dead: false, tries: 20 });
    expect(play.rotation.oldKey).toMatchObject({ proof: 'trying', tries: 20 });
    play.answer('proveOldKeyDead', { dead: true, tries: 20 });
    expect(play.rotation.oldKey).toMatchObject({ proof: 'dead', tries: 40 });
  });

  test('a proof that nobody can give any more is recorded as missing', () => {
    const play = new Play();
    play.retired();
    play.answer('proveOldKeyDead', { dead: false, tries: 0, over: 'the process is gone' });
    expect(play.rotation.oldKey).toMatchObject({ proof: 'unproved', because: 'the process is gone' });
  });
});
