import { describe, expect, test } from '@jest/globals';
import { gateCard, livingCard, reviewCard, waiverCard } from '../../../src/adapters/teams/cards/index.ts';
import type { ApiKeysRotation } from '../../../src/domain/apiKeys/rotation.ts';
import type { Person } from '../../../src/domain/people.ts';
import { approvalRotations, rotations, view } from '../../support/sampleCards.ts';
import * as sample from '../../support/sampleRotations.ts';
import { objectsIn, titlesOf, wordsOf } from './walk.ts';

const { ada, bo, chidi, dana, eve } = sample.people;
const read = (card: object) => ({ buttons: titlesOf(card), words: wordsOf(card) });
const seenBy = (rotation: ApiKeysRotation, viewer?: Person) => read(livingCard(view(rotation, viewer)));
const { strict, escalated, elsewhere, outOfReach, emergency, reviewOwed, reviewGiven } = approvalRotations;

describe('what a gate asks for', () => {
  const { words, buttons } = seenBy(strict);

  test.each([
    'Bo Chen approved at {{TIME(2026-03-04T10:38:00Z)}} · counts until {{TIME(2026-03-04T14:38:00Z)}}',
    'May approve: Chidi Okafor',
    'One of them must be somebody from Security.',
    'Each approval needs a sign-in of the last 10 min.',
    'An approval counts for 4 h.',
    'The owners of its consumers may not approve.',
    'If nobody decides: Farid Haddad, or somebody from Security may approve as well.',
    'Without a decision they are called in at {{TIME(2026-03-04T12:36:00Z)}}',
    '1 more approval needed',
  ])('is on the card: %s', (says) => {
    expect(words).toContain(says);
  });

  test('doesn’t take the buttons off the card that everybody sees', () => {
    expect(buttons).toEqual(['Approve', 'Reject…', 'Cancel']);
  });

  test('names groups, with how many of them may still vote, and without a number where nobody could count', () => {
    const counted = {
      ...strict,
      members: { ...strict.members, 'entra:platform': [chidi, { ...eve, objectId: 'another' }, bo] },
    };
    expect(seenBy(counted).words).toContain('May approve: Chidi Okafor, or anybody in Platform (2 people)');
    expect(seenBy({ ...strict, members: {} }).words).toContain(
      'May approve: Chidi Okafor, or anybody in Platform One of',
    );
  });

  test('says that others were called in, and no longer when they will be', () => {
    const { words: later } = seenBy(escalated);
    expect(later).toContain(
      'Called in because nobody decided in 2 h: Farid Haddad, or somebody from Security.',
    );
    expect(later).not.toContain('Without a decision');
    expect(later).toMatch(/May approve: Chidi Okafor and Farid Haddad, or anybody in Security/);
  });

  test('says that the kind that must be among them already is', () => {
    const [first] = strict.phase.at === 'awaitingApproval' ? strict.phase.votes : [];
    if (first === undefined || strict.phase.at !== 'awaitingApproval') throw new Error('no vote');
    const from = { ...first, memberOf: ['entra:security'] };
    const given = { ...strict, phase: { ...strict.phase, votes: [from] } };
    expect(seenBy(given).words).toContain('One of them had to be somebody from Security: done.');
  });

  test('asks for the missing kind once the number is there', () => {
    if (strict.phase.at !== 'awaitingApproval') throw new Error('no gate');
    const votes = [sample.vote(bo, 4), sample.vote(chidi, 3)];
    const { words: says } = seenBy({ ...strict, phase: { ...strict.phase, votes } });
    expect(says).toContain('The approval of somebody from Security is needed');
  });
});

describe('each viewer of a gate', () => {
  test.each<[string, ApiKeysRotation, Person, readonly string[], string]>([
    ['whoever asked', strict, ada, ['Cancel'], 'You asked for this'],
    ['whoever voted', strict, bo, ['Take back', 'Reject…', 'Cancel'], 'You approved at'],
    ['an approver', strict, chidi, ['Approve', 'Reject…', 'Cancel'], 'It needs a sign-in of the last 10 min'],
    ['an owner who is left out', strict, dana, ['Cancel'], 'You own a consumer of this account'],
    ['whoever voted at the other gate', elsewhere, bo, ['Cancel'], 'You approved the other gate'],
    ['a bystander', rotations.approval, eve, [], 'You are not an approver here'],
    ['whom an emergency skips', emergency, chidi, ['Cancel'], 'you are not asked this time'],
    ['whom an emergency asks', emergency, bo, ['Approve', 'Reject…', 'Cancel'], 'Your approval is asked for'],
  ])('%s sees what they can do, or why they can’t', (_who, rotation, viewer, buttons, note) => {
    const seen = seenBy(rotation, viewer);
    expect(seen.buttons).toEqual(buttons);
    expect(seen.words).toContain(note);
  });
});

describe('the forecast', () => {
  const tone = (rotation: ApiKeysRotation) =>
    [...objectsIn(livingCard(view(rotation)))].find(({ id }) => id === 'status')?.['style'];

  test('says in attention style whom it hangs on and what to do, and leaves the buttons', () => {
    const { words, buttons } = seenBy(outOfReach);
    expect(tone(outOfReach)).toBe('attention');
    expect(words).toContain('The quorum can no longer be reached');
    expect(words).toContain(
      'Chidi Okafor can’t be reached by direct message. Too few are left for 2 approvals.',
    );
    expect(words).toContain('Ask them to decide on the card in the channel.');
    expect(buttons).toContain('Approve');
  });

  test('is no alarm as long as others will be called in', () => {
    const later: ApiKeysRotation = { ...strict, notReached: [chidi] };
    expect(tone(later)).toBe('warning');
    expect(seenBy(later).words).toContain('others are called in later');
  });

  test('is not there while enough are left', () => {
    expect(seenBy(strict).words).not.toMatch(/no longer be reached|called in later/);
  });
});

describe('the window', () => {
  const { window, gateInFreeze } = approvalRotations;

  test('is said at the gate, with the freeze that stands', () => {
    const { words } = seenBy(gateInFreeze);
    expect(words).toContain('Carried out only Mon to Fri 22:00 to 04:00 (Europe/Berlin).');
    expect(words).toContain('Frozen now: Trade fair: nobody touches production');
  });

  test('is waited for with who approved, when it opens, when the approval expires, and Cancel', () => {
    const { words, buttons } = seenBy(window, ada);
    expect(words).toContain('Approved by Bo Chen and Chidi Okafor.');
    expect(words).toMatch(/Opens at \{\{TIME\(2026-03-04T20:42:00Z\)\}\} · the approval expires at /);
    expect(words).toContain('Frozen now: Trade fair');
    expect(buttons).toEqual(['Cancel']);
    expect(seenBy(window, { ...eve, objectId: 'somebody-else' }).buttons).toEqual([]);
  });

  test('that comes too late is said before it is', () => {
    if (window.phase.at !== 'awaitingWindow') throw new Error('no window');
    const late = { ...window, phase: { ...window.phase, until: window.phase.expires + 1 } };
    const { words } = seenBy(late);
    expect(words).toContain('it will be asked for again');
    expect(words).not.toContain('Opens at');
  });

  test('isn’t waited for in an emergency', () => {
    const { request } = emergency;
    expect(seenBy({ ...gateInFreeze, request }).words).toContain('An emergency waits for no window');
  });
});

describe('an emergency', () => {
  test('is marked loudly on every card of it, and on no other', () => {
    const waiver = { ...rotations.moving, waivers: [sample.kioskWaiver], request: emergency.request };
    for (const card of [
      livingCard(view(emergency)),
      gateCard(view(emergency), 'prepare', bo),
      livingCard(view(reviewGiven)),
      waiverCard(view(waiver), 1),
    ])
      expect(wordsOf(card)).toMatch(/⚠ EMERGENCY/);
    expect(wordsOf(reviewCard(view(reviewOwed), chidi))).toMatch(/EMERGENCY · API key rotation/);
    expect(seenBy(rotations.approval).words).not.toMatch(/emergency/i);
  });

  test('shows the review that is owed, with a button for those who were skipped alone', () => {
    expect(seenBy(reviewOwed).words).toContain('Review owed · by one of Chidi Okafor and Dana Reyes');
    expect(seenBy(reviewOwed, chidi).buttons).toEqual(['Write a review…']);
    for (const person of [ada, bo, eve]) expect(seenBy(reviewOwed, person).buttons).toEqual([]);
  });

  test('shows the review that was given, and asks for no other', () => {
    const { words, buttons } = seenBy(reviewGiven);
    expect(words).toContain('Reviewed · Chidi Okafor: “It was needed');
    expect(buttons).toEqual([]);
    expect(read(reviewCard(view(reviewGiven), dana)).buttons).toEqual([]);
  });
});

describe('a gate’s card in a personal chat', () => {
  const card = (rotation: ApiKeysRotation, gate: 'prepare' | 'retire', viewer: Person) =>
    gateCard(view(rotation), gate, viewer, { refreshFor: ['29:somebody'] });

  test('is the card of the channel as that person would see it', () => {
    expect(read(card(rotations.approval, 'prepare', chidi)).buttons).toEqual([
      'Approve',
      'Reject…',
      'Cancel',
    ]);
    expect(read(card(rotations.approval, 'prepare', bo)).buttons).toEqual(['Take back', 'Reject…', 'Cancel']);
    expect(card(rotations.approval, 'prepare', chidi)).not.toHaveProperty('refresh');
  });

  test.each<[string, ApiKeysRotation, 'prepare' | 'retire', string]>([
    ['approved', rotations.moving, 'prepare', 'Approved by Bo Chen and Chidi Okafor'],
    ['approved, and held later', rotations.held, 'prepare', 'Approved by Bo Chen and Chidi Okafor'],
    ['waiting for its window', approvalRotations.window, 'prepare', 'It waits for the time'],
    ['rejected', rotations.declined, 'prepare', 'Rejected by Chidi Okafor “Not during the launch week.”'],
    ['held', rotations.held, 'retire', 'Rejected by Chidi Okafor: on hold'],
    ['left behind', rotations.rolledBack, 'retire', 'No longer asked'],
  ])('says what was decided when it is %s, and has no button', (_how, rotation, gate, says) => {
    const seen = read(card(rotation, gate, chidi));
    expect(seen.words).toContain(says);
    expect(seen.buttons).toEqual([]);
  });
});
