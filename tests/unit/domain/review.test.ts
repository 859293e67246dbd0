import { describe, expect, test } from '@jest/globals';
import { dueAt } from '../../../src/domain/advance.ts';
import { apiKeysActions } from '../../../src/domain/apiKeys/safety.ts';
import type { RegisteredConsumer } from '../../../src/domain/apiKeys/consumers.ts';
import type { Rules } from '../../../src/domain/policy.ts';
import type { Effect } from '../../../src/domain/effects.ts';
import {
  ada,
  batch,
  bo,
  chen,
  dana,
  indexer,
  picture,
  Play,
  plan,
  rules,
  staleKey,
  web,
} from './fixtures.ts';

const now = picture('one', 'TWO');

/** A rotation of `consumers`, all on Key 1, at the point where the new key is proved and given. */
function given(consumers: readonly RegisteredConsumer[], change: Partial<Rules> = {}): Play {
  const play = new Play(rules({ consumers, ...change }));
  play.planned(
    Object.fromEntries(consumers.map(({ name, kind }) => [name, kind === 'manual' ? 'undeclared' : 'Key1'])),
  );
  for (const { name, kind } of consumers)
    if (kind === 'manual') play.happen({ type: 'declared', by: dana, consumer: name, holds: 'Key1' });
  play.approve(bo);
  play.approve(chen);
  play.answer('regenerateIdleKey', { keys: now, found: 'answered', by: 'worker-1' });
  play.answer('proveIdleKey', { keys: now, answers: 20, proved: true });
  giveTo(play);
  return play;
}

/** Answers the newest give: every secret got a version of its own. */
function giveTo(play: Play, keys = now, version = 'v2'): void {
  const { ask } = play.pending('giveConsumers') as Extract<Effect, { step: 'giveConsumers' }>;
  play.answer('giveConsumers', {
    keys,
    given: ask.consumers.map((consumer) => ({ consumer, version: `${consumer}-${version}` })),
    failed: [],
  });
}

/** The manual consumer has switched, and the soak is over: the second gate is open. */
function atSecondGate(): Play {
  const play = given([batch]);
  play.happen({ type: 'confirmed', by: dana, consumer: 'batch', to: 'Key2' });
  play.at += 600_000;
  play.answer('watchTraffic', { look: play.look(100, 0) });
  expect(play.rotation.phase).toMatchObject({ at: 'awaitingApproval', stage: 'approveSecond' });
  return play;
}

const takeBack = (play: Play) => play.happen({ type: 'withdrawn', by: dana, consumer: 'batch', to: 'Key2' });

const waive = (play: Play, consumer: string) => {
  const id = play.rotation.waivers.length + 1;
  play.happen({ type: 'waiverAsked', by: ada, subject: { of: 'consumer', consumer }, reason: 'r' });
  play.happen({ type: 'waiverApproved', by: bo, waiver: id });
  play.happen({ type: 'waiverApproved', by: chen, waiver: id });
};

const asked = (play: Play, step: string) =>
  play.effects.filter((effect) => effect.do === 'run' && effect.step === step).length;

describe('a confirmation that is taken back', () => {
  test('while the retirement is halted is waited for again, before Retry retires anything', () => {
    const play = atSecondGate();
    play.approve(bo);
    play.approve(chen);
    play.fail('regenerateRetiredKey', 'denied');
    expect(takeBack(play)).toBeNull();
    play.happen({ type: 'retried', by: ada, stage: 'regenerateRetiredKey' });
    expect(asked(play, 'regenerateRetiredKey')).toBe(1);
    expect(play.rotation.phase).toMatchObject({ at: 'moving', stage: 'moveConsumers' });
  });

  test('while a rise has halted the second gate is waited for again after Retry', () => {
    const play = atSecondGate();
    play.answer('watchTraffic', { look: play.look(100, 5) });
    expect(play.rotation.phase).toMatchObject({ at: 'halted', stage: 'approveSecond' });
    takeBack(play);
    play.happen({ type: 'retried', by: ada, stage: 'approveSecond' });
    expect(play.rotation.phase).toMatchObject({ at: 'moving', stage: 'moveConsumers' });
  });

  test('while a rise has halted the watch is waited for again after Retry', () => {
    const play = given([batch]);
    play.happen({ type: 'confirmed', by: dana, consumer: 'batch', to: 'Key2' });
    play.answer('watchTraffic', { look: play.look(100, 5) });
    expect(play.rotation.phase).toMatchObject({ at: 'halted', stage: 'watchTraffic' });
    takeBack(play);
    play.happen({ type: 'retried', by: ada, stage: 'watchTraffic' });
    expect(play.rotation.phase).toMatchObject({ at: 'moving', stage: 'moveConsumers' });
  });

  test('while nobody can say whether the old key still lives is waited for, before the request is sent again', () => {
    const play = atSecondGate();
    play.approve(bo);
    play.approve(chen);
    const fault = { kind: 'unknownOutcome', says: '', remedy: '', inDoubt: ['Key1'] } as const;
    play.happen({ type: 'stepFailed', key: play.pending('regenerateRetiredKey').key, fault });
    expect(takeBack(play)).toBeNull();
    play.happen({ type: 'retried', by: ada, stage: 'regenerateRetiredKey' });
    expect(asked(play, 'regenerateRetiredKey')).toBe(1);
    expect(play.rotation.phase).toMatchObject({ at: 'moving', stage: 'moveConsumers' });
  });

  test('is not made up for by time', () => {
    const owned: RegisteredConsumer = { ...indexer, owners: [dana] };
    const play = given([owned]);
    play.happen({ type: 'confirmed', by: dana, consumer: 'indexer', to: 'Key2' });
    expect(play.happen({ type: 'withdrawn', by: dana, consumer: 'indexer', to: 'Key2' })).toBeNull();
    play.happen({ type: 'timePassed' }, 86_400_000);
    expect(play.rotation.consumers[0]?.move?.receipt.as).toBe('given');
    expect(play.rotation.phase.at).toBe('moving');
  });
});

describe('a rise of refusals', () => {
  test('at the second gate is followed by a new watch: the gate does not open again without evidence', () => {
    const play = atSecondGate();
    play.answer('watchTraffic', { look: play.look(100, 5) });
    play.happen({ type: 'retried', by: ada, stage: 'approveSecond' });
    expect(play.rotation.phase).toMatchObject({ at: 'watching', stage: 'watchTraffic' });
  });

  test('that was seen to is not counted again by the watch after Retry, which begins with a whole minute', () => {
    const play = atSecondGate();
    play.answer('watchTraffic', { look: play.look(100, 5) });
    play.happen({ type: 'retried', by: ada, stage: 'approveSecond' });
    const { ask } = play.pending('watchTraffic') as Extract<Effect, { step: 'watchTraffic' }>;
    expect(ask.windowFrom % 60_000).toBe(0);
    expect(ask.windowFrom).toBeGreaterThanOrEqual(play.at);
  });

  test('while the retirement is halted is followed by a new watch after Retry', () => {
    const play = atSecondGate();
    play.approve(bo);
    play.approve(chen);
    play.fail('regenerateRetiredKey', 'denied');
    play.answer('watchTraffic', { look: play.look(100, 5) });
    play.happen({ type: 'retried', by: ada, stage: 'regenerateRetiredKey' });
    expect(asked(play, 'regenerateRetiredKey')).toBe(1);
    expect(play.rotation.phase).toMatchObject({ at: 'watching', stage: 'watchTraffic' });
  });

  test('while the retirement is held is followed by a new watch when it is asked for again', () => {
    const play = atSecondGate();
    const { phase } = play.rotation;
    if (phase.at !== 'awaitingApproval') throw new Error('not at a gate');
    play.happen({ type: 'rejected', by: bo, stage: phase.stage, digest: phase.digest });
    play.answer('watchTraffic', { look: play.look(100, 5) });
    expect(play.rotation.phase.at).toBe('held');
    play.happen({ type: 'askedAgain', by: ada });
    expect(play.rotation.phase).toMatchObject({ at: 'watching', stage: 'watchTraffic' });
  });

  test('is looked for until the old key is dead and for one soak after it, since nobody is refused before', () => {
    const play = new Play();
    play.retired();
    play.answer('watchTraffic', { look: play.look(100, 0) }, 700_000);
    expect(play.rotation.chains.traffic).toBeDefined();
    play.answer('proveOldKeyDead', { dead: true, tries: 20 });
    play.answer('watchTraffic', { look: play.look(100, 0) }, 300_000);
    expect(play.rotation.chains.traffic).toBeDefined();
    play.answer('watchTraffic', { look: play.look(100, 0) }, 400_000);
    expect(play.rotation.chains.traffic).toBeUndefined();
  });
});

describe('a key that changed again behind the record', () => {
  test('after it was given is given anew: nobody counts as moved who holds its dead value', () => {
    const play = new Play();
    play.soaked();
    play.approve(bo);
    play.approve(chen);
    play.fail('regenerateRetiredKey', 'drifted');
    play.happen({ type: 'retried', by: ada, stage: 'regenerateRetiredKey' });
    play.answer('proveIdleKey', { keys: picture('one', 'TWO again'), answers: 20, proved: true });
    expect(play.rotation.phase).toMatchObject({ at: 'working', stage: 'moveConsumers' });
    expect(play.pending('giveConsumers').ask).toEqual({ slot: 'Key2', consumers: ['web', 'indexer'] });
    play.fail('giveConsumers', 'denied');
    // They hold a dead value: there is nothing safe about leaving them to it.
    expect(apiKeysActions(play.rotation)).toMatchObject({ retry: true, cancel: false });
  });

  test('while it was being given is proved and given anew', () => {
    const play = new Play();
    play.prepared();
    const fault = { kind: 'refused', says: 'A stranger.', remedy: 'By hand.' } as const;
    play.answer('giveConsumers', {
      keys: now,
      given: [{ consumer: 'web', version: 'w2' }],
      failed: [{ consumer: 'indexer', fault }],
    });
    play.happen({ type: 'retried', by: ada, stage: 'moveConsumers' });
    const { key } = play.pending('giveConsumers');
    play.fail('giveConsumers', 'drifted');
    play.happen({ type: 'retried', by: ada, stage: 'moveConsumers' });
    play.answer('proveIdleKey', { keys: picture('one', 'TWO again'), answers: 20, proved: true });
    const again = play.pending('giveConsumers');
    expect(again.ask).toEqual({ slot: 'Key2', consumers: ['web', 'indexer'] });
    expect(again.key).not.toBe(key);
  });

  test('before anything was regenerated leads to a new plan, also while consumers settle', () => {
    const play = new Play();
    play.planned({ web: 'Key1', indexer: 'Key2' });
    play.fail('giveConsumers', 'drifted');
    play.happen({ type: 'retried', by: ada, stage: 'settleOnOneKey' });
    expect(play.rotation.phase).toMatchObject({ at: 'working', stage: 'plan' });
  });
});

describe('a waiver', () => {
  test('given while a consumer settled does not leave it behind when the others get the new key', () => {
    const play = new Play(rules({ consumers: [web, indexer] }));
    play.planned({ web: 'Key1', indexer: 'Key2' });
    play.answer('giveConsumers', {
      keys: plan.keys,
      given: [{ consumer: 'indexer', version: 'i1' }],
      failed: [],
    });
    waive(play, 'indexer');
    expect(play.rotation.phase).toMatchObject({ at: 'awaitingApproval', stage: 'approveFirst' });
    play.approve(bo);
    play.approve(chen);
    play.answer('regenerateIdleKey', { keys: now, found: 'answered', by: 'worker-1' });
    play.answer('proveIdleKey', { keys: now, answers: 20, proved: true });
    // Its secret holds Key 1 by now: without Key 2 it would certainly be cut off.
    expect(play.pending('giveConsumers').ask).toEqual({ slot: 'Key2', consumers: ['web', 'indexer'] });
  });

  test('of a consumer about which nobody knew anything is void once its owner says which key it holds', () => {
    const play = new Play(rules({ consumers: [batch] }));
    play.planned({ batch: 'undeclared' });
    waive(play, 'batch');
    play.happen({ type: 'declared', by: dana, consumer: 'batch', holds: 'Key2' });
    play.answer('giveConsumers', { keys: plan.keys, given: [], failed: [] });
    // Without the waiver it waits for the owner: the gate would regenerate what it holds.
    expect(play.rotation.phase).toMatchObject({ at: 'moving', stage: 'settleOnOneKey' });
  });

  test('is not asked for by somebody without whom too few could grant it: it would wait for ever', () => {
    const two = { need: 2, from: [ada, bo, chen] };
    const play = given([web], { gates: { prepare: two, retire: two } });
    const subject = { of: 'consumer', consumer: 'web' } as const;
    expect(play.happen({ type: 'waiverAsked', by: bo, subject, reason: 'r' })).toBe('tooFewVoters');
    expect(play.happen({ type: 'waiverAsked', by: ada, subject, reason: 'r' })).toBeNull();
  });

  test('for the traffic is not asked for before there is any to see', () => {
    const play = new Play();
    play.planned();
    expect(play.happen({ type: 'waiverAsked', by: ada, subject: { of: 'traffic' }, reason: 'r' })).toBe(
      'notExpected',
    );
  });
});

test('an owner who confirmed while another consumer halted the give is not asked once more after Retry', () => {
  const play = new Play();
  play.prepared();
  const fault = { kind: 'denied', says: '', remedy: '' } as const;
  const web2 = { consumer: 'web', version: 'w2' };
  play.answer('giveConsumers', { keys: now, given: [web2], failed: [{ consumer: 'indexer', fault }] });
  expect(play.happen({ type: 'confirmed', by: dana, consumer: 'web', to: 'Key2' })).toBeNull();
  play.happen({ type: 'retried', by: ada, stage: 'moveConsumers' });
  const both = [web2, { consumer: 'indexer', version: 'i2' }];
  play.answer('giveConsumers', { keys: now, given: both, failed: [] });
  expect(play.rotation.consumers.map(({ move }) => move?.receipt.as)).toEqual(['confirmed', 'given']);
});

describe('what is stale', () => {
  test('is a button of the first gate at the second, whatever plan it names', () => {
    const play = atSecondGate();
    const { phase } = play.rotation;
    if (phase.at !== 'awaitingApproval') throw new Error('not at a gate');
    const { digest } = phase;
    expect(play.happen({ type: 'approved', by: bo, stage: 'approveFirst', digest })).toBe('staleCard');
    expect(play.happen({ type: 'rejected', by: bo, stage: 'approveFirst', digest })).toBe('staleCard');
  });

  test('is an answer of another effect while one is waited for', () => {
    const play = new Play();
    play.planned();
    play.approve(bo);
    play.approve(chen);
    const before = play.rotation;
    const answer = { keys: now, found: 'answered', by: 'worker-1' } as const;
    expect(play.happen({ type: 'stepDone', key: staleKey, step: 'regenerateIdleKey', answer })).toBe(
      'notExpected',
    );
    expect(play.rotation).toBe(before);
  });

  test('is a look at the traffic from before the end of the soak, when it is heard after it', () => {
    const play = new Play();
    play.moved();
    const { phase } = play.rotation;
    if (phase.at !== 'watching') throw new Error('not watching');
    const look = { ...play.look(100, 0), at: phase.until - 1 };
    play.answer('watchTraffic', { look }, 700_000);
    expect(play.rotation.phase.at).toBe('watching');
  });
});

test('a waiver for the traffic does not shorten the soak: a rise would still be seen', () => {
  const play = new Play();
  play.moved();
  play.happen({ type: 'waiverAsked', by: ada, subject: { of: 'traffic' }, reason: 'it is night' });
  play.happen({ type: 'waiverApproved', by: bo, waiver: 1 });
  play.happen({ type: 'waiverApproved', by: chen, waiver: 1 });
  expect(play.rotation.phase.at).toBe('watching');
});

describe('Roll back', () => {
  test('is not offered when nobody can say whether the old key lives, nor while a step is under way', () => {
    const play = atSecondGate();
    expect(apiKeysActions(play.rotation).rollBack).toBe(true);
    play.approve(bo);
    play.approve(chen);
    expect(play.rotation.phase.at).toBe('working');
    expect(apiKeysActions(play.rotation).rollBack).toBe(false);
    const fault = { kind: 'unknownOutcome', says: '', remedy: '', inDoubt: ['Key1'] } as const;
    play.happen({ type: 'stepFailed', key: play.pending('regenerateRetiredKey').key, fault });
    expect(play.rotation.phase.at).toBe('halted');
    expect(apiKeysActions(play.rotation).rollBack).toBe(false);
    expect(play.happen({ type: 'rollBackAsked', by: bo, stage: 'regenerateRetiredKey' })).toBe('notSafeNow');
  });
});

describe('the way out', () => {
  test('of a switch back that fails for good is Cancel: every consumer holds a live key', () => {
    const play = new Play(rules({ afterwards: 'switchBack' }));
    play.retired();
    const fault = { kind: 'missing', says: 'The secret is gone.', remedy: '' } as const;
    play.answer('giveConsumers', {
      keys: picture('ONE', 'TWO'),
      given: [{ consumer: 'web', version: 'w3' }],
      failed: [{ consumer: 'indexer', fault }],
    });
    expect(apiKeysActions(play.rotation)).toMatchObject({ retry: true, rollBack: false, cancel: true });
    expect(play.happen({ type: 'cancelled', by: ada })).toBeNull();
  });

  test('Cancel does not claim that nothing was changed when nobody can say', () => {
    const play = new Play();
    play.planned();
    play.approve(bo);
    play.approve(chen);
    const fault = { kind: 'unknownOutcome', says: '', remedy: '', inDoubt: ['Key2'] } as const;
    play.happen({ type: 'stepFailed', key: play.pending('regenerateIdleKey').key, fault });
    expect(play.happen({ type: 'cancelled', by: ada })).toBeNull();
    const { phase } = play.rotation;
    expect(phase.at === 'ended' ? phase.says : '').toContain('Nobody can say whether Key 2');
  });

  test('of an idle key that was declared while others settled is to settle once more', () => {
    const late: RegisteredConsumer = { ...batch, name: 'late' };
    const play = new Play(rules({ consumers: [batch, late] }));
    play.planned({ batch: 'undeclared', late: 'undeclared' });
    play.happen({ type: 'declared', by: dana, consumer: 'batch', holds: 'Key2' });
    play.answer('giveConsumers', { keys: plan.keys, given: [], failed: [] });
    play.happen({ type: 'declared', by: dana, consumer: 'late', holds: 'Key2' });
    play.happen({ type: 'confirmed', by: dana, consumer: 'batch', to: 'Key1' });
    expect(play.rotation.phase).toMatchObject({ at: 'working', stage: 'settleOnOneKey' });
  });
});

test('nobody can approve the retirement while a consumer has no receipt', () => {
  const play = atSecondGate();
  // However it came to this, it must not be released.
  play.rotation = {
    ...play.rotation,
    consumers: play.rotation.consumers.map((consumer) =>
      consumer.move === undefined
        ? consumer
        : { ...consumer, move: { ...consumer.move, receipt: { as: 'given', at: play.at } } },
    ),
  };
  play.happen({ type: 'timePassed' });
  expect(play.approve(bo)).toBe('blocked');
});

test('switching back takes along a consumer that was waived: it was given the same key as the others', () => {
  const play = given([web], { afterwards: 'switchBack' });
  waive(play, 'web');
  play.at += 600_000;
  play.answer('watchTraffic', { look: play.look(100, 0) });
  play.approve(bo);
  play.approve(chen);
  play.answer('regenerateRetiredKey', { keys: picture('ONE', 'TWO'), found: 'answered', by: 'worker-1' });
  expect(play.pending('giveConsumers').ask).toEqual({ slot: 'Key1', consumers: ['web'] });
});

test('a wake-up with nothing due leaves no trace, also while consumers are waited for', () => {
  const play = given([batch]);
  const before = play.rotation;
  play.happen({ type: 'timePassed' });
  expect(play.rotation).toBe(before);
});

test('a row without a deadline has none, however far away', () => {
  const play = given([batch]);
  const { remindedAt: _never, ...rotation } = play.rotation;
  expect(dueAt(rotation)).toBeNull();
});
