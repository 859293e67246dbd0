import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseCardData } from '../../../src/adapters/teams/cards/verbs.ts';
import { sampleCards } from '../../support/sampleCards.ts';
import { buttonsOf } from './walk.ts';

const digest = 'ab'.repeat(32);
const approve = { keysmith: 1, verb: 'approve', rotation: 'R-7K3FQ2', stage: 'approveFirst', digest };
const typed = {
  reason: 'because',
  subject: 'traffic',
  account: 'contoso-chat',
  procedure: 'apiKeys',
  ticket: '',
};

/** The inputs that a card has put beside what its button carries. */
const withInputs = (card: object, data: object): object => {
  const inputs = (card as { body: { id?: string; type: string }[] }).body.filter(({ type }) =>
    type.startsWith('Input.'),
  );
  return {
    ...data,
    ...Object.fromEntries(inputs.map(({ id = '' }) => [id, typed[id as keyof typeof typed]])),
  };
};

describe('every button of every card', () => {
  test.each(Object.keys(sampleCards))('of %s is understood, and its fallback says the same', (name) => {
    const card = sampleCards[name]?.() ?? {};
    for (const button of buttonsOf(card)) {
      const parsed = parseCardData(withInputs(card, button.data as object));
      expect({ verb: button.verb, ...parsed }).toMatchObject({ ok: true, value: { say: button.verb } });
      expect(button.fallback).toEqual(
        expect.objectContaining({ type: 'Action.Submit', title: button.title, data: button.data }),
      );
    }
  });
});

describe('a click', () => {
  test('becomes what was said, and nothing else', () => {
    expect(parseCardData(approve)).toEqual({
      ok: true,
      value: { say: 'approve', rotation: 'R-7K3FQ2', stage: 'approveFirst', digest },
    });
  });

  test('carries the inputs of its card', () => {
    const data = {
      keysmith: 1,
      verb: 'askWaiver',
      rotation: 'R-7K3FQ2',
      stage: 'moveConsumers',
      subject: 'consumer:a:b',
      reason: '  off \n',
    };
    expect(parseCardData(data)).toEqual({
      ok: true,
      value: {
        say: 'askWaiver',
        rotation: 'R-7K3FQ2',
        subject: { of: 'consumer', consumer: 'a:b' },
        reason: 'off',
      },
    });
  });

  test('without the optional inputs is the same as with empty ones', () => {
    const data = {
      keysmith: 1,
      verb: 'submitRotate',
      account: 'contoso-chat',
      procedure: 'apiKeys',
      reason: 'r',
    };
    expect(parseCardData({ ...data, ticket: '', otherAccount: ' ' })).toEqual(parseCardData(data));
    expect(parseCardData({ ...data, otherAccount: 'other', ticket: 'T-1' })).toEqual({
      ok: true,
      value: { say: 'submitRotate', account: 'other', procedure: 'apiKeys', reason: 'r', ticket: 'T-1' },
    });
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a string', JSON.stringify(approve)],
    ['a list', [approve]],
    ['another program’s data', { ...approve, keysmith: 2 }],
    ['a verb that does not exist', { ...approve, verb: 'regenerateRetiredKey' }],
    ['a verb from the prototype', { ...approve, verb: 'constructor' }],
    ['a stage that does not exist', { ...approve, stage: 'approveThird' }],
    ['a stage of another type', { ...approve, stage: ['approveFirst'] }],
    ['an id that is none', { ...approve, rotation: 'R-1' }],
    ['no digest', { ...approve, digest: undefined }],
    ['a digest that is none', { ...approve, digest: 'ab' }],
    ['who pressed', { ...approve, by: { objectId: 'someone else' } }],
    [
      'a consumer without end',
      {
        keysmith: 1,
        verb: 'confirm',
        rotation: 'R-7K3FQ2',
        stage: 'moveConsumers',
        consumer: 'x'.repeat(201),
        to: 'Key2',
      },
    ],
    [
      'a slot as nobody spells it',
      {
        keysmith: 1,
        verb: 'confirm',
        rotation: 'R-7K3FQ2',
        stage: 'moveConsumers',
        consumer: 'x',
        to: 'key2',
      },
    ],
    [
      'a waiver that is no number',
      { keysmith: 1, verb: 'approveWaiver', rotation: 'R-7K3FQ2', stage: 'moveConsumers', waiver: '1' },
    ],
    [
      'a subject that is none',
      {
        keysmith: 1,
        verb: 'askWaiver',
        rotation: 'R-7K3FQ2',
        stage: 'moveConsumers',
        subject: 'consumer:',
        reason: '',
      },
    ],
    ['a megabyte', { ...approve, verb: 'reject', reason: 'x'.repeat(1_000_000) }],
  ])('with %s is refused', (_, data) => {
    expect(parseCardData(data)).toEqual({ ok: false, error: 'malformed' });
  });

  test('of whatever kind never throws', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (value, extra) => {
        expect(typeof parseCardData(value).ok).toBe('boolean');
        expect(parseCardData({ ...approve, extra }).ok).toBe(false);
      }),
    );
  });
});
