import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  describePolicyProblems,
  policiesFrom,
  type PolicyFile,
  readPolicy,
} from '../../src/adapters/policy/index.ts';
import { demoDurations } from '../../src/demo/durations.ts';
import { people as demoPeople, tenantId as demoTenant } from '../../src/demo/people.ts';
import { digest } from '../../src/domain/ids.ts';
import type { Rules } from '../../src/domain/policy.ts';
import { policyText } from '../support/policyText.ts';

const env = resolve(import.meta.dirname, '../../env');

describe('a policy that keeps every rule', () => {
  test('is given with people, defaults and durations resolved', () => {
    const file = read(policyText());
    expect(file.defaults.gates.prepare.from.map(({ name }) => name)).toEqual(['ada', 'bo', 'chen']);
    expect(file.defaults).toMatchObject({
      afterwards: 'ask',
      timing: { soak: 1_800_000, deadWithin: 28_800_000 },
    });
    expect(file.warnings).toEqual([]);
    expect(rulesOf(file, 'chat').consumers[0]).toEqual({
      kind: 'keyVaultSecret',
      name: 'chat-web',
      vault: 'https://apps.vault.azure.net',
      secret: 'chat-web-key',
      receipt: 'https://chat.example/receipt',
      pickupWithin: 600_000,
      owners: [{ objectId: id('a1'), tenantId: id('01'), name: 'ada' }],
      deputies: [],
    });
  });

  test('nobody goes through the one-way door, and a new key is the one that every page allows, unless it is said', () => {
    const { gates, encryption } = read(policyText()).defaults;
    expect(gates).not.toHaveProperty('oneWay');
    expect(encryption).toEqual({ type: 'RSA', bits: 2048 });
  });

  test('the encryption key of an account is described value by value, and dates may be years away', () => {
    const file = read(
      policyText({
        'gates:': 'encryption: { type: RSA-HSM, lifetime: 730d }\ntiming: { expiryWarning: 60d }\ngates:',
        '  - name: chat\n': '  - name: chat\n    encryption: { lifetime: 90d }\n',
      }),
    );
    const day = 86_400_000;
    expect(file.defaults.encryption).toEqual({ type: 'RSA-HSM', bits: 2048, lifetime: 730 * day });
    expect(file.defaults.timing.expiryWarning).toBe(60 * day);
    expect(rulesOf(file, 'chat').encryption).toEqual({ type: 'RSA-HSM', bits: 2048, lifetime: 90 * day });
  });

  test('the gate of the one-way door can belong to one account alone', () => {
    const own = '- name: rg/vision\n    gates: { oneWay: { need: 3, from: [ada, bo, chen, dee] } }\n';
    const file = read(policyText({ '- name: rg/vision\n': own, 'gates:': `  dee: ${id('a4')}\ngates:` }));
    expect(file.defaults.gates.oneWay).toBeUndefined();
    expect(rulesOf(file, 'rg/vision').gates).toMatchObject({ ...file.defaults.gates, oneWay: { need: 3 } });
  });

  test('an account replaces what it mentions and keeps the rest', () => {
    const file = read(
      policyText({
        'gates:': 'timing: { soak: 2h }\ngates:',
        '  - name: chat\n': '  - name: chat\n    afterwards: stay\n    timing: { watchEvery: 1m }\n',
      }),
    );
    expect(rulesOf(file, 'chat')).toMatchObject({
      afterwards: 'stay',
      timing: { soak: 7_200_000, watchEvery: 60_000, receiptEvery: 60_000 },
      gates: file.defaults.gates,
    });
  });

  test('anchors, aliases and merges are followed', () => {
    const file = read(
      policyText({
        'retire: { need: 2, from: [ada, bo, chen] }': 'retire: { <<: *both, need: 1 }',
        'prepare: {': 'prepare: &both {',
      }),
    );
    expect(file.defaults.gates.retire).toEqual({ need: 1, from: file.defaults.gates.prepare.from });
  });

  test('somebody can have a name for the cards and a tenant of their own', () => {
    const file = read(
      policyText({
        [`ada: ${id('a1')}`]: `ada: { id: ${id('a1').toUpperCase()}, name: Ada Ek, tenant: ${id('02')} }`,
      }),
    );
    expect(file.defaults.gates.prepare.from[0]).toEqual({
      objectId: id('a1'),
      tenantId: id('02'),
      name: 'Ada Ek',
    });
  });

  test('the example file is one', () => {
    const file = read(readFileSync(`${env}/policy.example.yml`, 'utf8'));
    expect(file.accounts).toHaveLength(2);
    expect(file.warnings).toEqual([]);
  });

  test('the example file tells the true defaults', () => {
    const example = readFileSync(`${env}/policy.example.yml`, 'utf8');
    const without = example.replace(/^timing:\n( .*\n)+/m, '').replace(/^afterwards: .*\n/m, '');
    expect(without.length).toBeLessThan(example.length - 300);
    expect(read(without).defaults).toEqual(read(example).defaults);
  });

  test('the demo’s file is one for the demo’s own five people, on this machine alone', () => {
    const durations: Readonly<Record<string, string>> = demoDurations({});
    const text = readFileSync(`${env}/policy.demo.yml`, 'utf8').replaceAll(
      /\$\{(\w+)\}/g,
      (_, name: string) => durations[name] ?? 'https://127.0.0.1:7445',
    );
    const file = read(text, true);
    const all = demoPeople.map(({ objectId, name }) => ({ objectId, name, tenantId: demoTenant }));
    expect(file.defaults.gates).toEqual({
      prepare: { need: 2, from: all },
      retire: { need: 2, from: all },
      oneWay: { need: 3, from: all },
      breakGlass: { need: 1, from: all.filter(({ name }) => ['Bo', 'Chen'].includes(name)) },
    });
    expect(file.warnings).toEqual([]);
    expect(file.accounts).toEqual(['contoso-chat', 'contoso-vision']);
  });
});

describe('a mistake is told with its line and column', () => {
  // what stands in the file, what stands there instead, where, and what is said about it
  const mistakes: [string, string, string, string, string][] = [
    ['somebody unknown', '[ada, bo, chen] } # 1', '[ada, boo, chen] }', '8:35', 'did you mean `bo`?'],
    ['a gate that names nobody', 'from: [ada, bo, chen] } # 1', 'from: [] }', '8:23', 'names nobody'],
    ['a gate without names', ', from: [ada, bo, chen] } # 1', ' }', '8:3', 'is missing'],
    ['a gate that needs nobody', 'need: 2', 'need: 0', '8:20', 'must be 1 or more'],
    ['half a person', 'need: 2', 'need: 1.5', '8:20', 'write a whole number'],
    ['a number as text', 'need: 2', "need: '2'", '8:20', 'write a whole number'],
    ['a quorum out of reach', 'need: 2', 'need: 4', '8:20', 'can never be reached: 4 are needed and 3 named'],
    ['a quorum without room for who asks', 'need: 2', 'need: 3', '8:20', 'needs everybody who is named'],
    ['somebody named twice', '[ada, bo, chen] } # 1', '[ada, bo, chen, ada] }', '8:45', 'is named twice'],
    ['a person twice', `bo: ${id('a2')}`, `bo: ${id('a1')}`, '5:7', 'is the same person as `ada`'],
    ['a wrong object id', `bo: ${id('a2')}`, 'bo: bo@contoso.com', '5:7', 'is not a GUID'],
    ['a wrong tenant', `tenant: ${id('01')}`, 'tenant: contoso', '2:9', 'is not a GUID'],
    ['a missing tenant', `tenant: ${id('01')}\n`, '', '2:1', 'is missing'],
    ['an unknown name', 'gates:', 'gatez: 1\ngates:', '7:1', 'did you mean `gates`?'],
    [
      'two unknown names',
      'gates:',
      'x: 1\nyyyyyyyyyyyy: 2\ngates:',
      '8:1',
      '`yyyyyyyyyyyy` means nothing here',
    ],
    ['a wrong word', 'gates:', 'afterwards: sleep\ngates:', '7:13', 'write stay, ask or switchBack'],
    ['a wait without a unit', 'gates:', 'timing: { soak: 30 }\ngates:', '7:17', 'write a number with a unit'],
    ['a wait that is none', 'gates:', 'timing: { soak: soon }\ngates:', '7:17', 'is not a duration'],
    [
      'looks rarer than the soak',
      'gates:',
      'timing: { watchEvery: 31m }\ngates:',
      '7:23',
      'watchEvery is longer than soak',
    ],
    [
      'a one-way door as easy as the gate before it',
      '# 1',
      '\n  oneWay: { need: 2, from: [ada, bo, chen] }',
      '9:19',
      'let oneWay need 3 or more',
    ],
    [
      'an account whose one-way door is too easy',
      '- name: rg/vision',
      '- name: rg/vision\n    gates: { oneWay: { need: 1, from: [ada, bo] } }',
      '25:30',
      'it must need more people than prepare (2)',
    ],
    [
      'a type of key that Azure refuses',
      'gates:',
      'encryption: { type: EC }\ngates:',
      '7:21',
      'write RSA or RSA-HSM',
    ],
    [
      'a size of key that there is not',
      'gates:',
      'encryption: { bits: 1024 }\ngates:',
      '7:21',
      'write 2048, 3072 or 4096',
    ],
    [
      'a lifetime without end',
      'gates:',
      'encryption: { lifetime: 9999d }\ngates:',
      '7:25',
      'no more than 3650d',
    ],
    [
      'a lifetime that ends in alarm from the first day on',
      'gates:',
      'encryption: { lifetime: 30d }\ngates:',
      '7:25',
      'every new version would raise the alarm at once',
    ],
    [
      'an account’s alarm that comes before its keys are made',
      '- name: rg/vision',
      '- name: rg/vision\n    timing: { expiryWarning: 100d }\n    encryption: { lifetime: 99d }',
      '26:29',
      'every new version would raise the alarm at once',
    ],
    [
      'a patience that Azure would outlast',
      'gates:',
      'timing: { wrapPatience: 29m }\ngates:',
      '7:25',
      'write 30m or more',
    ],
    [
      'a patience that ends before the wait is even unusual',
      'gates:',
      'timing: { wrapUsually: 61m }\ngates:',
      '7:24',
      'wrapUsually is longer than wrapPatience',
    ],
    [
      'looks at a right that are rarer than its wait is long',
      'gates:',
      'timing: { rightEvery: 16m }\ngates:',
      '7:23',
      'rightEvery is longer than rightWithin',
    ],
    [
      'a timer of more than 24 days',
      'gates:',
      'timing: { guardEvery: 25d }\ngates:',
      '7:23',
      'is not a duration',
    ],
    ['a wait of nobody', 'gates:', 'timing: { soka: 3m }\ngates:', '7:11', 'did you mean `soak`?'],
    ['an account that is none', '- name: chat\n', '- name: a/b/c/d\n', '11:11', 'is no account'],
    ['an account twice', '- name: rg/vision', '- name: CHAT', '24:11', 'stands in this file already'],
    ['a consumer twice', 'name: batch', 'name: Chat-Web', '21:15', 'stands in this file already'],
    [
      'a secret twice',
      'kind: manual',
      `kind: keyVaultSecret\n        vault: https://apps.vault.azure.net/\n        secret: chat-web-key`,
      '22:17',
      'is the secret of another consumer',
    ],
    ['an unknown kind', 'kind: manual', 'kind: manul', '20:15', 'did you mean `manual`?'],
    ['no kind', 'kind: manual', 'deputies: [bo]', '20:9', 'is missing: write keyVaultSecret or manual'],
    ['a vault over http', 'https://apps', 'http://apps', '15:16', 'is no https address'],
    ['a receipt with a password', 'https://chat', 'https://u:p@chat', '17:18', 'is no https address'],
    [
      'a name that is no secret’s',
      'secret: chat-web-key',
      'secret: chat_web',
      '16:17',
      'is no name of a secret',
    ],
    ['a manual consumer without an owner', '        owners: [bo]\n', '', '20:9', 'is missing'],
    [
      'a manual consumer with a vault',
      'owners: [bo]',
      'owners: [bo]\n        vault: https://v',
      '23:9',
      'means nothing here',
    ],
    ['a line left empty', 'secret: chat-web-key', 'secret:', '16:16', 'is empty'],
    ['a list that is none', 'owners: [bo]', 'owners: bo', '22:17', 'write a list'],
  ];

  test.each(mistakes)('%s', (_, good, bad, where, says) => {
    const problems = wrong(policyText({ [good]: bad }));
    expect(problems).toContainEqual(
      expect.stringMatching(new RegExp(`^p\\.yml:${where}: .*${escape(says)}`)),
    );
    expect(problems).toHaveLength(bad.startsWith('x: 1') ? 2 : 1);
  });

  test('a consumer of whom nothing could show that it moved', () => {
    const deaf = {
      '        receipt: https://chat.example/receipt\n        pickupWithin: 10m\n        owners: [ada]\n': '',
    };
    expect(wrong(policyText(deaf))).toEqual([
      expect.stringMatching(/^p\.yml:13:9: .*nothing could ever show/),
    ]);
  });

  test.each([
    ['tabs', 'a:\n\t- b', '2:1', 'indent with spaces'],
    ['a list that is not closed', 'a: [', '1:5', 'end with a ]'],
    ['an alias of nothing', 'tenant: *x', '1:9', 'there is no anchor `&x` before this'],
    ['a tag', 'tenant: !guid x', '1:9', 'tags'],
    ['a second document', '---\na: 1\n---\nb: 1', '3:1', 'one document'],
    ['nothing', '# nothing\n', '1:1', 'the file is empty'],
    ['a list', '- a', '1:1', 'write lines of the form'],
    ['a sentence', 'rotate everything', '1:1', 'write lines of the form'],
  ])('what is no policy at all: %s', (_, text, where, says) => {
    const problems = wrong(text);
    expect(problems).toContainEqual(
      expect.stringMatching(new RegExp(`^p\\.yml:${where}: .*${escape(says)}`)),
    );
  });

  test('a name that stands twice is told together with everything else', () => {
    const problems = wrong(policyText({ 'gates:': `tenant: ${id('02')}\ngates:`, 'need: 2': 'need: 9' }));
    expect(problems).toEqual([
      expect.stringContaining('p.yml:7:1: this name stands here twice'),
      expect.stringContaining('p.yml:9:20: gates.prepare.need: can never be reached'),
    ]);
  });

  test('anchors that multiply without end are refused, quickly', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg'].map((pair) => pair.split(''))) {
      lines.push(`${to}: &${to} [${Array<string>(9).fill(`*${from}`).join(', ')}]`);
    }
    expect(wrong(lines.join('\n'))).toEqual([expect.stringContaining('unfold into more than can be read')]);
  });
});

test('all mistakes of a file are told at once, in the order of its lines', () => {
  const problems = wrong(
    policyText({
      [`tenant: ${id('01')}`]: 'tenant: x',
      [`bo: ${id('a2')}`]: 'bo: x',
      'need: 2, from: [ada, bo, chen] } # 1': 'need: 9, from: [ada, bo] }',
      'secret: chat-web-key': 'secrets: a_b',
      'owners: [ada]': 'owners: [adda]',
      'kind: manual': 'kind: manul',
      '- name: rg/vision': '- name: chat',
    }),
  );
  expect(problems.map((text) => text.split(' ')[0])).toEqual(
    ['2:9', '5:7', '8:20', '13:9', '16:9', '19:18', '20:15', '24:11'].map((where) => `p.yml:${where}:`),
  );
});

describe('a warning does not refuse the file', () => {
  test('a second gate that is easier than the first', () => {
    const file = read(policyText({ 'retire: { need: 2': 'retire: { need: 1' }));
    expect(describePolicyProblems(file.warnings)).toMatch(
      /^p\.yml:7:1: warning: gates: retire asks fewer people/,
    );
  });

  test('a key larger than all of Microsoft’s pages allow', () => {
    const file = read(policyText({ 'gates:': 'encryption: { bits: 3072 }\ngates:' }));
    expect(file.defaults.encryption.bits).toBe(3072);
    expect(describePolicyProblems(file.warnings)).toMatch(
      /^p\.yml:7:21: warning: encryption\.bits: some of Microsoft's pages/,
    );
  });

  test('a secret under two accounts', () => {
    const second =
      '\n    consumers:\n      - kind: keyVaultSecret\n        name: v\n        vault: https://apps.vault.azure.net\n' +
      '        secret: chat-web-key\n        owners: [bo]\n';
    const file = read(policyText({ '- name: rg/vision': `- name: rg/vision${second}` }));
    expect(file.warnings).toMatchObject([{ weight: 'warning', line: 29, column: 17 }]);
  });
});

test('a program that authenticates nobody may name nothing but this machine', () => {
  expect(wrong(policyText(), true)).toEqual([
    expect.stringContaining('p.yml:15:16: accounts[0].consumers[0].vault: must lead to this machine'),
    expect.stringContaining('p.yml:17:18: accounts[0].consumers[0].receipt: must lead to this machine'),
  ]);
});

test('an account that stiffens its first gate up to the one-way door is told so at its own line', () => {
  const text = policyText({
    [`chen: ${id('a3')}`]: `chen: ${id('a3')}\n  dee: ${id('a4')}`,
    '# 1': '\n  oneWay: { need: 3, from: [ada, bo, chen, dee] }',
    '- name: rg/vision': '- name: rg/vision\n    gates: { prepare: { need: 3, from: [ada, bo, chen, dee] } }',
  });
  expect(wrong(text)).toEqual([
    expect.stringMatching(/^p\.yml:27:31: accounts\[1\]\.gates\.prepare\.need: .*let oneWay need 4 or more/),
  ]);
});

test('a simulated Azure need not be waited for as long as the real one', () => {
  const text = policyText({
    'gates:': 'timing: { wrapPatience: 1m, wrapUsually: 20s }\ngates:',
    'https://apps.vault.azure.net': 'https://127.0.0.1:1',
    'https://chat.example': 'https://127.0.0.1:1',
  });
  expect(read(text, true).defaults.timing.wrapPatience).toBe(60_000);
  expect(wrong(text)).toEqual([expect.stringMatching(/^p\.yml:7:25: .*write 30m or more/)]);
});

function id(end: string): string {
  return `00000000-0000-4000-8000-0000000000${end}`;
}

function rulesOf(file: PolicyFile, account: string): Rules {
  return policiesFrom(file, () => digest('0'.repeat(64))).rulesFor(account);
}

function read(text: string, loopbackOnly = false): PolicyFile {
  const result = readPolicy(text, 'p.yml', { loopbackOnly });
  if (!result.ok) throw new Error(describePolicyProblems(result.error));
  return result.value;
}

function wrong(text: string, loopbackOnly = false): string[] {
  const result = readPolicy(text, 'p.yml', { loopbackOnly });
  const errors = result.ok ? [] : result.error.filter(({ weight }) => weight === 'error');
  return errors.map((problem) => describePolicyProblems([problem]));
}

function escape(words: string): string {
  return words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
