import { describe, expect, test } from '@jest/globals';
import { dueAt } from '../../../src/domain/advance.ts';
import { actionsFor } from '../../../src/domain/actions.ts';
import {
  encryptionRules,
  existing,
  following,
  key,
  next,
  old,
  oneWay,
  plan,
  PlayEncryption,
} from './encryptionFixtures.ts';
import { ada, bo, chen, dana, eli, everyone } from './fixtures.ts';

describe('the way forth', () => {
  test('a new version: chosen, approved by two, made, pointed at, wrapped, verified, guarded, finished', () => {
    const play = new PlayEncryption();
    play.settled();
    expect(play.rotation.phase.at).toBe('settling');
    expect(play.rotation.guarded.map(({ key: { version }, tagged }) => [version, tagged])).toEqual([
      ['old', true],
      ['new', true],
    ]);
    play.happen({ type: 'chosen', by: ada, choice: 'stay' });
    expect(play.rotation.phase).toMatchObject({ at: 'completed', outcome: 'moved' });
    expect(play.rotation.history.map(({ stage }) => stage)).toEqual([
      'plan',
      'approve',
      'createKeyVersion',
      'pointAccountAtKey',
      'waitForWrap',
      'verifyEncryption',
      'guardOldVersion',
      'finished',
    ]);
  });

  test('nothing is made and nothing is pointed before the quorum', () => {
    const play = new PlayEncryption();
    play.planned();
    play.approve(bo);
    expect(play.runs('createKeyVersion')).toEqual([]);
    expect(play.runs('pointAccountAtKey')).toEqual([]);
    play.approve(chen);
    expect(play.runs('createKeyVersion')).toHaveLength(1);
  });

  test('who asked has no vote, one person has one, and a card of another plan counts for nothing', () => {
    const play = new PlayEncryption();
    play.planned();
    expect(play.approve(ada)).toBe('ownRequest');
    play.approve(bo);
    expect(play.approve(bo)).toBe('alreadyVoted');
    const { phase } = play.rotation;
    const digest = phase.at === 'awaitingApproval' ? phase.digest : undefined;
    expect(
      play.happen({ type: 'approved', by: chen, stage: 'approve', digest: `${String(digest)}x` as never }),
    ).toBe('planChanged');
    expect(play.rotation.phase.at).toBe('awaitingApproval');
  });

  test('a version that is there is made by nobody: the approval leads to the account at once', () => {
    const play = new PlayEncryption();
    play.approved(existing);
    expect(play.runs('createKeyVersion')).toEqual([]);
    expect(play.pending('pointAccountAtKey').ask).toMatchObject({ to: next, from: [existing.from] });
  });

  test('a rejected plan ends it, with nothing changed', () => {
    const play = new PlayEncryption();
    play.planned();
    const { phase } = play.rotation;
    if (phase.at !== 'awaitingApproval') throw new Error('no gate');
    play.happen({ type: 'rejected', by: bo, stage: 'approve', digest: phase.digest, reason: 'not tonight' });
    expect(play.rotation.phase).toMatchObject({ at: 'ended', outcome: 'declined', says: 'not tonight' });
    expect(play.runs('createKeyVersion')).toEqual([]);
  });

  test('without a choice at the end it stays, when the time for choosing is over', () => {
    const play = new PlayEncryption();
    play.settled();
    const due = dueAt(play.rotation);
    expect(due).toBe(play.at + 300_000);
    play.happen({ type: 'timePassed' }, 299_000);
    expect(play.rotation.phase.at).toBe('settling');
    play.happen({ type: 'timePassed' }, 2000);
    expect(play.rotation.phase).toMatchObject({ at: 'completed', outcome: 'moved' });
  });
});

describe('a key that can’t be used', () => {
  const unfit = plan({
    checks: [{ name: 'Purge protection', verdict: 'refuse', says: 'It is off.', remedy: 'Switch it on.' }],
  });

  test('asks again, says so to whoever asked, and opens no gate', () => {
    const play = new PlayEncryption();
    play.planned(unfit);
    expect(play.rotation.phase).toMatchObject({ at: 'choosingKey', unfit });
    expect(play.news().at(-1)).toBe('keyUnfit');
    expect(actionsFor(play.rotation).checkAgain).toBe(true);
  });

  test('can be checked again once it is mended', () => {
    const play = new PlayEncryption();
    play.planned(unfit);
    play.happen({ type: 'retried', by: ada, stage: 'plan' });
    play.answer('checkKey', { plan: plan() });
    expect(play.rotation.phase.at).toBe('awaitingApproval');
  });

  test('a person who has nothing to do with it chooses nothing', () => {
    const play = new PlayEncryption(
      encryptionRules({
        gates: {
          ...encryptionRules().gates,
          prepare: { need: 1, from: [bo] },
          retire: { need: 1, from: [bo] },
          oneWay: { need: 2, from: [bo, chen] },
        },
      }),
    );
    play.answer('lookAtEncryption', { safe: false, says: 'Gone.', remedy: 'Look.' });
    const again = new PlayEncryption(play.rotation.rules);
    again.choose();
    expect(again.happen({ type: 'keyChosen', by: dana, choice: { of: 'newVersion' } })).toBe('notInvolved');
  });
});

describe('the one-way door', () => {
  test('has its own quorum: two are not enough where three are asked for', () => {
    const play = new PlayEncryption();
    play.planned(oneWay);
    expect(play.rotation.phase).toMatchObject({ at: 'awaitingApproval', gate: 'oneWay' });
    play.approve(bo);
    play.approve(chen);
    expect(play.runs('pointAccountAtKey')).toEqual([]);
    play.approve(dana);
    expect(play.runs('pointAccountAtKey')).toHaveLength(1);
  });

  test('stays shut where the policy has no such gate', () => {
    const { oneWay: _none, ...gates } = encryptionRules().gates;
    const play = new PlayEncryption(encryptionRules({ gates }));
    play.planned(oneWay);
    expect(play.rotation.phase).toMatchObject({ at: 'ended', outcome: 'refused' });
  });

  test('has no way back, and the card says why', () => {
    const play = new PlayEncryption();
    play.settled(oneWay);
    expect(actionsFor(play.rotation)).toMatchObject({
      rollBack: false,
      whyNotRollBack: expect.stringContaining('no way back') as unknown,
    });
    expect(play.happen({ type: 'rollBackAsked', by: ada, stage: 'guardOldVersion' })).toBe('notSafeNow');
  });
});

describe('a key that Azure follows by itself', () => {
  test('making the version is the switch: nothing is sent to the account, and it gets the usual time', () => {
    const play = new PlayEncryption();
    play.pointed(following);
    expect(play.runs('pointAccountAtKey')).toEqual([]);
    expect(play.rotation).toMatchObject({ phase: { at: 'wrapping' } });
    expect(play.rotation.touchedAt).toBeDefined();
    play.answer('waitForWrap', { is: 'succeeded' });
    expect(play.rotation.phase.at).toBe('wrapping');
    play.answer('waitForWrap', { is: 'succeeded' }, 600_000);
    expect(play.rotation.phase).toMatchObject({ at: 'working', stage: 'verifyEncryption' });
  });

  test('can be pinned to the version it uses, and then counts as pinned', () => {
    const play = new PlayEncryption();
    play.settled(following);
    play.happen({ type: 'chosen', by: ada, choice: 'pin' });
    expect(play.pending('pointAccountAtKey').ask).toMatchObject({ to: next });
    play.answer('pointAccountAtKey', { operation: null, found: 'answered' });
    play.answer('waitForWrap', { is: 'succeeded' });
    play.verified();
    expect(play.rotation.phase).toMatchObject({ at: 'completed', outcome: 'pinned' });
  });

  test('rolling back pins the version before', () => {
    const play = new PlayEncryption();
    play.settled(following);
    play.happen({ type: 'rollBackAsked', by: bo, stage: 'guardOldVersion' });
    expect(play.pending('pointAccountAtKey').ask).toMatchObject({ to: old });
  });

  test('an account that doesn’t follow can’t be pinned', () => {
    const play = new PlayEncryption();
    play.settled();
    expect(play.happen({ type: 'chosen', by: ada, choice: 'pin' })).toBe('notExpected');
  });
});

describe('waiting', () => {
  test('looks again and again, says once that it takes long, and gives up after the patience of the policy', () => {
    const play = new PlayEncryption();
    play.pointed();
    for (let minute = 0; minute < 59; minute += 1) play.answer('waitForWrap', { is: 'inProgress' }, 60_000);
    expect(play.news().filter((news) => news === 'wrapIsSlow')).toHaveLength(1);
    expect(play.rotation.phase.at).toBe('wrapping');
    play.answer('waitForWrap', { is: 'inProgress' }, 60_000);
    expect(play.rotation.phase).toMatchObject({ at: 'halted', fault: { kind: 'notProved' } });
    play.happen({ type: 'retried', by: ada, stage: play.rotation.phase.stage });
    play.answer('waitForWrap', { is: 'succeeded' });
    expect(play.rotation.phase).toMatchObject({ at: 'working', stage: 'verifyEncryption' });
  });

  test('looks that fail don’t wait for ever either', () => {
    const play = new PlayEncryption();
    play.pointed();
    play.fail('waitForWrap', { kind: 'unreachable' }, 30_000);
    expect(play.rotation.phase.at).toBe('wrapping');
    play.fail('waitForWrap', { kind: 'unreachable' }, 3_600_000);
    expect(play.rotation.phase.at).toBe('halted');
  });

  test('a change that came to nothing halts with Azure’s reason, and Retry sends under another effect', () => {
    const play = new PlayEncryption();
    play.pointed();
    const first = play.pending('pointAccountAtKey').key;
    const fault = { kind: 'refused', says: 'Key version not supported.', remedy: 'Look.' } as const;
    play.answer('waitForWrap', { is: 'failed', fault });
    expect(play.rotation.phase).toMatchObject({ at: 'halted', fault });
    play.happen({ type: 'retried', by: ada, stage: play.rotation.phase.stage });
    expect(play.pending('pointAccountAtKey').key).not.toBe(first);
    expect(play.rotation.phase).toMatchObject({ at: 'working', stage: 'pointAccountAtKey' });
  });
});

describe('a right of the account that isn’t in force yet', () => {
  test.each(['at once', 'after it was accepted'])(
    'refused %s: tried again by itself, said once, halted after the limit',
    (when) => {
      const play = new PlayEncryption();
      play.approved(existing);
      const denied = { kind: 'denied', says: 'It may not use the key.', remedy: 'Grant it.' } as const;
      for (let tries = 0; tries < 40 && play.rotation.phase.at !== 'halted'; tries += 1) {
        if (when === 'at once') play.fail('pointAccountAtKey', denied, 30_000);
        else {
          play.answer('pointAccountAtKey', { operation: 'op', found: 'answered' }, 30_000);
          play.answer('waitForWrap', { is: 'failed', fault: denied });
        }
      }
      expect(play.rotation.phase).toMatchObject({ at: 'halted', fault: { kind: 'denied' } });
      expect(play.news().filter((news) => news === 'rightAwaited')).toHaveLength(1);
      expect(play.runs('pointAccountAtKey').length).toBeGreaterThan(5);
      expect(new Set(play.runs('pointAccountAtKey').map(({ key: effect }) => effect)).size).toBe(
        play.runs('pointAccountAtKey').length,
      );
    },
  );

  test('goes on by itself when it is', () => {
    const play = new PlayEncryption();
    play.approved(existing);
    play.fail('pointAccountAtKey', { kind: 'denied' });
    expect(play.rotation.phase).toMatchObject({ at: 'working', waiting: { next: play.at + 30_000 } });
    expect(play.pending('pointAccountAtKey').notBefore).toBe(play.at + 30_000);
    play.answer('pointAccountAtKey', { operation: 'op', found: 'answered' });
    play.answer('waitForWrap', { is: 'succeeded' });
    expect(play.rotation.rightAwaitedSince).toBeUndefined();
    expect(play.rotation.phase).toMatchObject({ stage: 'verifyEncryption' });
  });

  test('Keysmith’s own missing right halts at once: no waiting helps', () => {
    const play = new PlayEncryption();
    play.approved(existing);
    play.fail('pointAccountAtKey', { kind: 'denied', action: 'Microsoft.CognitiveServices/accounts/write' });
    expect(play.rotation.phase.at).toBe('halted');
  });
});

describe('what changes behind the plan’s back', () => {
  test('before anything was done: Retry checks and asks anew', () => {
    const play = new PlayEncryption();
    play.approved();
    play.fail('createKeyVersion', { kind: 'drifted' });
    play.happen({ type: 'retried', by: ada, stage: 'createKeyVersion' });
    expect(play.pending('checkKey').ask).toEqual({ choice: { of: 'newVersion' } });
    play.answer('checkKey', { plan: plan({ before: { name: '"other"' } }) });
    expect(play.rotation.phase).toMatchObject({ at: 'awaitingApproval', votes: [], round: 2 });
  });

  test('after the version was made: it is used, not made a second time', () => {
    const play = new PlayEncryption();
    play.approved();
    play.answer('createKeyVersion', { key: next, found: 'answered' });
    play.fail('pointAccountAtKey', { kind: 'drifted' });
    play.happen({ type: 'retried', by: ada, stage: 'pointAccountAtKey' });
    expect(play.pending('checkKey').ask).toEqual({ choice: { of: 'existing', key: next } });
  });

  test('a version that was made for an earlier plan is no part of a later one', () => {
    const play = new PlayEncryption();
    play.approved();
    play.answer('createKeyVersion', { key: key('unused'), found: 'answered' });
    play.fail('pointAccountAtKey', { kind: 'drifted' });
    play.happen({ type: 'retried', by: ada, stage: 'pointAccountAtKey' });
    const unfit = plan({ checks: [{ name: 'Enabled', verdict: 'refuse', says: 'It is disabled.' }] });
    play.answer('checkKey', { plan: unfit });
    play.happen({ type: 'keyChosen', by: ada, choice: existing.choice });
    play.answer('checkKey', { plan: existing });
    play.approve(bo);
    play.approve(chen);
    play.answer('pointAccountAtKey', { operation: 'op', found: 'answered' });
    play.answer('waitForWrap', { is: 'succeeded' });
    play.verified();
    play.happen({ type: 'rollBackAsked', by: bo, stage: 'guardOldVersion' });
    expect(play.pending('pointAccountAtKey').ask).toMatchObject({ from: [{ key: old }, { key: next }] });
  });

  test('an answer of an effect that nobody waits for changes nothing', () => {
    const play = new PlayEncryption();
    play.approved();
    const stale = play.pending('checkKey').key;
    expect(play.happen({ type: 'stepDone', key: stale, step: 'checkKey', answer: { plan: plan() } })).toBe(
      'notExpected',
    );
  });

  test('differences beside the encryption stand in the record once a person has seen them', () => {
    const play = new PlayEncryption();
    play.pointed();
    play.answer('waitForWrap', { is: 'succeeded' });
    const differences = [{ field: 'tags.owner', before: '"a"', after: '"b"' }];
    play.answer('verifyEncryption', { differences, dataPlane: 'answers' });
    expect(play.rotation.remarks.join()).toContain('tags.owner');
    expect(play.rotation.differences).toEqual(differences);
  });
});

describe('rolling back', () => {
  test('points the account at the version before, and both stay guarded', () => {
    const play = new PlayEncryption();
    play.settled();
    expect(actionsFor(play.rotation).rollBack).toBe(true);
    play.happen({ type: 'rollBackAsked', by: bo, stage: 'guardOldVersion' });
    expect(play.pending('pointAccountAtKey').ask).toMatchObject({ to: old });
    play.answer('pointAccountAtKey', { operation: null, found: 'answered' });
    play.answer('waitForWrap', { is: 'succeeded' });
    play.verified();
    expect(play.rotation.phase).toMatchObject({ at: 'completed', outcome: 'rolledBack' });
    expect(play.rotation.guarded.map(({ key: { version } }) => version)).toEqual(['old', 'new']);
    expect(play.rotation.history.at(-2)?.stage).toBe('rollBack');
  });

  test('expects the account where it was, or where this rotation pointed it', () => {
    const play = new PlayEncryption();
    play.settled();
    play.happen({ type: 'rollBackAsked', by: bo, stage: 'guardOldVersion' });
    expect(play.pending('pointAccountAtKey').ask).toMatchObject({
      from: [{ key: old }, { key: next }],
    });
  });

  test.each(['disabled', 'expired', 'deleted'] as const)(
    'is not there while the version before is %s, and the card says why',
    (state) => {
      const play = new PlayEncryption();
      play.settled();
      play.look(state);
      const { rollBack, whyNotRollBack } = actionsFor(play.rotation);
      expect(rollBack).toBe(false);
      expect(whyNotRollBack).toContain('chat-cmk');
      expect(play.happen({ type: 'rollBackAsked', by: bo, stage: 'guardOldVersion' })).toBe('notSafeNow');
    },
  );

  test('is not there while Azure wraps, nor before anything was changed', () => {
    const play = new PlayEncryption();
    play.planned();
    expect(actionsFor(play.rotation).rollBack).toBe(false);
    play.approve(bo);
    play.approve(chen);
    play.answer('createKeyVersion', { key: next, found: 'answered' });
    play.answer('pointAccountAtKey', { operation: 'op', found: 'answered' });
    expect(actionsFor(play.rotation)).toMatchObject({ rollBack: false, cancel: false });
  });
});

describe('the guard', () => {
  test.each(['disabled', 'expired', 'deleted'] as const)(
    'alarms once when a version is %s, says once that it is mended, and alarms anew',
    (state) => {
      const play = new PlayEncryption();
      play.settled();
      play.happen({ type: 'chosen', by: ada, choice: 'stay' });
      play.look('enabled');
      play.look(state);
      play.look(state);
      play.look('unreadable');
      play.look(state);
      const alarms = play.said.filter((effect) => effect.do === 'say' && effect.news === 'guardAlarm');
      expect(alarms).toHaveLength(1);
      expect(alarms[0]).toMatchObject({ about: 'old', mention: everyone });
      play.look('enabled');
      play.look('enabled');
      expect(play.news().filter((news) => news === 'guardMended')).toHaveLength(1);
      play.look(state);
      expect(play.news().filter((news) => news === 'guardAlarm')).toHaveLength(2);
    },
  );

  test('a version that nobody can look at any more is told once, after a day of looks', () => {
    const play = new PlayEncryption();
    play.settled();
    for (let hour = 0; hour < 24; hour += 1) {
      play.at += 3_600_000;
      play.look('unreadable');
    }
    expect(play.news()).not.toContain('guardAlarm');
    play.at += 3_600_000;
    play.look('unreadable');
    play.look('unreadable');
    expect(play.news().filter((news) => news === 'guardAlarm')).toHaveLength(1);
    expect(play.rotation.guarded[0]).toMatchObject({ alarmed: 'unwatched', state: 'enabled' });
    play.look('enabled');
    expect(play.news().filter((news) => news === 'guardMended')).toHaveLength(1);
  });

  test('begins when the account may use another version, not only at the end', () => {
    const play = new PlayEncryption();
    play.pointed();
    play.look('deleted');
    expect(play.news()).toContain('guardAlarm');
  });

  test('warns once of the coming expiry of the version in use, and of no other', () => {
    const play = new PlayEncryption();
    play.settled();
    const soon = (which: string) =>
      play.answer('watchGuarded', {
        seen: play.rotation.guarded.map(({ key: guarded }) => ({
          key: guarded,
          state: 'enabled' as const,
          expires: guarded.version === which ? play.at + 86_400_000 : null,
        })),
      });
    soon('old');
    expect(play.news()).not.toContain('guardAlarm');
    soon('new');
    soon('new');
    expect(play.news().filter((news) => news === 'guardAlarm')).toHaveLength(1);
  });

  test('takes over what earlier rotations guarded, and ends when a later one takes over', () => {
    const play = new PlayEncryption();
    play.pointed();
    play.answer('waitForWrap', { is: 'succeeded' });
    play.answer('verifyEncryption', { differences: [], dataPlane: 'answers' });
    play.answer('guardOldVersion', { tagged: [old, next], untagged: [], inherited: [key('older'), old] });
    expect(play.rotation.guarded.map(({ key: { version } }) => version)).toEqual(['old', 'new', 'older']);
    play.answer('watchGuarded', { seen: [], handedOver: 'R-000001' as never });
    expect(play.rotation.chains.guard).toBeUndefined();
    expect(play.rotation.remarks.join()).toContain('R-000001');
  });

  test('a look that failed is looked at again', () => {
    const play = new PlayEncryption();
    play.settled();
    play.fail('watchGuarded', { kind: 'unreachable' });
    expect(play.pending('watchGuarded').notBefore).toBe(play.at + 3_600_000);
  });

  test('a version that could not be tagged is watched all the same, and the record says it', () => {
    const play = new PlayEncryption();
    play.pointed();
    play.answer('waitForWrap', { is: 'succeeded' });
    play.answer('verifyEncryption', { differences: [], dataPlane: 'answers' });
    play.answer('guardOldVersion', {
      tagged: [next],
      untagged: [{ key: old, says: 'Denied.' }],
      inherited: [],
    });
    expect(play.rotation.guarded).toMatchObject([{ tagged: false }, { tagged: true }]);
    expect(play.rotation.remarks.join()).toContain('could not be tagged: Denied.');
  });
});

describe('leaving it in the middle', () => {
  test('after a version was made the record says that no account uses it', () => {
    const play = new PlayEncryption();
    play.approved();
    play.answer('createKeyVersion', { key: next, found: 'adopted' });
    play.fail('pointAccountAtKey', { kind: 'conflict' });
    play.happen({ type: 'cancelled', by: ada });
    expect(play.rotation.phase).toMatchObject({
      outcome: 'cancelled',
      says: expect.stringContaining('no account was pointed at it') as unknown,
    });
    expect(play.rotation.remarks[0]).toContain('was lost');
  });

  test.each(['createKeyVersion', 'pointAccountAtKey'] as const)(
    'after a lost answer to %s nobody says that nothing was changed, and Roll back waits for the look',
    (step) => {
      const play = new PlayEncryption();
      play.approved();
      if (step === 'pointAccountAtKey') play.answer('createKeyVersion', { key: next, found: 'answered' });
      play.fail(step, { kind: 'unknownOutcome' });
      expect(actionsFor(play.rotation).whyNotRollBack).toContain('Nobody can say');
      const halted = play.rotation;
      play.happen({ type: 'cancelled', by: ada });
      const { phase } = play.rotation;
      expect(phase.at === 'ended' && phase.says).toContain('Nobody can say');
      expect(play.rotation.guarded.map(({ key: { version } }) => version)).toEqual(
        step === 'pointAccountAtKey' ? ['old', 'new'] : [],
      );
      play.rotation = halted;
      play.happen({ type: 'retried', by: ada, stage: step });
      if (step === 'createKeyVersion') play.answer(step, { key: next, found: 'adopted' });
      else play.answer(step, { operation: null, found: 'adopted' });
      expect(play.rotation.doubt).toBeUndefined();
    },
  );

  test('while a step runs or Azure wraps nobody can cancel', () => {
    const play = new PlayEncryption();
    play.approved();
    expect(play.happen({ type: 'cancelled', by: ada })).toBe('notSafeNow');
    play.answer('createKeyVersion', { key: next, found: 'answered' });
    play.answer('pointAccountAtKey', { operation: 'op', found: 'answered' });
    expect(play.happen({ type: 'cancelled', by: ada })).toBe('notSafeNow');
  });

  test('whoever is waited for is reminded', () => {
    const play = new PlayEncryption();
    play.planned();
    play.approve(bo);
    play.happen({ type: 'timePassed' }, 3_600_001);
    const reminder = play.said.at(-1);
    expect(reminder).toMatchObject({ news: 'reminder', mention: [chen, dana, eli] });
  });
});
