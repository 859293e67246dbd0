import { describe, expect, test } from '@jest/globals';
import {
  consumerCardName,
  gateCardName,
  isConcerned,
  ownerOf,
  readCardName,
  reviewCardName,
} from '../../../src/application/cardNames.ts';
import { approvalRotations, rotations } from '../../support/sampleCards.ts';
import { people } from '../../support/sampleRotations.ts';

const { bo, chidi, eve } = people;
const { approval, moving, proving } = rotations;

test('a name is taken apart into what it was made of, colons in a consumer’s name and all', () => {
  const { objectId } = bo;
  expect(readCardName('living')).toEqual({ card: 'living' });
  expect(readCardName('waiver:3')).toEqual({ card: 'waiver', waiver: 3 });
  expect(readCardName(consumerCardName('a:b', bo))).toEqual({ card: 'consumer', consumer: 'a:b', objectId });
  expect(readCardName(gateCardName('oneWay', bo))).toEqual({ card: 'gate', gate: 'oneWay', objectId });
  expect(readCardName(reviewCardName(bo))).toEqual({ card: 'review', objectId });
});

test('whoever has a card is found among owners, approvers and groups, in their own tenant', () => {
  const guest = { ...eve, objectId: 'of-a-group', tenantId: 'another' };
  const group = { id: 'entra:g', kind: 'entraGroup', group: 'g', name: 'G' } as const;
  const gates = { ...approval.rules.gates, prepare: { ...approval.rules.gates.prepare, groups: [group] } };
  const rotation = { ...approval, rules: { ...approval.rules, gates }, members: { [group.id]: [guest] } };
  expect(ownerOf(rotation, chidi.objectId.toUpperCase())).toEqual(chidi);
  expect(ownerOf(rotation, eve.objectId)).toEqual(eve);
  expect(ownerOf(rotation, guest.objectId)).toEqual(guest);
  expect(ownerOf(rotation, 'gone')).toEqual({
    objectId: 'gone',
    tenantId: approval.request.by.tenantId,
    name: '',
  });
});

describe('a card is drawn again', () => {
  const gate = gateCardName('prepare', bo);

  test('whenever anything happens, when it is the living one or asks an owner', () => {
    for (const name of ['living', consumerCardName('x', eve)] as const)
      expect(isConcerned(name, moving, moving)).toBe(true);
  });

  test('of a gate: while that gate is open, waits for its window, and when it closes', () => {
    expect(isConcerned(gate, approval, approval)).toBe(true);
    expect(isConcerned(gate, approval, proving)).toBe(true);
    expect(isConcerned(gate, approvalRotations.window, proving)).toBe(true);
    expect(isConcerned(gate, proving, moving)).toBe(false);
    expect(isConcerned(gateCardName('retire', bo), approval, proving)).toBe(false);
  });

  test('of a review: when it is given', () => {
    const { reviewOwed, reviewGiven } = approvalRotations;
    expect(isConcerned(reviewCardName(chidi), reviewOwed, reviewGiven)).toBe(true);
    expect(isConcerned(reviewCardName(chidi), reviewOwed, reviewOwed)).toBe(false);
  });
});
