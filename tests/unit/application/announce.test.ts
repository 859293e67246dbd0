import { expect, test } from '@jest/globals';
import { contentsOf } from '../../../src/application/announce.ts';
import { say, tell } from '../../../src/domain/outcome.ts';
import { approvalRotations, rotations } from '../../support/sampleCards.ts';
import { now, people } from '../../support/sampleRotations.ts';

const { retirement, finished } = rotations;
const account = retirement.plan?.account.name ?? '';

test('what the thread is told of one event is one message, in which each person is mentioned once', () => {
  const effects = [
    say('trafficQuiet', [people.bo]),
    say('gateOpened', [people.bo, people.chidi]),
    tell(people.ada, 'finished'),
  ];
  const all = contentsOf(retirement, effects, now);
  const [message, ...more] = all.filter(({ kind }) => kind === 'message');
  const direct = all.at(-1);
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

test('whoever may vote at a gate that opens is asked directly too, with a card of their own', () => {
  const [, ...direct] = contentsOf(retirement, [say('gateOpened', [people.bo, people.dana])], now);
  expect(direct).toMatchObject([
    { kind: 'direct', person: people.bo, card: `gate:retire:${people.bo.objectId}` },
    { kind: 'direct', person: people.dana, card: `gate:retire:${people.dana.objectId}` },
  ]);
  for (const one of direct)
    expect(one.kind === 'direct' ? one.text : '').toMatch(/^R-7K3FQ2 · contoso-chat: .*retires Key 1/);
});

test('so is whoever is called in later; no more people than Teams bears', () => {
  const many = Array.from({ length: 30 }, (_, n) => ({ ...people.eve, objectId: `person-${String(n)}` }));
  const [message, ...direct] = contentsOf(retirement, [say('escalated', many)], now);
  expect(message).toMatchObject({ kind: 'message', mentions: many });
  expect(direct).toHaveLength(20);
});

test('what is told to the thread alone brings no card', () => {
  expect(contentsOf(retirement, [say('planChanged', [people.bo])], now)).toHaveLength(1);
  expect(contentsOf(rotations.moving, [say('gateOpened', [people.bo])], now)).toHaveLength(1);
});

test('a review is asked for with a card, and chased without another one', () => {
  const { reviewOwed } = approvalRotations;
  const asked = [tell(people.chidi, 'reviewOwed')];
  expect(contentsOf(reviewOwed, asked, now)).toMatchObject([
    { kind: 'direct', card: `review:${people.chidi.objectId}` },
  ]);
  const chased = { ...reviewOwed, review: { ...reviewOwed.review, remindedAt: now } };
  expect(contentsOf(chased, asked, now)[0]).not.toHaveProperty('card');
});

test('nothing is said of an event that has no news', () => {
  expect(contentsOf(retirement, [], now)).toEqual([]);
});
