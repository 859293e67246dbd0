import { describe, expect, test } from '@jest/globals';
import {
  consumerCard,
  livingCard,
  refusalCard,
  statusOf,
  waiverCard,
} from '../../../src/adapters/teams/cards/index.ts';
import type { Receipt } from '../../../src/domain/apiKeys/consumers.ts';
import type { ApiKeysRotation } from '../../../src/domain/apiKeys/rotation.ts';
import type { Person } from '../../../src/domain/people.ts';
import { rotations, view } from '../../support/sampleCards.ts';
import * as sample from '../../support/sampleRotations.ts';
import { buttonsOf, titlesOf, wordsOf } from './walk.ts';

const { ada, bo, chidi, dana, eve } = sample.people;
const seenBy = (rotation: ApiKeysRotation, viewer?: Person) => {
  const card = livingCard(view(rotation, viewer));
  return { buttons: titlesOf(card), words: wordsOf(card) };
};

describe('a gate', () => {
  test('has its buttons on the card that everybody sees, since a refresh may never come', () => {
    expect(seenBy(rotations.approval).buttons).toEqual(['Approve', 'Reject…', 'Cancel']);
  });

  test('tells the requester that their approval does not count', () => {
    const { buttons, words } = seenBy(rotations.approval, ada);
    expect(buttons).toEqual(['Cancel']);
    expect(words).toContain('You asked for this, so your approval doesn’t count.');
  });

  test('tells whoever voted when they did, and lets them take it back or still reject', () => {
    const { buttons, words } = seenBy(rotations.approval, bo);
    expect(buttons).toEqual(['Take back', 'Reject…', 'Cancel']);
    expect(words).toContain('You approved at {{TIME(2026-03-04T10:38:00Z)}}.');
  });

  test('asks an approver who has not voted', () => {
    expect(seenBy(rotations.approval, chidi).buttons).toContain('Approve');
  });

  test('offers nothing to a bystander, and says who may approve', () => {
    const { buttons, words } = seenBy(rotations.approval, eve);
    expect(buttons).toEqual([]);
    expect(words).toContain('May approve: Chidi Okafor');
  });

  test('knows people by their id, not by their name', () => {
    expect(seenBy(rotations.approval, { ...eve, name: chidi.name }).buttons).toEqual([]);
    expect(seenBy(rotations.approval, { ...chidi, name: 'Renamed' }).buttons).toContain('Approve');
  });

  test('that is blocked cannot be approved, says why, and offers a waiver', () => {
    const { buttons, words } = seenBy(rotations.approvalBlocked);
    expect(buttons).toEqual(['Check again', 'Waive…', 'Reject…']);
    expect(words).toContain('Nobody has said which key lobby-kiosk holds.');
    expect(words).toContain('lobby-kiosk · not declared');
  });

  test('names the plan and the stage that its card showed', () => {
    const approve = buttonsOf(livingCard(view(rotations.approval))).find(({ verb }) => verb === 'approve');
    expect(approve?.data).toMatchObject({ stage: 'approveFirst', digest: sample.planDigest });
  });
});

describe('the plan', () => {
  const { words } = seenBy(rotations.approvalBlocked);
  test.each([
    'Key 2 dies',
    'Key 1 lives',
    'Contoso Production',
    'In use Key 1',
    'Network · warning',
    'Connections · could not be seen',
    'Holders of Key 2 that nobody registered can’t be seen',
    'The new key can’t be proved from here',
    'No direct message · to Eve Martin',
  ])('says: %s', (says) => {
    expect(words).toContain(says);
  });

  test('speaks of the other slot when the other one is in use', () => {
    const turned = {
      ...rotations.approval,
      retiring: 'Key2' as const,
      plan: { ...sample.plan, activeSlot: 'Key2' as const },
    };
    expect(seenBy(turned).words).toContain('Key 1 dies');
    expect(seenBy(turned).words).toContain('Key 2 lives');
  });
});

test('a watch that ended without evidence says what it waits for', () => {
  const { phase } = rotations.watching;
  const over = {
    ...rotations.watching,
    phase: { ...phase, until: sample.ago(1) },
    traffic: { at: sample.now, unavailable: 'no data.' },
  };
  const { words, buttons } = seenBy(over);
  expect(words).toContain('No evidence of traffic');
  expect(buttons).toContain('Waive…');
});

describe('the retirement', () => {
  const { words } = seenBy(rotations.retirement);
  test.each([
    'Key 1 dies',
    'Key 2 lives',
    'webshop-assistant · proved',
    'night-batch · asserted, not proved',
    'research-notebooks · confirmed by Eve Martin, not proved',
    'lobby-kiosk · waived, not seen',
    'The kiosk is switched off',
    'quiet: 2,091 calls',
    'does not show that nobody still uses the old one',
  ])('says: %s', (says) => {
    expect(words).toContain(says);
  });

  test('shows what is least certain first, where a long list is not cut', () => {
    expect(words.indexOf('lobby-kiosk')).toBeLessThan(words.indexOf('night-batch'));
    expect(words.indexOf('night-batch')).toBeLessThan(words.indexOf('webshop-assistant'));
  });

  test('says that a zero proves nothing where Azure shows no refusals', () => {
    const window = { ...sample.sample(sample.ago(10), 500), refusalsVisible: false };
    expect(
      seenBy({ ...rotations.retirement, traffic: { at: sample.now, window, total: window } }).words,
    ).toContain('zero refusals prove nothing');
  });

  test('says that there is no evidence where Azure Monitor showed nothing', () => {
    expect(
      seenBy({ ...rotations.retirement, traffic: { at: sample.now, unavailable: 'it answered 403.' } }).words,
    ).toContain('Traffic · no evidence');
  });
});

describe('a halted rotation', () => {
  test('offers only what is safe, and says why Roll back is not there', () => {
    const { buttons, words } = seenBy(rotations.halted);
    expect(buttons).toEqual(['Retry', 'Cancel']);
    expect(words).toContain('No Roll back: Nothing has been changed yet.');
    expect(words).toContain('Microsoft.CognitiveServices/accounts/regenerateKey/action');
  });

  test('says what each consumer may be using', () => {
    const { buttons, words } = seenBy(rotations.haltedMidway);
    expect(buttons).toEqual(['Retry', 'Roll back', 'Cancel']);
    expect(words).toContain('search-indexer · was given Key 2, may still use Key 1');
    expect(words).toContain('webshop-assistant · uses Key 2, proved');
  });

  test('does not say of an unknown key that it works', () => {
    const { words } = seenBy({ ...rotations.haltedMidway, slots: sample.slots('live', 'unknown') });
    expect(words).toContain('Key 2 · unknown');
  });

  test('offers nothing to a bystander', () => {
    expect(seenBy(rotations.haltedMidway, eve).buttons).toEqual([]);
  });
});

describe('a finished rotation', () => {
  test('counts the client calls, and those that failed', () => {
    const { words } = seenBy(rotations.finished);
    expect(words).toContain('6,204 client calls meanwhile 0 of them failed (401) 30 min');
    expect(words).toContain('The old key · proved dead');
    expect(words).toContain('Bo Chen and Dana Reyes');
  });

  test('makes no zero of what nobody saw', () => {
    const { words } = seenBy(rotations.rolledBack);
    expect(words).toContain('? client calls meanwhile ? of them failed');
    expect(words).toContain('Azure Monitor answered 403.');
    expect(words).not.toContain('The old key ·');
  });

  test('does not call a key dead that is still tried, or could not be proved dead', () => {
    const trying = {
      ...rotations.finished,
      oldKey: { proof: 'trying', since: sample.ago(3), tries: 4, heldBy: 'worker-1' },
    } as const;
    expect(seenBy(trying).words).toContain('The old key · not yet refused everywhere');
    const unproved = {
      ...rotations.finished,
      oldKey: {
        proof: 'unproved',
        since: sample.ago(300),
        at: sample.ago(60),
        tries: 40,
        because: 'still answered',
      },
    } as const;
    expect(seenBy(unproved).words).toContain('The old key · not proved dead');
  });
});

describe('the stages', () => {
  test('show done, now and next, how long each took and who approved', () => {
    const { words } = seenBy(rotations.moving);
    expect(words).toContain('✔ Check the account · done in 12 s');
    expect(words).toContain('✔ Settle on one key · done, nothing to do');
    expect(words).toContain('✔ Approve the plan · done in 6 min · approved by Bo Chen and Chidi Okafor');
    expect(words).toContain('▶ Move the consumers · now');
    expect(words).toContain('○ Retire the old key · next');
  });

  test('show where it halted', () => {
    expect(seenBy(rotations.halted).words).toContain('✖ Regenerate the unused key · halted');
  });

  test('show what was never reached, and that it was rolled back', () => {
    const { words } = seenBy(rotations.rolledBack);
    expect(words).toContain('– Move the consumers · rolled back');
    expect(words).toContain('– Retire the old key · not reached');
    expect(words).toContain('✔ Roll back · done in 3 min');
  });

  test('do not call the proof of death done while the old key is still tried', () => {
    expect(seenBy(rotations.choice).words).toContain(
      '▶ Prove the old key dead · now, in the background for 2 min, 12 tries',
    );
  });
});

describe('the card of a consumer', () => {
  const receipts = {
    given: { as: 'given', at: 1 },
    confirmed: { as: 'confirmed', at: 1, by: eve },
    proved: { as: 'proved', at: 1, version: 'v' },
    asserted: { as: 'asserted', at: 1 },
    waived: { as: 'waived', at: 1 },
    toGive: { as: 'toGive' },
  } as const satisfies Record<string, Receipt>;
  const cardWith = (receipt: Receipt, change: Partial<ApiKeysRotation> = {}) =>
    consumerCard(
      view({
        ...rotations.moving,
        consumers: [sample.consumer(sample.registered.notebook, 'Key1', receipt)],
        ...change,
      }),
      'research-notebooks',
      eve,
    );

  test.each([
    ['given', ['I have switched']],
    ['confirmed', ['Take it back']],
    ['proved', []],
    ['asserted', []],
    ['waived', []],
    ['toGive', []],
  ] as const)('offers what makes sense when the key is %s', (as, titles) => {
    expect(titlesOf(cardWith(receipts[as]))).toEqual(titles);
  });

  test('asks which key it holds', () => {
    const card = consumerCard(view(rotations.approvalBlocked), 'lobby-kiosk', eve);
    expect(buttonsOf(card).map(({ data }) => (data as { holds: string }).holds)).toEqual([
      'Key1',
      'Key2',
      'neither',
    ]);
  });

  test('takes no confirmation back once the old key is retired', () => {
    expect(
      titlesOf(
        cardWith(receipts.confirmed, { oldKey: { proof: 'trying', since: 1, tries: 1, heldBy: 'worker-1' } }),
      ),
    ).toEqual([]);
  });

  test('offers no confirmation to somebody who does not own it', () => {
    const card = consumerCard(view(rotations.moving), 'research-notebooks', dana);
    expect(titlesOf(card)).toEqual([]);
  });

  test('links to the portal of the cloud that it is in', () => {
    const card = consumerCard(view(rotations.moving), 'research-notebooks', eve, {
      portal: 'https://portal.azure.us',
    });
    expect(JSON.stringify(card)).toContain('"url":"https://portal.azure.us/#@');
  });

  test('does not say of a key that nobody could try that it works', () => {
    const card = cardWith(receipts.given, {
      plan: { ...sample.plan, proof: { possible: false, because: 'private' } },
    });
    expect(wordsOf(card)).not.toContain('works');
  });

  test('asks nothing any more when the rotation is over', () => {
    expect(titlesOf(cardWith(receipts.given, { phase: rotations.finished.phase }))).toEqual([]);
  });
});

describe('the card of a waiver', () => {
  const cardFor = (viewer?: Person, waiver: ApiKeysRotation['waivers'][number] = sample.kioskWaiver) =>
    waiverCard(view({ ...rotations.moving, waivers: [waiver] }, viewer), 1);

  test('counts neither the requester nor whoever asked for it', () => {
    expect(titlesOf(cardFor(ada))).toEqual([]);
    expect(titlesOf(cardFor(chidi, { ...sample.kioskWaiver, askedBy: chidi }))).toEqual([]);
    expect(titlesOf(cardFor(chidi))).toEqual(['Approve the waiver', 'Reject']);
  });

  test('has no buttons once it is decided', () => {
    expect(titlesOf(cardFor(undefined, { ...sample.kioskWaiver, state: 'granted' }))).toEqual([]);
    expect(
      titlesOf(cardFor(undefined, { ...sample.kioskWaiver, state: 'rejected', rejectedBy: bo })),
    ).toEqual([]);
  });
});

test('a refusal offers the names that may have been meant', () => {
  expect(
    wordsOf(
      refusalCard('No such account', 'It is not there.', 'Check the name.', [
        'contoso-chat',
        'contoso-chart',
      ]),
    ),
  ).toContain('Did you mean contoso-chat or contoso-chart?');
});

describe('views of one’s own', () => {
  const refresh = (ids?: readonly string[]) =>
    (
      livingCard(view(rotations.approval), ids === undefined ? {} : { refreshFor: ids }) as {
        refresh?: { userIds: string[]; action: { verb: string } };
      }
    ).refresh;

  test('are asked for from these people, sixty at most', () => {
    expect(refresh(['29:a'])).toMatchObject({ userIds: ['29:a'], action: { verb: 'refresh' } });
    expect(refresh(Array.from({ length: 90 }, (_, n) => `29:${n}`))?.userIds).toHaveLength(60);
  });

  test('are not asked for where there is nobody', () => {
    expect(refresh([])).toBeUndefined();
    expect(refresh()).toBeUndefined();
  });
});

test('the answer to a question about the state has no buttons of its own', () => {
  expect(titlesOf(statusOf(view(rotations.approval)))).toEqual([]);
});
