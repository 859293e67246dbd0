import { expect, test } from '@jest/globals';
import { contentsOf } from '../../../src/application/announce.ts';
import { say, tell } from '../../../src/domain/outcome.ts';
import { rotations } from '../../support/sampleCards.ts';
import { now, people } from '../../support/sampleRotations.ts';

const { retirement, finished } = rotations;
const account = retirement.plan?.account.name ?? '';

test('what the thread is told of one event is one message, in which each person is mentioned once', () => {
  const effects = [
    say('trafficQuiet', [people.bo]),
    say('gateOpened', [people.bo, people.chidi]),
    tell(people.ada, 'finished'),
  ];
  const [message, direct, ...more] = contentsOf(retirement, effects, now);
  expect(more).toEqual([]);
  expect(message).toMatchObject({ kind: 'message', mentions: [people.bo, people.chidi] });
  const text = message?.kind === 'message' ? message.text : '';
  expect(text).toMatch(new RegExp(`^<at>0</at>, <at>1</at> — ${account}: the traffic is quiet\\. `));
  expect(text).toMatch(/ refused\. [A-Z].*Approving now retires Key 1/);
  expect(direct).toMatchObject({ kind: 'direct', person: people.ada });
});

test('a direct message names the rotation, and its end says what the clients met', () => {
  const [direct] = contentsOf(finished, [tell(people.ada, 'finished')], now);
  const text = direct?.kind === 'direct' ? direct.text : '';
  expect(text.startsWith(`${finished.id} · ${account}: the rotation is finished after `)).toBe(true);
  expect(text).toMatch(/Until now the clients made [\d,]+ calls, and 0 of them failed\.$/);
});

test('nothing is said of an event that has no news', () => {
  expect(contentsOf(retirement, [], now)).toEqual([]);
});
