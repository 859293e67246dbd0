import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canMeet, covers, fits, type Match, type Subject } from '../../src/adapters/policy/match.ts';
import type { Account } from '../../src/domain/account.ts';
import { foundAccount, policyWith, problemsOf, readFile, rulesOf, digestOf } from '../support/policyFiles.ts';
import { policiesFrom } from '../../src/adapters/policy/index.ts';

/** A rule whose soak tells it from every other. */
const rule = (match: string, soak: number) => `  - { match: { ${match} }, timing: { soak: ${soak}h } }`;
const soakOf = (text: string, account: string | Account) => rulesOf(text, account).timing.soak / 3_600_000;

describe('a rule is about an account', () => {
  const tags = { Env: 'prod', team: 'blue' };

  test.each([
    ['name: chat', true],
    ['name: CHAT', true],
    ['name: "ch*"', true],
    ['name: "c??t"', true],
    ['name: "*at"', true],
    ['name: "c?t"', false],
    ['name: hat', false],
    ['resourceGroup: Prod', true],
    ['resourceGroup: pro', false],
    ['subscription: contoso', true],
    ['subscription: 7D1F2A60-0c55-4e5b-9b0f-3c1d5a7e0001', true],
    ['subscription: other', false],
    ['tags: { env: prod }', true],
    ['tags: { ENV: prod, team: blue }', true],
    ['tags: { env: Prod }', false],
    ['tags: { owner: prod }', false],
    ['tags: { env: prod, team: red }', false],
    ['name: "ch*", resourceGroup: prod, subscription: Contoso, tags: { env: prod }', true],
    ['name: "ch*", resourceGroup: dev, subscription: Contoso, tags: { env: prod }', false],
  ])('by { %s }: %s', (match, is) => {
    const text = policyWith('rules:', rule(match, 7));
    expect(soakOf(text, foundAccount({ tags }))).toBe(is ? 7 : 0.5);
  });

  test('an account that Azure gives no tags has none', () => {
    expect(soakOf(policyWith('rules:', rule('tags: { env: prod }', 7)), foundAccount())).toBe(0.5);
  });
});

describe('of several that fit, the more specific one decides', () => {
  const account = foundAccount({ tags: { env: 'prod', team: 'blue' } });

  test.each([
    ['name: chat', 'tags: { env: prod, team: blue }'],
    ['tags: { env: prod, team: blue }', 'tags: { env: prod }'],
    ['tags: { env: prod }', 'name: "cha*"'],
    ['name: "cha*"', 'name: "ch*"'],
    ['name: "c*"', 'resourceGroup: prod'],
    ['resourceGroup: prod', 'subscription: contoso'],
    ['resourceGroup: prod, subscription: contoso', 'resourceGroup: prod'],
    ['tags: { env: prod }, subscription: contoso', 'tags: { env: prod }'],
  ])('{ %s } before { %s }, in whichever order they stand', (winner, loser) => {
    const [first, second] = [rule(winner, 7), rule(loser, 8)];
    expect(soakOf(policyWith('rules:', first, second), account)).toBe(7);
    expect(soakOf(policyWith('rules:', second, first), account)).toBe(7);
  });

  test('an account’s own entry before every rule, even one with its full name', () => {
    const own = ['accounts:', '  - { name: chat, timing: { soak: 9h } }'];
    expect(soakOf(policyWith('rules:', rule('name: chat, resourceGroup: prod', 7), ...own), account)).toBe(9);
  });

  test('of equals the one further up', () => {
    const [env, team] = [rule('tags: { env: prod }', 7), rule('tags: { team: blue }', 8)];
    expect(soakOf(policyWith('rules:', env, team), account)).toBe(7);
    expect(soakOf(policyWith('rules:', team, env), account)).toBe(8);
  });

  test('each single thing for itself: what one doesn’t mention, the next one says', () => {
    const rules = rulesOf(
      policyWith(
        'timing: { soak: 40m }',
        'rules:',
        '  - match: { tags: { env: prod } }',
        '    gates: { retire: { need: 3, from: [ada, bo, chen, dee] } }',
        '    timing: { soak: 2h }',
        '  - match: { resourceGroup: prod }',
        '    afterwards: stay',
        '    encryption: { lifetime: 90d }',
        '    timing: { soak: 3h, watchEvery: 1m }',
        'accounts:',
        '  - name: chat',
        '    consumers: [{ kind: manual, name: web, owners: [ada] }]',
        '    encryption: { type: RSA-HSM }',
        '  - name: prod/chat',
        '    timing: { receiptEvery: 2m }',
      ),
      account,
    );
    expect(rules.gates).toMatchObject({ prepare: { need: 2 }, retire: { need: 3 } });
    expect(rules.consumers.map(({ name }) => name)).toEqual(['web']);
    expect(rules).toMatchObject({
      afterwards: 'stay',
      encryption: { type: 'RSA-HSM', bits: 2048, lifetime: 90 * 86_400_000 },
      timing: { soak: 7_200_000, watchEvery: 60_000, receiptEvery: 120_000 },
    });
  });
});

describe('as long as too little is known of an account', () => {
  const strict = (match: string, need: number) =>
    policyWith(
      'rules:',
      `  - match: { ${match} }`,
      `    gates: { retire: { need: ${need}, from: [ada, bo, chen, dee, eli] } }`,
    );

  test.each([
    ['tags that it might have', 'tags: { env: prod }'],
    ['a group that it might be in', 'resourceGroup: dev'],
    ['a subscription that it might be in', 'name: "c*", subscription: contoso'],
  ])('the stricter gates of %s count', (_, match) => {
    expect(rulesOf(strict(match, 4), 'chat').gates.retire.need).toBe(4);
    expect(rulesOf(strict(match, 1), 'chat').gates.retire.need).toBe(2);
  });

  test('a rule that it can’t fit does not count', () => {
    expect(rulesOf(strict('resourceGroup: dev', 4), 'prod/chat').gates.retire.need).toBe(2);
    expect(rulesOf(strict('name: "v*"', 4), 'chat').gates.retire.need).toBe(2);
  });

  test('a gate that only some of them have is none', () => {
    const door = 'gates: { oneWay: { need: 3, from: [ada, bo, chen, dee] } }';
    const hurry = 'gates: { breakGlass: { need: 1, from: [ada, bo] } }';
    for (const [gates, name] of [[door, 'oneWay'] as const, [hurry, 'breakGlass'] as const]) {
      const text = policyWith('rules:', '  - match: { tags: { env: prod } }', `    ${gates}`);
      expect(rulesOf(text, 'chat').gates[name]).toBeUndefined();
      expect(rulesOf(text, foundAccount({ tags: { env: 'prod' } })).gates[name]).toBeDefined();
    }
  });
});

describe('a mistake in a rule is told with its line', () => {
  test.each([
    ['a rule for every account', rule('', 1), '13:7: rules[0].match: every account fits this'],
    ['a rule for every name', rule('name: "*"', 1), '13:7: rules[0].match: every account fits this'],
    ['a rule without a match', '  - afterwards: stay', '13:5: rules[0].match: is missing'],
    [
      'a rule that says nothing',
      '  - match: { name: chat }',
      '13:5: rules[0]: says nothing about its accounts',
    ],
    [
      'an unknown condition',
      rule('group: prod', 1),
      '13:16: rules[0].match.group: `group` means nothing here',
    ],
    ['a name that is none', rule('name: a/b', 1), '13:22: rules[0].match.name: is no name of an account'],
    [
      'a tag that is no text',
      rule('tags: { critical: true }', 1),
      '13:34: rules[0].match.tags.critical: write text',
    ],
    [
      'consumers of a rule',
      '  - { match: { name: a }, consumers: [] }',
      'rules[0].consumers: `consumers` means nothing',
    ],
  ])('%s', (_, written, says) => {
    expect(problemsOf(policyWith('rules:', written))).toContainEqual(expect.stringContaining(says));
  });

  test('the same kind of accounts twice', () => {
    const text = policyWith('rules:', rule('tags: { a: x, b: y }', 1), rule('tags: { B: y, A: x }', 2));
    expect(problemsOf(text)).toEqual([
      'p.yml:14:7: rules[1].match: stands in this file already: put both together (see line 13)',
    ]);
  });

  test('a one-way door that only two rules together make too easy', () => {
    const text = policyWith(
      'rules:',
      '  - match: { tags: { env: prod } }',
      '    gates: { prepare: &three { need: 3, from: [ada, bo, chen, dee] }, retire: *three }',
      '  - match: { name: "chat*" }',
      '    gates: { oneWay: { need: 3, from: [ada, bo, chen, dee] } }',
    );
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(
        /^p\.yml:14:38: rules\[0\]\.gates\.prepare\.need: .*oneWay need 4.* \(see line 16\)$/,
      ),
    ]);
    expect(problemsOf(text.replace('name: "chat*"', 'tags: { env: dev }'))).toEqual([]);
  });

  test('a watch that only a rule and an account together make longer than the soak', () => {
    const text = policyWith(
      'rules:',
      '  - { match: { name: "ch*" }, timing: { watchEvery: 20m } }',
      'accounts:',
      '  - { name: chat, timing: { soak: 10m } }',
    );
    expect(problemsOf(text)).toEqual([
      'p.yml:15:35: accounts[0].timing.soak: watchEvery is longer than soak (see line 13)',
    ]);
  });
});

describe('it is warned of', () => {
  test('a rule that another one takes the place of', () => {
    const text = policyWith(
      'rules:',
      rule('name: chat', 1),
      'accounts:',
      '  - { name: chat, timing: { soak: 2h } }',
    );
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/^p\.yml:13:5: warning: rules\[0\]: never applies: .*\(see line 15\)$/),
    ]);
    const more = text.replace('timing: { soak: 1h }', 'timing: { soak: 1h, watchEvery: 1m }');
    expect(problemsOf(more)).toEqual([]);
  });

  test('two rules of which nobody can see without counting lines which one wins', () => {
    const text = policyWith('rules:', rule('tags: { env: prod }', 1), rule('tags: { team: blue }', 2));
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(
        /^p\.yml:14:56: warning: rules\[1\]\.timing\.soak: .*exactly as specific.*\(see line 13\)$/,
      ),
    ]);
    expect(problemsOf(text.replace('2h', '1h'))).toEqual([]);
    expect(problemsOf(text.replace('team: blue', 'env: dev'))).toEqual([]);
  });

  test('a tag that makes a gate easier, because whoever may tag would decide how many approve', () => {
    const text = policyWith(
      'rules:',
      '  - match: { tags: { env: dev } }',
      '    gates: { retire: { need: 1, from: [ada, bo] }, prepare: { need: 1, from: [ada, bo] } }',
    );
    expect(problemsOf(text)).toHaveLength(2);
    expect(problemsOf(text)[0]).toMatch(/^p\.yml:14:30: warning: .*needs 1 where the file needs 2/);
    const asMany = text.replaceAll('need: 1, from: [ada, bo]', 'need: 2, from: [ada, bo, dee]');
    expect(problemsOf(asMany)).toEqual([]);
  });
});

describe('the digest of a policy with rules', () => {
  const digestFor = (...lines: string[]) =>
    policiesFrom(readFile(policyWith('rules:', ...lines)), digestOf).version.digest;
  const [env, group] = [rule('tags: { env: prod }', 1), rule('resourceGroup: prod', 2)];

  test('does not depend on an order that decides nothing', () => {
    expect(digestFor(env, group)).toBe(digestFor(group, env));
    const [prod, dev] = [rule('tags: { env: prod }', 1), rule('tags: { env: dev }', 2)];
    expect(digestFor(prod, dev)).toBe(digestFor(dev, prod));
  });

  test('depends on an order that decides', () => {
    const team = rule('tags: { team: blue }', 2);
    expect(digestFor(env, team)).not.toBe(digestFor(team, env));
  });

  test('changes with a condition', () => {
    expect(digestFor(env)).not.toBe(digestFor(env.replace('prod', 'prd')));
  });

  test('is over what the kept version says of itself', () => {
    const { version } = policiesFrom(readFile(policyWith('rules:', env)), digestOf);
    expect(digestOf(JSON.parse(JSON.stringify(version.meaning)))).toBe(version.digest);
    expect(version.text).toContain('env: prod');
  });
});

describe('whatever the conditions', () => {
  const word = fc.constantFrom('a', 'ab', 'b', 'ba', 'aab');
  const pattern = fc.oneof(word, fc.constantFrom('a*', '*a', 'a?', '?b', 'a*b', 'a*a*', '??', '*'));
  const some = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
  const clean = (given: object): Match =>
    Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const tags = fc.dictionary(fc.constantFrom('t', 'u'), word);
  const subject = fc.record({ name: word, group: word, subscription: fc.tuple(word, word), tags });

  /** Conditions that an account may well fit. */
  const about = (account: Subject): fc.Arbitrary<Match> =>
    fc
      .record({
        name: some(pattern),
        group: some(fc.constant(account.group)),
        subscription: some(fc.constant(account.subscription?.[0])),
        tags: some(fc.constantFrom({}, account.tags)),
      })
      .map(clean);
  const accountAndTwo = subject.chain((account) =>
    fc.tuple(fc.constant(account), about(account), about(account)),
  );

  test('two that one account fits can meet', () => {
    fc.assert(
      fc.property(accountAndTwo, ([account, a, b]) => {
        const bothFit = fits(a, account) === 'yes' && fits(b, account) === 'yes';
        expect(bothFit && !canMeet(a, b)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('an account that fits what is covered fits what covers it', () => {
    const names = fc.record({ name: pattern }).map((given): Match => given);
    fc.assert(
      fc.property(fc.oneof(accountAndTwo, fc.tuple(subject, names, names)), ([account, a, b]) => {
        expect(covers(a, b) && fits(b, account) === 'yes' && fits(a, account) !== 'yes').toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test('knowing less of an account only ever makes a yes or a no into a perhaps', () => {
    fc.assert(
      fc.property(accountAndTwo, ([account, conditions]) => {
        const { tags: _none, ...untagged } = account;
        const known = fits(conditions, account);
        expect([known, 'perhaps']).toContain(fits(conditions, untagged));
        expect([known, 'perhaps']).toContain(fits(conditions, { name: account.name }));
      }),
    );
  });
});
