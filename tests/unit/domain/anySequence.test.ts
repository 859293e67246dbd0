import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Happening } from '../../../src/domain/happenings.ts';
import { apiKeysActions } from '../../../src/domain/apiKeys/safety.ts';
import { samePerson } from '../../../src/domain/people.ts';
import type { ApiKeysAnswer } from '../../../src/domain/apiKeys/steps.ts';
import { digest } from '../../../src/domain/ids.ts';
import { ada, batch, dana, everyone, indexer, picture, Play, plan, rules, web } from './fixtures.ts';

/** What the world and people may do next, in any order; each is tried on whatever state there is. */
const moves = [
  'answer',
  'fail',
  'drift',
  'approve',
  'approveOld',
  'reject',
  'declare',
  'confirm',
  'withdraw',
  'waive',
  'voteWaiver',
  'choose',
  'askAgain',
  'close',
  'retry',
  'rollBack',
  'cancel',
  'time',
] as const;

const step = fc.record({
  move: fc.constantFrom(...moves),
  who: fc.constantFrom(...everyone),
  coin: fc.boolean(),
});

const policy = rules({
  consumers: [web, indexer, batch],
  afterwards: 'ask',
  gates: {
    prepare: { need: 2, from: everyone.slice(0, 3) },
    retire: { need: 2, from: everyone.slice(0, 3) },
  },
});

/** An answer that fits the newest effect, good or bad as the coin falls. */
function answer(play: Play, coin: boolean): void {
  const effect = play.effects.findLast((one) => one.do === 'run');
  if (effect?.do !== 'run') return;
  const slots = play.rotation.slots;
  const now = picture(slots?.Key1.fingerprint ?? 'one', slots?.Key2.fingerprint ?? 'two');
  const answers: ApiKeysAnswer = {
    plan: coin
      ? {
          safe: true,
          plan,
          rules: play.rotation.rules,
          holdings: { web: { holds: 'Key1' }, indexer: { holds: 'Key1' }, batch: { holds: 'undeclared' } },
        }
      : {
          safe: true,
          plan,
          rules: play.rotation.rules,
          holdings: { web: { holds: 'Key2' }, indexer: { holds: 'Key1' }, batch: { holds: 'undeclared' } },
        },
    giveConsumers: {
      keys: now,
      given: [
        { consumer: 'web', version: 'v' },
        { consumer: 'indexer', version: 'v' },
      ].filter(({ consumer }) => effect.step === 'giveConsumers' && effect.ask.consumers.includes(consumer)),
      failed: [],
    },
    verifyConsumers: { seen: [{ consumer: 'web', note: '', ...(coin ? { version: 'v' } : {}) }] },
    regenerateIdleKey: {
      keys: { ...now, Key2: picture('', `two-${String(play.at)}`).Key2 },
      found: 'answered',
      by: 'worker-1',
    },
    proveIdleKey: { keys: now, answers: 20, proved: true },
    watchTraffic: { look: coin ? play.look(10, 0) : play.look(10, 2) },
    regenerateRetiredKey: {
      keys: { ...now, Key1: picture(`one-${String(play.at)}`, '').Key1 },
      found: 'adopted',
      by: 'worker-1',
    },
    proveOldKeyDead: { dead: coin, tries: 1 },
  };
  const step = effect.step as keyof ApiKeysAnswer;
  play.answer(step, answers[step]);
}

function act(
  play: Play,
  { move, who, coin }: { move: (typeof moves)[number]; who: (typeof everyone)[number]; coin: boolean },
): void {
  const { phase } = play.rotation;
  const shown = phase.at === 'awaitingApproval' ? phase.digest : digest('old');
  const { stage } = phase;
  const to = coin ? 'Key1' : 'Key2';
  const events: Record<
    Exclude<(typeof moves)[number], 'answer' | 'fail' | 'drift'>,
    Omit<Happening, 'at'>
  > = {
    approve: { type: 'approved', by: who, stage, digest: shown } as never,
    approveOld: { type: 'approved', by: who, stage, digest: digest('old') } as never,
    reject: { type: 'rejected', by: who, stage, digest: shown } as never,
    declare: { type: 'declared', by: who, consumer: 'batch', holds: to } as never,
    confirm: { type: 'confirmed', by: who, consumer: 'batch', to } as never,
    withdraw: { type: 'withdrawn', by: who, consumer: 'batch', to } as never,
    waive: { type: 'waiverAsked', by: who, subject: { of: 'traffic' }, reason: 'r' } as never,
    voteWaiver: { type: 'waiverApproved', by: who, waiver: 1 } as never,
    choose: { type: 'chosen', by: who, choice: coin ? 'stay' : 'switchBack' } as never,
    askAgain: { type: 'askedAgain', by: who } as never,
    close: { type: 'closedOldKeyAlive', by: who } as never,
    retry: { type: 'retried', by: who, stage } as never,
    rollBack: { type: 'rollBackAsked', by: who, stage } as never,
    cancel: { type: 'cancelled', by: who } as never,
    time: { type: 'timePassed' } as never,
  };
  if (move === 'answer') answer(play, coin);
  else if (move === 'fail' || move === 'drift') {
    const effect = play.effects.findLast((one) => one.do === 'run');
    if (effect?.do === 'run') play.fail(effect.step, move === 'drift' ? 'drifted' : 'unknownOutcome');
  } else play.happen(events[move] as never, coin ? 1000 : 700_000);
}

/** Random moves alone seldom get far, so a sequence may begin at any point of a rotation that went well. */
const starts = {
  fresh: () => new Play(policy),
  firstGate: () => begun((play) => play.planned()),
  prepared: () => begun((play) => play.prepared()),
  moved: () => begun((play) => play.moved()),
  secondGate: () => begun((play) => play.soaked()),
  retired: () => begun((play) => play.retired()),
  switched,
  notSwitched: () => {
    const play = switched();
    play.happen({ type: 'withdrawn', by: dana, consumer: 'batch', to: 'Key2' });
    return play;
  },
} as const;

/** At the second gate with a consumer whose owner says that it has switched, and may take that back. */
function switched(): Play {
  const play = new Play({ ...policy, consumers: [batch] });
  play.planned({ batch: 'undeclared' });
  play.happen({ type: 'declared', by: dana, consumer: 'batch', holds: 'Key1' });
  for (const by of everyone) play.approve(by);
  const keys = picture('one', 'TWO');
  play.answer('regenerateIdleKey', { keys, found: 'answered', by: 'worker-1' });
  play.answer('proveIdleKey', { keys, answers: 20, proved: true });
  play.answer('giveConsumers', { keys, given: [], failed: [] });
  play.happen({ type: 'confirmed', by: dana, consumer: 'batch', to: 'Key2' });
  play.at += 600_000;
  play.answer('watchTraffic', { look: play.look(100, 0) });
  return play;
}

function begun(first: (play: Play) => void): Play {
  const play = new Play({ ...policy, consumers: [web, indexer] });
  first(play);
  return play;
}

const sequence = fc.record({
  start: fc.constantFrom(...(Object.keys(starts) as (keyof typeof starts)[])),
  steps: fc.array(
    fc.oneof(
      { weight: 2, arbitrary: step },
      { weight: 2, arbitrary: step.map((one) => ({ ...one, move: 'answer' as const, coin: true })) },
      { weight: 2, arbitrary: step.map((one) => ({ ...one, move: 'approve' as const })) },
    ),
    { minLength: 5, maxLength: 40 },
  ),
});

const runs = 1000;

test('no sequence of events releases a regeneration without its quorum of distinct, entitled people', () => {
  const reached = { first: 0, second: 0 };
  fc.assert(
    fc.property(sequence, ({ start, steps }) => {
      const play = starts[start]();
      for (const one of steps) {
        const before = play.effects.length;
        act(play, one);
        for (const effect of play.effects.slice(before)) {
          if (effect.do !== 'run' || effect.attempt > 1) continue;
          const gate =
            effect.step === 'regenerateIdleKey'
              ? 'prepare'
              : effect.step === 'regenerateRetiredKey'
                ? 'retire'
                : null;
          if (gate === null) continue;
          reached[gate === 'prepare' ? 'first' : 'second'] += 1;
          const votes = play.rotation.approvals[gate] ?? [];
          const rule = policy.gates[gate];
          expect(votes.length).toBeGreaterThanOrEqual(rule.need);
          expect(new Set(votes.map(({ by }) => by.objectId)).size).toBe(votes.length);
          expect(new Set(votes.map((vote) => vote.digest)).size).toBe(1);
          for (const vote of votes) {
            expect(samePerson(vote.by, ada)).toBe(false);
            expect(rule.from.some((person) => samePerson(person, vote.by))).toBe(true);
          }
        }
      }
    }),
    { numRuns: runs },
  );
  // A property that never got to a gate would prove nothing.
  expect(reached.first).toBeGreaterThan(10);
  expect(reached.second).toBeGreaterThan(10);
});

test('no sequence of events kills the key in use while a consumer is known to hold it, unless that is waived', () => {
  let retirements = 0;
  fc.assert(
    fc.property(sequence, ({ start, steps }) => {
      const play = starts[start]();
      for (const one of steps) {
        const before = play.effects.length;
        act(play, one);
        const retiring = play.effects
          .slice(before)
          .some((effect) => effect.do === 'run' && effect.step === 'regenerateRetiredKey');
        if (!retiring) continue;
        retirements += 1;
        for (const consumer of play.rotation.consumers) {
          const receipt = consumer.move?.receipt.as;
          expect(['proved', 'confirmed', 'asserted', 'waived']).toContain(receipt);
        }
      }
    }),
    { numRuns: runs },
  );
  expect(retirements).toBeGreaterThan(20);
});

test('no sequence of events offers Roll back when the old key is not alive', () => {
  fc.assert(
    fc.property(sequence, ({ start, steps }) => {
      const play = starts[start]();
      for (const one of steps) {
        act(play, one);
        const { rotation } = play;
        if (!apiKeysActions(rotation).rollBack) continue;
        const { retiring } = rotation;
        expect(retiring === undefined ? undefined : rotation.slots?.[retiring].condition).toBe('live');
      }
    }),
    { numRuns: runs },
  );
});
