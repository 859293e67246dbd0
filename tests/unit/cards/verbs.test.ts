import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { optionOf } from '../../../src/adapters/teams/cards/encryptionKey/keyChoice.ts';
import { parseCardData } from '../../../src/adapters/teams/cards/verbs.ts';
import type { KeyChoice } from '../../../src/domain/encryptionKey/target.ts';
import { sampleCards } from '../../support/sampleCards.ts';
import { buttonsOf } from './walk.ts';

const digest = 'ab'.repeat(32);
const approve = { keysmith: 1, verb: 'approve', rotation: 'R-7K3FQ2', stage: 'approveFirst', digest };
const typed = {
  reason: 'because',
  says: 'it was needed',
  emergency: 'false',
  subject: 'traffic',
  account: 'contoso-chat',
  procedure: 'apiKeys',
  ticket: '',
  option: 'newVersion',
  vault: 'https://contoso-keys.vault.azure.net/',
  newName: '',
  identifier: '',
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

  test.each<[string, object, object]>([
    ['a vote taken back', { verb: 'withdrawVote' }, { say: 'withdrawVote', stage: 'approveFirst' }],
    ['the form of a review', { verb: 'openReview' }, { say: 'openReview' }],
    ['a review', { verb: 'review', says: ' fine \n' }, { say: 'review', says: 'fine' }],
  ])('%s is understood', (_what, data, said) => {
    const common = { keysmith: 1, rotation: 'R-7K3FQ2', stage: 'approveFirst' };
    expect(parseCardData({ ...common, ...data })).toEqual({
      ok: true,
      value: { rotation: 'R-7K3FQ2', ...said },
    });
    expect(parseCardData({ ...common, ...data, by: 'somebody' }).ok).toBe(false);
    expect(parseCardData({ ...common, ...data, signIn: 'token' }).ok).toBe(false);
  });

  test('is an emergency only where the box was ticked', () => {
    const data = { keysmith: 1, verb: 'submitRotate', account: 'a', procedure: 'apiKeys', reason: 'r' };
    const value = (emergency: unknown) => parseCardData({ ...data, emergency });
    expect(value('true')).toMatchObject({ ok: true, value: { breakGlass: true } });
    expect(value('false')).toEqual(parseCardData(data));
    for (const odd of [true, 'yes', 1]) expect(value(odd).ok).toBe(false);
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
    [
      'an option that no card has',
      { keysmith: 1, verb: 'chooseKey', rotation: 'R-7K3FQ2', stage: 'plan', option: 'anyKey' },
    ],
    [
      'a choice that says more than the inputs do',
      {
        keysmith: 1,
        verb: 'chooseKey',
        rotation: 'R-7K3FQ2',
        stage: 'plan',
        option: 'newVersion',
        choice: { of: 'newVersion' },
      },
    ],
    [
      'a choice at the end that is none',
      { keysmith: 1, verb: 'choose', rotation: 'R-7K3FQ2', stage: 'guardOldVersion', choice: 'unpin' },
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

describe('the choice of a key', () => {
  const vault = 'https://contoso-keys.vault.azure.net/';
  const version = '3f2a9c01d4e84b0f9a6c5e7b8d1f2a30';
  const chosen = (inputs: object) =>
    parseCardData({ keysmith: 1, verb: 'chooseKey', rotation: 'R-7K3FQ2', stage: 'plan', ...inputs });
  const understood = (choice: object) => ({
    ok: true,
    value: { say: 'chooseKey', rotation: 'R-7K3FQ2', choice },
  });
  const unclear = (what: string) => ({
    ok: true,
    value: { say: 'unclearKey', rotation: 'R-7K3FQ2', unclear: what },
  });
  const existing: KeyChoice = { of: 'existing', key: { vault, name: 'chat-cmk', version } };

  test('is a new version, a new key in a vault, or a version that is there', () => {
    expect(chosen({ option: 'newVersion', newName: '', identifier: '' })).toEqual(
      understood({ of: 'newVersion' }),
    );
    expect(chosen({ option: 'newKey', newName: ' chat-cmk-2 ', vault })).toEqual(
      understood({ of: 'newKey', vault, name: 'chat-cmk-2' }),
    );
    expect(chosen({ option: `${vault}keys/chat-cmk/${version}` })).toEqual(understood(existing));
  });

  test('by an identifier counts before the option, and without a version means the newest', () => {
    const identifier = ` ${vault}keys/chat-cmk/${version}/ `;
    expect(chosen({ option: 'newVersion', identifier })).toEqual(understood(existing));
    expect(chosen({ identifier: `${vault}keys/chat-cmk` })).toEqual(
      understood({ of: 'existing', key: { vault, name: 'chat-cmk', version: '' } }),
    );
  });

  test('of every kind comes back from the value of its option', () => {
    const choices: readonly KeyChoice[] = [{ of: 'newVersion' }, existing];
    for (const choice of choices) {
      expect(chosen({ option: optionOf(choice) })).toEqual(understood(choice));
    }
  });

  test.each([
    ['nothing at all', {}, 'nothing'],
    ['a new key without a name', { option: 'newKey', vault, newName: ' ' }, 'newName'],
    ['a name that Key Vault refuses', { option: 'newKey', vault, newName: 'chat_cmk' }, 'newName'],
    ['a name that is too long', { option: 'newKey', vault, newName: 'x'.repeat(128) }, 'newName'],
    ['a new key without a vault', { option: 'newKey', newName: 'chat-cmk' }, 'vault'],
    ['a vault that is a page', { option: 'newKey', newName: 'a', vault: `${vault}keys` }, 'vault'],
    ['words', { identifier: 'the new one' }, 'identifier'],
    ['a secret', { identifier: `${vault}secrets/chat-cmk/${version}` }, 'identifier'],
    ['an address that is not safe', { identifier: `http://contoso/keys/chat-cmk/${version}` }, 'identifier'],
    ['somebody who signs in', { identifier: `https://me:pw@contoso/keys/chat-cmk/${version}` }, 'identifier'],
    ['a query', { identifier: `${vault}keys/chat-cmk/${version}?a=b` }, 'identifier'],
    ['a way up', { identifier: `${vault}keys/../keys/a/b/c` }, 'identifier'],
    ['a version of signs', { identifier: `${vault}keys/chat-cmk/${'%2e'.repeat(4)}` }, 'identifier'],
  ])('that is %s is not written down, and says which input it is', (_, inputs, what) => {
    expect(chosen(inputs)).toEqual(unclear(what));
  });

  test('does not stand in the way of the other buttons of its card, which send the inputs along', () => {
    for (const verb of ['retry', 'cancel']) {
      const data = { keysmith: 1, verb, rotation: 'R-7K3FQ2', stage: 'plan' };
      expect(parseCardData({ ...data, option: 'newVersion', newName: '', identifier: 'half-typed' })).toEqual(
        parseCardData(data),
      );
    }
  });
});
