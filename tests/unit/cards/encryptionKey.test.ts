import { describe, expect, test } from '@jest/globals';
import { livingCard, statusOf } from '../../../src/adapters/teams/cards/index.ts';
import type { EncryptionKeyRotation } from '../../../src/domain/encryptionKey/rotation.ts';
import type { Person } from '../../../src/domain/people.ts';
import { view } from '../../support/sampleCards.ts';
import * as keys from '../../support/sampleEncryption.ts';
import * as sample from '../../support/sampleRotations.ts';
import { validateCard } from '../../support/validateCard.ts';
import { buttonsOf, objectsIn, titlesOf, wordsOf } from './walk.ts';

const { rotations } = keys;
const { ada, bo, chidi, eve } = sample.people;
const living = Object.entries<EncryptionKeyRotation>(rotations);

function seenBy(rotation: EncryptionKeyRotation, viewer?: Person) {
  const card = livingCard(view(rotation, viewer));
  return { buttons: titlesOf(card), words: wordsOf(card), card };
}

const inputsOf = (card: object) =>
  [...objectsIn(card)].filter(({ type }) => String(type).startsWith('Input.'));

const choicesOf = (card: object, id: string) =>
  (inputsOf(card).find((input) => input['id'] === id)?.['choices'] ?? []) as readonly Readonly<{
    title: string;
    value: string;
  }>[];

describe('the buttons of each state', () => {
  test.each<[keyof typeof rotations, readonly string[]]>([
    ['keyLooking', ['Cancel']],
    ['keyChoice', ['Check this key', 'Cancel']],
    ['keyUnfit', ['Check key', 'Check again', 'Cancel']],
    ['keyChecking', ['Cancel']],
    ['keyApproval', ['Approve', 'Reject…', 'Cancel']],
    ['keyApprovalOneWay', ['Approve', 'Reject…', 'Cancel']],
    ['keyMaking', []],
    ['keyPointing', []],
    ['keyRightAwaited', []],
    ['keyWrapping', []],
    ['keySettling', ['Stay', 'Roll back']],
    ['keySettlingFollowing', ['Stay', 'Pin', 'Roll back']],
    ['keyHalted', ['Retry', 'Cancel']],
    ['keyHaltedWrap', ['Retry', 'Roll back', 'Cancel']],
    ['keyRollingBack', []],
    ['keyMoved', []],
    ['keyMovedAlarm', []],
    ['keyPinned', []],
    ['keyRolledBack', []],
    ['keyRefused', []],
    ['keyDeclined', []],
    ['keyCancelled', []],
  ])('of %s', (name, titles) => {
    expect(seenBy(rotations[name]).buttons).toEqual(titles);
  });

  test('are not there for a bystander, nor are the inputs', () => {
    for (const [, rotation] of living) {
      const { buttons, card } = seenBy(rotation, { ...eve, objectId: 'somebody-else' });
      expect(buttons).toEqual([]);
      expect(inputsOf(card)).toEqual([]);
    }
  });
});

describe('the choice of a key', () => {
  const { card, words } = seenBy(rotations.keyChoice);

  test('says what the account uses now', () => {
    expect(words).toContain('Key chat-cmk, version 3f2a9c01… Vault contoso-keys Version pinned');
    expect(seenBy(rotations.keyChoiceMicrosoft).words).toContain('Key Microsoft-managed');
  });

  test('offers a new version, the versions that are there, and a new key', () => {
    expect(choicesOf(card, 'option').map(({ title }) => title)).toEqual([
      'A new version of chat-cmk',
      'chat-cmk, version 9d40e6b2… · newest · of 2026-02-11 · expires 2027-02-11',
      'chat-cmk, version 3f2a9c01… · in use · of 2025-03-02',
      'chat-cmk, version 0c5b7e2f… · of 2024-03-01 · expires 2025-03-01 · can’t be used: it has expired',
      'shared-cmk, version 77e1d0a9… · newest · of 2025-10-20',
      'A new key (RSA 2048)',
    ]);
    expect(words).toContain('4 more versions are there: choose one by its identifier.');
  });

  test('asks for the vault only where there are several, and offers no new version of a key that isn’t there', () => {
    const microsoft = seenBy(rotations.keyChoiceMicrosoft).card;
    expect(choicesOf(card, 'vault')).toEqual([]);
    expect(choicesOf(microsoft, 'vault').map(({ title }) => title)).toEqual(['contoso-keys', 'contoso-hsm']);
    expect(choicesOf(microsoft, 'option').map(({ value }) => value)[0]).toBe('newKey');
    expect(choicesOf(microsoft, 'option').map(({ value }) => value)).not.toContain('newVersion');
  });

  test('makes nobody’s client fetch a view of its own, which would wipe what is being typed', () => {
    for (const [, rotation] of living) {
      const drawn = livingCard(view(rotation), { refreshFor: ['29:a'] });
      expect([rotation.phase.at, 'refresh' in drawn]).toEqual([
        rotation.phase.at,
        rotation.phase.at !== 'choosingKey',
      ]);
      expect([rotation.phase.at, inputsOf(drawn).length > 0]).toEqual([
        rotation.phase.at,
        rotation.phase.at === 'choosingKey',
      ]);
    }
  });

  test('is not asked for in the answer to a question about the state', () => {
    const status = statusOf(view(rotations.keyChoice));
    expect([inputsOf(status), titlesOf(status)]).toEqual([[], []]);
  });

  test('shows first what refuses, each with what to do and every page, and folds what passed', () => {
    const { words: unfit, card: drawn } = seenBy(rotations.keyUnfit);
    expect(unfit).toContain('Can’t be used: chat-cmk, version 0c5b7e2f…');
    expect(unfit).toContain('✖ Vault protection · contoso-keys has no purge protection');
    expect(unfit).toContain('What to do: Switch purge protection on');
    expect(unfit).toMatch(
      /Pages: Customer-managed keys for Foundry.*; Encryption keys in the AI Foundry portal/,
    );
    expect(unfit.indexOf('Vault protection')).toBeLessThan(unfit.indexOf('Rights on the key'));
    const passed = [...objectsIn(drawn)].find(({ id }) => id === 'passed');
    expect(passed?.['isVisible']).toBe(false);
    expect(unfit).toContain('8 checks passed');
  });

  test('still has what was chosen before', () => {
    const option = inputsOf(seenBy(rotations.keyUnfit).card).find(({ id }) => id === 'option');
    expect(option?.['value']).toBe(
      'https://contoso-keys.vault.azure.net/keys/chat-cmk/0c5b7e2f9a164d38b1e4f6a7c8d90213',
    );
  });
});

describe('the gate', () => {
  test('says what would be done, in order, and where the account goes', () => {
    const { words } = seenBy(rotations.keyApproval);
    expect(words).toContain('From chat-cmk, version 3f2a9c01… To a new version of chat-cmk (RSA 2048)');
    const order = [
      'Make a new version',
      'Point contoso-chat at it',
      'Wait while',
      'Verify that',
      'Tag and watch',
    ];
    const places = order.map((text) => words.indexOf(text));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(words).toContain('contoso-archive · follows the newest version of this key, so it switches too');
    expect(words).toContain('both must stay enabled for good');
    // nothing is changed yet that could be rolled back
    expect(words).not.toContain('Roll back');
  });

  test('says of a key that Azure follows that creating the version is the switch', () => {
    const { words } = seenBy(rotations.keyApprovalFollowing);
    expect(words).toContain('creating the version is the switch');
    expect(words).not.toContain('Point contoso-chat at it');
  });

  test('has words of its own for the one-way door, and its own quorum', () => {
    const { words, card } = seenBy(rotations.keyApprovalOneWay);
    expect(words).toContain('A one-way door contoso-chat leaves its Microsoft-managed key for good.');
    expect(words).toContain('Approvals: 1 of 3');
    const door = [...objectsIn(card)].find(({ id }) => id === 'oneWay');
    expect(door?.['style']).toBe('attention');
    expect(seenBy(rotations.keyApproval).words).not.toContain('one-way');
  });

  test('counts neither the requester nor whoever is not among the approvers', () => {
    expect(seenBy(rotations.keyApproval, ada).buttons).toEqual(['Cancel']);
    expect(seenBy(rotations.keyApproval, bo).buttons).toEqual(['Take back', 'Reject…', 'Cancel']);
    expect(seenBy(rotations.keyApproval, chidi).buttons).toEqual(['Approve', 'Reject…', 'Cancel']);
    // who may vote at the one-way gate only may steer, and not approve
    expect(seenBy(rotations.keyApproval, eve).buttons).toEqual(['Cancel']);
  });
});

describe('the way', () => {
  test('says since when Azure wraps, how long that takes, and what is available meanwhile', () => {
    const { words } = seenBy(rotations.keyWrapping);
    expect(words).toContain('Certain operations are available meanwhile.');
    expect(words).toContain('Usually it takes 5 min; after 45 min I stop and ask people.');
    expect(words).toContain('Since {{TIME(2026-03-04T10:39:00Z)}}, 3 min so far');
    expect(words).not.toContain('longer than usual');
    expect(seenBy(rotations.keyWrappingSlow).words).toContain('longer than usual');
  });

  test('says which right is waited for, and until when', () => {
    const { words } = seenBy(rotations.keyRightAwaited);
    expect(words).toContain('it lacks wrapKey and unwrapKey on chat-cmk');
    expect(words).toContain(
      'next try {{TIME(2026-03-04T10:43:00Z)}} · given up at {{TIME(2026-03-04T10:54:00Z)}}',
    );
    expect(words).toContain('Point the account at the key · waits for a right');
  });

  test('shows the way back as a stage of its own', () => {
    const { words } = seenBy(rotations.keyRollingBack);
    expect(words).toContain('Rolling back to chat-cmk, version 3f2a9c01…');
    expect(words).toContain('▶ Roll back · now');
  });
});

describe('the last choice', () => {
  test('says what was seen, and that the previous version must stay enabled', () => {
    const { words } = seenBy(rotations.keySettling);
    expect(words).toContain('never disable or delete one');
    expect(words).toContain('Data plane · It answers 200');
    expect(words).toContain('nothing but the encryption changed');
    expect(words).toContain('Open until {{TIME(2026-03-04T11:41:00Z)}}');
  });

  test('lists what changed beside the encryption', () => {
    const { words } = seenBy(rotations.keySettlingDiffers);
    expect(words).toContain('properties.networkAcls.defaultAction · "Allow" → "Deny"');
    expect(words).toContain('tags.owner · not there → "ops"');
    expect(words).not.toContain('nothing but the encryption changed');
  });

  test('says why there is no way back from the one-way door', () => {
    const settling = { ...rotations.keyMovedOneWay, phase: rotations.keySettling.phase };
    const { words, buttons } = seenBy(settling);
    expect(buttons).toEqual(['Stay']);
    expect(words).toContain('No Roll back: The account came from a Microsoft-managed key');
  });
});

describe('the end', () => {
  test('says what it uses, what was made, who approved, and what must stay enabled', () => {
    const { words } = seenBy(rotations.keyMoved);
    expect(words).toContain('Finished: it uses chat-cmk, version b81c07ae…');
    expect(words).toContain('Before chat-cmk, version 3f2a9c01… Now chat-cmk, version b81c07ae…');
    expect(words).toContain('Made chat-cmk, version b81c07ae…');
    expect(words).toContain('Bo Chen and Chidi Okafor');
    expect(words).toContain('Took 19 min');
    expect(words).toContain('chat-cmk, version 3f2a9c01… · enabled');
  });

  test('shows an alarm that comes long afterwards, once', () => {
    const { words, card } = seenBy(rotations.keyMovedAlarm);
    expect(words).toContain('1 key version needs somebody now');
    expect(words.match(/DISABLED/g)).toHaveLength(1);
    expect([...objectsIn(card)].find(({ id }) => id === 'status')?.['style']).toBe('attention');
  });

  test('shows as trouble what is still enabled but expires soon', () => {
    const [old, current] = rotations.keyMoved.guarded;
    if (old === undefined || current === undefined) throw new Error('the sample guards two versions');
    const { words } = seenBy({
      ...rotations.keyMoved,
      guarded: [old, { ...current, alarmed: 'expiresSoon' }],
    });
    expect(words).toContain('✖ chat-cmk, version b81c07ae… · expires soon: rotate, or set a later expiry');
    // those in trouble come first
    expect(words.indexOf('version b81c07ae… · expires soon')).toBeLessThan(
      words.indexOf('version 3f2a9c01… · enabled'),
    );
  });

  test('shows an alarm also while a step is under way', () => {
    const { guarded } = rotations.keyMovedAlarm;
    expect(seenBy({ ...rotations.keyWrapping, guarded }).words).toContain('DISABLED');
  });

  test('of a pin and of a way back says so', () => {
    expect(seenBy(rotations.keyPinned).words).toContain('It no longer follows newer versions by itself.');
    expect(seenBy(rotations.keyPinned).words).toContain('✔ Pin the version');
    expect(seenBy(rotations.keyRolledBack).words).toContain(
      'Rolled back: it uses chat-cmk, version 3f2a9c01…',
    );
  });

  test('of one that was cancelled says what was made', () => {
    expect(seenBy(rotations.keyCancelled).words).toContain('version b81c07ae… · made in the vault');
    expect(seenBy(rotations.keyDeclined).words).toContain('Nothing was changed in Azure.');
  });
});

describe('text of Azure and of people', () => {
  const evil = '**bold** [x](https://evil.example) <at>Bo</at> ${rotation} {{DATE(2026-03-04T10:40:00Z)}}';
  const named = { vault: evil, name: evil, version: evil };
  const poisoned = (rotation: EncryptionKeyRotation): EncryptionKeyRotation => {
    const plan = rotation.plan === undefined ? undefined : poisonedPlan(rotation.plan);
    const { phase } = rotation;
    return {
      ...rotation,
      request: { ...rotation.request, by: { ...ada, name: evil }, account: evil, reason: evil },
      found: {
        ...keys.found,
        account: { ...keys.found.account, name: evil, resourceGroup: evil },
        encryption: keys.customer(named),
        inUse: named,
        vaults: [{ address: evil, name: evil }],
        candidates: [{ key: named, newest: true, inUse: true, created: null, expires: null, unfit: evil }],
      },
      ...(plan === undefined ? {} : { plan }),
      ...(rotation.created === undefined ? {} : { created: named }),
      ...(rotation.heading === undefined
        ? {}
        : { heading: { ...rotation.heading, to: named, version: named } }),
      guarded: rotation.guarded.map((one) => ({ ...one, key: named })),
      ...(rotation.differences === undefined
        ? {}
        : { differences: [{ field: evil, before: evil, after: evil }], dataPlane: evil }),
      remarks: [evil],
      phase:
        phase.at === 'halted'
          ? { ...phase, fault: { kind: 'bug', says: evil, remedy: evil, action: evil } }
          : phase.at === 'ended'
            ? { ...phase, says: evil, remedy: evil, by: { ...ada, name: evil } }
            : phase.at === 'choosingKey' && phase.unfit !== undefined
              ? { ...phase, unfit: poisonedPlan(phase.unfit) }
              : phase.at === 'working' && phase.waiting !== undefined
                ? { ...phase, waiting: { ...phase.waiting, says: evil } }
                : phase,
    };
  };
  const poisonedPlan = (plan: typeof keys.plan): typeof keys.plan => ({
    ...plan,
    from: keys.customer(named),
    previous: plan.previous === null ? null : named,
    to: named,
    making: plan.making === null ? null : { ...plan.making, vault: evil, name: evil },
    followers: [evil],
    checks: plan.checks.map((check) => ({ ...check, name: evil, says: evil, remedy: evil, sources: [evil] })),
  });

  test.each(living)('is never read as Markdown, a mention or an expression: %s', (_, rotation) => {
    const card = livingCard(view(poisoned(rotation)));
    // choices and values of inputs are shown as they are; all else that isn't a run is Markdown
    const read = [...objectsIn(card)].flatMap((part) =>
      typeof part['type'] !== 'string' || /^(TextRun|Input\..*)$/.test(part['type'])
        ? [part['label'], part['placeholder']]
        : [part['text'], part['title'], part['fallbackText'], part['speak']],
    );
    expect(read.filter((text) => typeof text === 'string' && text.includes('evil'))).toEqual([]);
    const shown = [...objectsIn(card)].flatMap(({ type, text, title }) =>
      type === 'TextRun' ? [text] : type === undefined ? [title] : [],
    );
    const signs = ['<at>', '${', '{{'];
    expect(
      shown.filter((text) => typeof text === 'string' && signs.some((sign) => text.includes(sign))),
    ).toEqual([]);
  });

  test.each(living)('of the longest kind still fits: %s', (_, rotation) => {
    const long = (text: string, n: number) => text.repeat(n);
    const check = (n: number) =>
      ({
        name: long('検', 200),
        verdict: (['refuse', 'warn', 'unknown', 'pass'] as const)[n % 4] ?? 'pass',
        says: long('検査', 500),
        remedy: long('対', 500),
        sources: [long('頁', 300), long('頁', 300)],
      }) as const;
    const big = (plan: typeof keys.plan) => ({
      ...plan,
      followers: Array.from({ length: 90 }, () => long('口', 90)),
      checks: Array.from({ length: 40 }, (_one, n) => check(n)),
    });
    const { phase } = rotation;
    const enormous: EncryptionKeyRotation = {
      ...rotation,
      request: { ...rotation.request, reason: long('理由', 1000) },
      found: {
        ...keys.found,
        candidates: Array.from({ length: 60 }, (_one, n) => ({
          key: keys.key(String(n).padStart(32, '0'), long('k', 127)),
          newest: false,
          inUse: false,
          created: 1,
          expires: 2,
          unfit: long('理', 300),
        })),
      },
      ...(rotation.plan === undefined ? {} : { plan: big(rotation.plan) }),
      guarded: rotation.guarded.flatMap((one) =>
        Array.from({ length: 30 }, (_one, n) => ({ ...one, key: keys.key(String(n), long('k', 127)) })),
      ),
      ...(rotation.differences === undefined
        ? {}
        : {
            differences: Array.from({ length: 60 }, () => ({
              field: long('f', 300),
              before: long('前', 900),
              after: long('後', 900),
            })),
          }),
      remarks: Array.from({ length: 30 }, () => long('記録', 400)),
      phase:
        phase.at === 'choosingKey' && phase.unfit !== undefined
          ? { ...phase, unfit: big(phase.unfit) }
          : phase,
    };
    expect(validateCard(livingCard(view(enormous)))).toEqual([]);
    expect(validateCard(statusOf(view(enormous)))).toEqual([]);
  });

  test.each(living)('holds no digest outside of the buttons: %s', (_, rotation) => {
    const shown = [...objectsIn(livingCard(view(rotation)))]
      .flatMap((part) => Object.values(part))
      .filter((value) => typeof value === 'string');
    expect(shown.filter((text) => /[0-9a-f]{64}/i.test(text))).toEqual([]);
  });
});

test('the buttons of a gate carry its digest, those of the choice the only vault', () => {
  const dataOf = (rotation: EncryptionKeyRotation, verb: string) =>
    buttonsOf(livingCard(view(rotation))).find((button) => button.verb === verb)?.data;
  expect(dataOf(rotations.keyApproval, 'approve')).toMatchObject({
    stage: 'approve',
    digest: sample.planDigest,
  });
  expect(dataOf(rotations.keyChoice, 'chooseKey')).toMatchObject({ vault: keys.vault });
  expect(dataOf(rotations.keyChoiceMicrosoft, 'chooseKey')).not.toHaveProperty('vault');
});
