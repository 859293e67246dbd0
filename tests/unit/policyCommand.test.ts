import { describe, expect, test } from '@jest/globals';
import { policyCommand } from '../../src/adapters/policy/index.ts';
import { digestOf, policyWith } from '../support/policyFiles.ts';

const good = policyWith(
  'rules:',
  '  - match: { tags: { env: prod } }',
  '    gates: { retire: { need: 3, from: [ada, bo, chen, dee] } }',
  'accounts:',
  '  - name: prod/chat',
  '    timing: { soak: 2h }',
);

/** Runs the command on a policy and gives all that it says. */
async function run(args: string, text = good, policyFile: string | undefined = 'p.yml') {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await policyCommand(
    args.split(' ').filter((word) => word !== ''),
    {
      readFile: (path) => (path === 'p.yml' ? Promise.resolve(text) : Promise.reject(new Error('gone'))),
      policyFile,
      digestOf,
      say: (line) => said.push(line),
      complain: (line) => complained.push(line),
    },
  );
  return { code, said: said.join('\n'), complained: complained.join('\n') };
}

describe('check', () => {
  test('says of a good policy what is in it, and its digest', async () => {
    const { code, said, complained } = await run('check');
    expect({ code, complained }).toEqual({ code: 0, complained: '' });
    expect(said).toMatch(/^p\.yml: no mistakes; 5 people, 1 rules, 1 accounts, digest [0-9a-f]{64}$/);
  });

  test('tells warnings, and ends well all the same', async () => {
    const { code, complained } = await run('check', good.replace('retire: { need: 2', 'retire: { need: 1'));
    expect(code).toBe(0);
    expect(complained).toMatch(/^p\.yml:9:1: warning: /);
  });

  test('tells mistakes, and ends with 1', async () => {
    const { code, said, complained } = await run('check', good.replace('need: 2', 'need: 4'));
    expect({ code, said }).toEqual({ code: 1, said: '' });
    expect(complained).toContain('p.yml:10:20: gates.prepare.need: can never be reached');
  });

  test('reads it as a program that authenticates nobody, when it is told to', async () => {
    const text = good.replace('soak: 2h', 'wrapPatience: 20m');
    expect((await run('check', text)).code).toBe(1);
    expect((await run('check --loopback', text)).code).toBe(0);
  });
});

describe('explain', () => {
  test('says which entry decides what, with its line, and why another one doesn’t', async () => {
    const { code, said } = await run('explain prod/chat --tag env=prod');
    expect(code).toBe(0);
    expect(said.split('\n')).toEqual(
      expect.arrayContaining([
        '  accounts[0], line 16: name chat; resource group prod',
        '  rules[0], line 13: tag env = prod',
        '  gates.retire: 3 of ada, bo, chen, dee (rules[0], line 14)',
        '      not 2 of ada, bo, chen (the file, line 11): an entry beats the file',
        '  timing.soak: 2h (accounts[0], line 17)',
        '  timing.watchEvery: 5 min (built in)',
        '  gates.oneWay: no such gate: nobody may go through (built in)',
      ]),
    );
  });

  test('says why one entry beats another', async () => {
    const both = good.replace('    gates: { retire', '    timing: { soak: 3h }\n    gates: { retire');
    const { said } = await run('explain prod/chat --tag env=prod', both);
    expect(said).toContain('      not 3h (rules[0], line 14): an account beats a rule');
  });

  test('says what it can’t know, and what would apply then', async () => {
    const { said } = await run('explain chat');
    expect(said).toContain(
      'It might fit, but too little is known of it:\n  accounts[0], line 16: resource group prod',
    );
    expect(said).toContain('      perhaps 3 of ada, bo, chen, dee (rules[0], line 14)');
  });

  test('says what it is that does not fit', async () => {
    const { said } = await run('explain dev/chat --tag env=dev --tag a=b');
    expect(said).toContain('accounts[0], line 16: resource group prod (has: dev)');
    expect(said).toContain('rules[0], line 13: tag env = prod (has: dev)');
  });
});

describe('simulate', () => {
  test('says gate by gate whether these votes are enough', async () => {
    const { code, said } = await run('simulate prod/chat --tag env=dev --votes ada,bo --by chen');
    expect({ code, said }).toEqual({
      code: 0,
      said: [
        'prepare (2 of ada, bo, chen): reached, 2 of 2',
        '  ada counts',
        '  bo counts',
        'retire (2 of ada, bo, chen): reached, 2 of 2',
        '  ada counts',
        '  bo counts',
        'oneWay: there is no such gate, so nobody may go through',
        'waive: as retire',
        'breakGlass: there is no such gate, so nobody may hurry',
      ].join('\n'),
    });
  });

  test.each([
    [
      'who asks',
      '--votes ada,bo --by bo',
      good,
      ['  bo does not count, because whoever asks does not', 'not reached, 1 of 2: 1 more of chen would do'],
    ],
    [
      'one who may not',
      '--votes ada,eli',
      good,
      [
        '  eli does not count, because the gate does not name them',
        'not reached, 1 of 2: 1 more of bo, chen would do',
      ],
    ],
    ['one twice', '--votes ada,ada', good, ['  ada counts once only']],
    [
      'those who would be short if one of them asks',
      '--votes ada,bo',
      good,
      ['reached, 2 of 2', '  but 1 more is needed if one of ada, bo is who asks'],
    ],
    [
      'nobody of those of whom one is needed',
      '--votes ada,bo',
      policyWith('  waive: { need: 2, from: [ada, bo, chen, dee], atLeastOne: [chen, dee] }'),
      ['none of them is one of those of whom it needs at least one'],
    ],
    [
      'those who approved at another gate',
      '--votes ada,bo,chen',
      policyWith('  oneWay: { need: 3, from: [ada, bo, chen, dee, eli, sec], notAlso: [prepare] }'),
      ['  ada does not count, because they approved at a gate that must have others'],
    ],
    [
      'an owner',
      '--votes bo,ada',
      `${policyWith('  waive: { need: 1, from: [ada, bo, chen], consumerOwners: out }')}accounts: [{ name: chat, consumers: [{ kind: manual, name: w, owners: [bo] }] }]\n`,
      ['  bo does not count, because they own a consumer'],
    ],
    [
      'perhaps a member',
      '--votes dee',
      policyWith('  waive: { need: 1, from: [ada, sec] }'),
      ['  dee does not count, because the gate does not name them, unless they are a member of Security'],
    ],
  ])('says why a vote does not open a gate: %s', async (_, votes, text, says) => {
    const { said } = await run(`simulate chat --tag a=b ${votes}`, text);
    for (const line of says) expect(said).toContain(line);
  });

  test('leaves whoever is not needed at one gate free for the next one', async () => {
    const text = policyWith('  oneWay: { need: 3, from: [chen, dee, eli, sec], notAlso: [prepare] }');
    const { code, said } = await run('simulate chat --tag a=b --votes ada,bo,chen,dee,eli --by sec', text);
    expect({ code, said }).toEqual({ code: 2, said: '' });
    const tried = await run('simulate chat --tag a=b --votes ada,bo,chen,dee,eli', text);
    expect(tried.code).toBe(0);
    expect(tried.said).toContain('prepare (2 of ada, bo, chen): reached, 2 of 2');
    expect(tried.said).toContain('  chen is not needed any more');
    expect(tried.said).toContain('oneWay (3 of chen, dee, eli, Security): reached, 3 of 3');
  });

  test('ends with 1 when a gate stays shut', async () => {
    expect((await run('simulate prod/chat --tag env=prod --votes ada,bo')).code).toBe(1);
  });

  test('counts the strictest gates as long as too little is known of the account, and says so', async () => {
    const { code, said } = await run('simulate prod/chat --votes ada,bo --by chen');
    expect(code).toBe(1);
    expect(said).toContain('It might fit rules[0], but too little is known of it');
    expect(said).toContain('retire (3 of ada, bo, chen, dee): not reached, 2 of 3: 1 more of dee would do');
  });
});

describe('a command that can’t be followed ends with 2 and says how it is written', () => {
  test.each([
    ['', 'Write check, explain or simulate.'],
    ['chek', 'Write check, explain or simulate, not chek.'],
    ['check chat', 'There is one word too many: chat.'],
    ['explain', 'Say which account.'],
    ['explain a/b/c/d', 'a/b/c/d is no account.'],
    ['explain chat --tag env', 'env is no tag: write name=value.'],
    ['explain chat --colour', "Unknown option '--colour'"],
    ['simulate chat', 'Say who votes: --votes name,name'],
    ['simulate chat --votes adda', 'did you mean `ada`?'],
    ['check --file q.yml', "q.yml can't be read."],
  ])('%s', async (args, says) => {
    const { code, complained } = await run(args);
    expect(code).toBe(2);
    expect(complained).toContain(says);
    expect(complained).toContain('npm run policy -- simulate <account> --votes');
  });

  test('no file', async () => {
    const { code, complained } = await run('check', good, '');
    expect({ code, complained: complained.split('\n')[0] }).toEqual({
      code: 2,
      complained: 'Set KEYSMITH_POLICY, or name a policy file with --file.',
    });
  });
});

test('help is given to whoever asks for it', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, said: expect.stringContaining('--by') });
});
