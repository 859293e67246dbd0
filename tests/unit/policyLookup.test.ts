import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import canonicalize from 'canonicalize';
import { policiesFrom, readPolicy } from '../../src/adapters/policy/index.ts';
import type { DigestOf } from '../../src/application/ports/ambient.ts';
import type { Policies } from '../../src/application/ports/policy.ts';
import { accountId, digest } from '../../src/domain/ids.ts';
import type { Account } from '../../src/domain/account.ts';
import { policyText } from '../support/policyText.ts';

const subscription = '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e0001';
const armId = `/subscriptions/${subscription}/resourceGroups/prod/providers/Microsoft.CognitiveServices/accounts/chat`;

const digestOf: DigestOf = (value) =>
  digest(
    createHash('sha256')
      .update(canonicalize(value) ?? '')
      .digest('hex'),
  );

describe('the entry of an account', () => {
  const entries = ['chat', 'prod/chat', 'Contoso/prod/chat'];

  test.each([
    ['an account in another group', { resourceGroup: 'dev' }, 'chat'],
    ['an account in that group, of another subscription', { subscriptionName: 'Other' }, 'prod/chat'],
    [
      'the very account, with Azure’s own mixture of cases',
      { resourceGroup: 'Prod', name: 'Chat' },
      'Contoso/prod/chat',
    ],
  ])('as found, the most precise one applies: %s', (_, changes, entry) => {
    expect(consumersOf(policies(entries), found(changes))).toEqual([markOf(entry)]);
  });

  test('as found, the subscription can be written by its id or as an ARM id', () => {
    for (const entry of [`${subscription}/prod/chat`, armId, armId.toUpperCase()]) {
      expect(consumersOf(policies(['chat', entry]), found())).toEqual([markOf(entry)]);
    }
  });

  test('an account without one gets the defaults and nobody', () => {
    const rules = policies(['prod/chat']).rulesFor(found({ resourceGroup: 'dev' }));
    expect(rules).toMatchObject({ consumers: [], afterwards: 'ask', gates: { retire: { need: 2 } } });
  });

  test.each([
    ['chat', ['prod/chat'], 'prod/chat'],
    [' CHAT ', ['chat', 'vision'], 'chat'],
    ['prod/chat', ['chat', 'prod/chat', 'dev/chat'], 'prod/chat'],
    ['dev/chat', ['chat', 'prod/chat'], 'chat'],
    [armId, ['prod/chat', armId], armId],
    ['Contoso/prod/chat', ['prod/chat', 'Other/prod/chat'], 'prod/chat'],
  ])('as typed, %s is found among %j', (typed, all, entry) => {
    expect(consumersOf(policies(all), typed)).toEqual([markOf(entry)]);
  });

  test('as typed, a name of several accounts gets the consumers of all and the strictest gates', () => {
    const rules = policies(['prod/chat', 'dev/chat'], {
      'dev/chat': '{ retire: { need: 1, from: [ada, bo] } }',
    }).rulesFor('chat');
    expect(rules.consumers.map(({ name }) => name)).toEqual([markOf('prod/chat'), markOf('dev/chat')]);
    expect(rules.gates.retire.need).toBe(2);
  });

  test('as typed, a laxer entry is not believed before the account is found', () => {
    const lax = policies(['dev/chat'], { 'dev/chat': '{ retire: { need: 1, from: [ada, bo] } }' });
    expect(lax.rulesFor('chat').gates.retire.need).toBe(2);
    expect(lax.rulesFor(found({ resourceGroup: 'dev' })).gates.retire.need).toBe(1);
  });

  test('a subscription typed by name may be the one that is registered by id', () => {
    const entry = `${subscription}/prod/chat`;
    expect(consumersOf(policies(['chat', entry]), 'Contoso/prod/chat')).toEqual([
      markOf('chat'),
      markOf(entry),
    ]);
    expect(consumersOf(policies([entry]), 'Other-1/dev/chat')).toEqual([]);
  });

  test.each(['', '/', 'a/b/c/chat', '../chat', 'ch at'])('what is no account has none: %j', (typed) => {
    expect(consumersOf(policies(['chat']), typed)).toEqual([]);
  });

  test('the names can be suggested as they were written', () => {
    expect(policies(['Chat', 'prod/vision']).accounts).toEqual(['Chat', 'prod/vision']);
  });
});

describe('the digest', () => {
  const before = digestFor(policyText());

  test('stays the same through comments, blanks, quotes, order and short names', () => {
    const same = policyText({
      '# who may do what': '# anything',
      '  prepare: { need: 2, from: [ada, bo, chen] } # 1\n': '',
      '  retire: { need: 2, from: [ada, bo, chen] }\n':
        '  retire:\n    from: [chen, "bo", ada]\n    need: 2\n  prepare: { from: [bo, ada, chen], need: 2 }\nafterwards: ask\n',
      'secret: chat-web-key': "secret: 'chat-web-key'",
      'pickupWithin: 10m': 'pickupWithin: 600s',
    });
    const [head, chat, vision] = [same.split('accounts:\n')[0], ...same.split(/(?= {2}- name: )/).slice(1)];
    const turned = `${head ?? ''}accounts:\n${vision ?? ''}${chat ?? ''}`.replaceAll(/\bada\b/g, 'countess');
    expect(turned).not.toBe(same);
    expect(digestFor(turned)).toBe(before);
  });

  test.each([
    ['a quorum', 'need: 2', 'need: 1'],
    ['an approver', 'need: 2, from: [ada, bo, chen]', 'need: 1, from: [ada, bo]'],
    ['a person', '0000000000a1', '0000000000a9'],
    ['a wait', 'pickupWithin: 10m', 'pickupWithin: 11m'],
    ['an owner', 'owners: [bo]', 'owners: [chen]'],
    ['a deputy', 'owners: [ada]', 'owners: [ada]\n        deputies: [bo]'],
    ['an owner who becomes a deputy', 'owners: [ada]', 'deputies: [ada]'],
    ['a secret', 'secret: chat-web-key', 'secret: chat-web-kez'],
    ['what happens afterwards', 'gates:', 'afterwards: stay\ngates:'],
    [
      'a third gate',
      'gates:',
      '  dee: 00000000-0000-4000-8000-0000000000a4\ngates:\n  oneWay: { need: 3, from: [ada, bo, chen, dee] }',
    ],
    ['the size of new keys', 'gates:', 'encryption: { bits: 3072 }\ngates:'],
    ['the wait of a guard', 'gates:', 'timing: { guardEvery: 2h }\ngates:'],
    ['the home channel', 'gates:', 'homeChannel: { conversation: x, serviceUrl: https://x }\ngates:'],
    ['an account', 'rg/vision', 'rg/visio'],
    ['one account’s rules', '- name: rg/vision', '- name: rg/vision\n    afterwards: stay'],
  ])('changes with %s', (_, from, to) => {
    expect(digestFor(policyText({ [from]: to }))).not.toBe(before);
  });
});

test('the home channel belongs to the tenant of the file unless it says otherwise', () => {
  const text = policyText({
    'gates:':
      'homeChannel: { conversation: "19:x@thread.tacv2", serviceUrl: https://smba.trafficmanager.net/emea/ }\ngates:',
  });
  expect(inForce(text).homeChannel).toEqual({
    conversation: '19:x@thread.tacv2',
    serviceUrl: 'https://smba.trafficmanager.net/emea/',
    tenantId: '00000000-0000-4000-8000-000000000001',
  });
  expect(inForce(policyText()).homeChannel).toBeNull();
});

/** The policy in force when these accounts have entries, each with a consumer that is named after its entry. */
function policies(entries: readonly string[], gates: Readonly<Record<string, string>> = {}): Policies {
  const [head] = policyText().split('accounts:\n');
  const accounts = entries.map((entry) => {
    const own = gates[entry] === undefined ? '' : `    gates: ${gates[entry]}\n`;
    const consumer = `      - { kind: manual, name: '${markOf(entry)}', owners: [ada] }`;
    return `  - name: ${entry}\n${own}    consumers:\n${consumer}\n`;
  });
  return inForce(`${head ?? ''}accounts:\n${accounts.join('')}`);
}

function markOf(entry: string): string {
  return `of ${entry.replaceAll('/', '.')}`.replace('..', '.').slice(-60);
}

function consumersOf(all: Policies, account: string | Account): string[] {
  return all.rulesFor(account).consumers.map(({ name }) => name);
}

function digestFor(text: string): string {
  return inForce(text).rulesFor('anything').policy;
}

function inForce(text: string): Policies {
  const result = readPolicy(text, 'p.yml');
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return policiesFrom(result.value, digestOf);
}

function found(changes: Partial<Account> = {}): Account {
  return {
    id: accountId(armId),
    name: 'chat',
    subscriptionId: subscription,
    subscriptionName: 'Contoso',
    resourceGroup: 'prod',
    kind: 'AIServices',
    location: 'westus3',
    endpoint: 'https://chat.example/',
    ...changes,
  };
}
