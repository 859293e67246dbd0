import { describe, expect, test } from '@jest/globals';
import { dueAt } from '../../../src/domain/advance.ts';
import { apiKeysActions } from '../../../src/domain/apiKeys/safety.ts';
import { ada, bo, chen, Play, rules, web } from './fixtures.ts';

const hours = 3_600_000;

/** The digest that an open gate shows now. */
const shown = (play: Play) => {
  const { phase } = play.rotation;
  if (phase.at !== 'awaitingApproval') throw new Error(`at ${phase.at}`);
  return phase.digest;
};

/** The second gate, rejected by Bo. */
function held(): Play {
  const play = new Play();
  play.soaked();
  play.happen({ type: 'rejected', by: bo, stage: 'approveSecond', digest: shown(play) });
  return play;
}

describe('a rotation that waits for people', () => {
  test.each([
    ['halted', () => withHalt()],
    ['held', () => held()],
  ] as const)('is not forgotten while it is %s: people are reminded, again and again', (at, start) => {
    const play = start();
    expect(play.rotation.phase.at).toBe(at);
    expect(dueAt(play.rotation)).toBe(play.at + hours);
    for (const count of [1, 2]) {
      play.happen({ type: 'timePassed' }, hours);
      expect(play.news().filter((news) => news === 'reminder')).toHaveLength(count);
    }
  });

  test('is told again that there is no evidence', () => {
    const play = new Play();
    play.moved();
    play.at += 600_000;
    play.answer('watchTraffic', { look: play.look(0, 0) });
    play.happen({ type: 'timePassed' }, hours);
    expect(play.news().filter((news) => news === 'noEvidence')).toHaveLength(2);
  });
});

function withHalt(): Play {
  const play = new Play();
  play.planned();
  play.approve(bo);
  play.approve(chen);
  play.fail('regenerateIdleKey', 'denied');
  return play;
}

test('a card from before the gate was asked anew does not count, though nothing else has changed', () => {
  const play = held();
  const before = play.said.length;
  play.happen({ type: 'askedAgain', by: ada });
  expect(play.said.length).toBeGreaterThan(before);
  const first = new Play();
  first.soaked();
  expect(play.happen({ type: 'approved', by: chen, stage: 'approveSecond', digest: shown(first) })).toBe(
    'planChanged',
  );
  expect(play.approve(chen)).toBeNull();
});

test('a button Cancel on a card of an earlier stage cancels nothing; typed, it means the rotation as it is', () => {
  const play = new Play();
  play.soaked();
  expect(play.happen({ type: 'cancelled', by: ada, stage: 'approveFirst' })).toBe('staleCard');
  expect(play.happen({ type: 'cancelled', by: ada })).toBeNull();
});

test('what blocked the first gate can be mended and checked again, with new votes', () => {
  const play = new Play(rules({ consumers: [web] }));
  play.planned({ web: 'neither' });
  expect(apiKeysActions(play.rotation)).toMatchObject({ checkAgain: true, retry: false });
  expect(play.happen({ type: 'retried', by: bo, stage: 'approveFirst' })).toBeNull();
  expect(play.rotation.phase).toMatchObject({ at: 'working', stage: 'plan' });
  play.planned({ web: 'Key1' });
  expect(apiKeysActions(play.rotation).checkAgain).toBe(false);
  expect(play.happen({ type: 'retried', by: bo, stage: 'approveFirst' })).toBe('staleCard');
  expect(play.approve(bo)).toBeNull();
});

test('the soak is judged only when the metrics have had time to show its end', () => {
  const timing = { ...rules().timing, metricsLag: 120_000 };
  const play = new Play(rules({ timing }));
  play.moved();
  play.at += 600_000;
  play.answer('watchTraffic', { look: play.look(100, 0) });
  expect(play.rotation.phase.at).toBe('watching');
  play.at += 120_000;
  play.answer('watchTraffic', { look: play.look(100, 0) });
  expect(play.rotation.phase).toMatchObject({ at: 'awaitingApproval', stage: 'approveSecond' });
});
