import { describe, expect, test } from '@jest/globals';
import { digestOf, now, policyWith, problemsOf, readFile, rulesOf } from '../support/policyFiles.ts';
import { policiesFrom } from '../../src/adapters/policy/index.ts';

const person = (end: string, name: string) => ({
  objectId: `00000000-0000-4000-8000-0000000000${end}`,
  tenantId: '00000000-0000-4000-8000-000000000001',
  name,
});
const security = {
  kind: 'entraGroup',
  id: 'entraGroup:00000000-0000-4000-8000-0000000000b1',
  group: '00000000-0000-4000-8000-0000000000b1',
  name: 'Security',
};

describe('a gate', () => {
  test('is read with everything that can be said of it', () => {
    const text = policyWith(
      '  oneWay:',
      '    need: 3',
      '    from: [ada, bo, chen, sec]',
      '    atLeastOne: [sec]',
      '    requester: in',
      '    consumerOwners: out',
      '    notAlso: [prepare]',
      '    votesExpire: 8h',
      '    escalate: { after: 4h, to: [dee, sec] }',
      '    signIn: { within: 10m }',
    );
    expect(rulesOf(text, 'chat').gates.oneWay).toEqual({
      need: 3,
      from: [person('a1', 'ada'), person('a2', 'bo'), person('a3', 'chen')],
      groups: [security],
      atLeastOne: { people: [], groups: [security] },
      requester: 'in',
      consumerOwners: 'out',
      notAlso: ['prepare'],
      votesExpire: 28_800_000,
      escalate: { after: 14_400_000, to: { people: [person('a4', 'dee')], groups: [security] } },
      signIn: { within: 600_000 },
    });
  });

  test('that says what goes without saying is the same as one that doesn’t', () => {
    const digestFor = (more: string) => {
      const text = policyWith(`  waive: { need: 2, from: [ada, bo, chen]${more} }`);
      return policiesFrom(readFile(text), digestOf).version.digest;
    };
    expect(digestFor(', requester: out, consumerOwners: in')).toBe(digestFor(''));
    for (const more of [
      ', requester: in',
      ', consumerOwners: out',
      ', notAlso: [oneWay]',
      ', votesExpire: 1h',
    ])
      expect(digestFor(more)).not.toBe(digestFor(''));
  });

  test('may name a channel, or its owners alone', () => {
    const channel = 'team: 00000000-0000-4000-8000-0000000000C1, channel: "19:x@thread.tacv2"';
    for (const kind of ['channelMembers', 'channelOwners']) {
      const text = policyWith('  waive: { need: 2, from: [us] }').replace(
        'groups: {',
        `groups: { us: { kind: ${kind}, ${channel} },`,
      );
      expect(rulesOf(text, 'chat').gates.waive).toEqual({
        need: 2,
        from: [],
        groups: [
          {
            kind,
            id: `${kind}:00000000-0000-4000-8000-0000000000c1/19:x@thread.tacv2`,
            team: '00000000-0000-4000-8000-0000000000c1',
            channel: '19:x@thread.tacv2',
            name: 'us',
          },
        ],
      });
    }
  });

  test('with a group may need more people than are named, since nobody knows how many a group has', () => {
    expect(problemsOf(policyWith('  waive: { need: 9, from: [ada, sec] }'))).toEqual([]);
  });

  test('at which whoever asks may approve can need everybody who is named', () => {
    expect(problemsOf(policyWith('  waive: { need: 2, from: [ada, bo], requester: in }'))).toEqual([]);
  });
});

describe('a gate that could not open is found before it is needed', () => {
  const waive = (more: string) => policyWith(`  waive: { need: 2, from: [ada, bo, chen], ${more} }`);

  test.each([
    [
      'the one voice that it needs is no voice there',
      waive('atLeastOne: [dee]'),
      '12:44: gates.waive.atLeastOne: names nobody who may',
    ],
    [
      'only one person has that voice, and may be who asks',
      waive('atLeastOne: [bo]'),
      '12:44: gates.waive.atLeastOne: names one person',
    ],
    [
      'those who approved before it are too many to leave enough',
      policyWith('  oneWay: { need: 3, from: [ada, bo, chen, dee, eli], notAlso: [prepare] }'),
      '12:3: gates.oneWay: can never be reached: 3 are needed, and without who asks and those who approved at prepare only 2',
    ],
    [
      'the owners of an account’s consumers are too many of them',
      policyWith(
        '  waive: { need: 2, from: [ada, bo, chen], consumerOwners: out }',
        'accounts:',
        '  - name: chat',
        '    consumers: [{ kind: manual, name: web, owners: [ada], deputies: [dee] }]',
      ),
      '15:5: accounts[0].consumers: can never be reached: 2 are needed, and without who asks and the owners',
    ],
    [
      'it names a group as the owner of a consumer',
      policyWith('accounts: [{ name: chat, consumers: [{ kind: manual, name: web, owners: [sec] }] }]'),
      'accounts[0].consumers[0].owners[0]: `sec` is a group, and only people',
    ],
    ['nobody knows the name', waive('atLeastOne: [secc]'), 'did you mean `sec`?'],
    ['it stays shut for itself', waive('notAlso: [waive]'), 'write prepare, retire or oneWay'],
    ['a side that is none', waive('requester: yes'), 'write in or out; it is out unless you do'],
  ])('%s', (_, text, says) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(says)]);
  });

  test('enough are left when others approve at the gate before', () => {
    const apart = '  oneWay: { need: 3, from: [bo, chen, dee, eli], notAlso: [prepare] }';
    expect(problemsOf(policyWith(apart))).toHaveLength(1);
    const before = policyWith(apart).replace(
      'prepare: { need: 2, from: [ada, bo, chen] }',
      'prepare: { need: 1, from: [ada, bo] }',
    );
    expect(problemsOf(before)).toEqual([]);
  });

  test('an emergency that asks as many as ever is warned of', () => {
    expect(problemsOf(policyWith('  breakGlass: { need: 2, from: [ada, bo, chen] }'))).toEqual([
      expect.stringMatching(/^p\.yml:12:23: warning: .*an emergency would gain nothing/),
    ]);
    expect(problemsOf(policyWith('  breakGlass: { need: 1, from: [ada, bo] }'))).toEqual([]);
  });
});

describe('a mistake in a group is told with its line', () => {
  test.each([
    [
      '{ kind: entraGroop, group: x }',
      'groups.us.kind: `entraGroop` means nothing here; did you mean `entraGroup`?',
    ],
    ['{ kind: entraGroup, group: x }', 'groups.us.group: is not a GUID'],
    ['{ kind: entraGroup }', 'groups.us.group: is missing'],
    ['{ kind: channelOwners, channel: x }', 'groups.us.team: is missing'],
    ['{ kind: entraGroup, group: 00000000-0000-4000-8000-0000000000b2, nam: x }', 'did you mean `name`?'],
    ['{ kind: entraGroup, group: 00000000-0000-4000-8000-0000000000B1 }', 'is the same group as `sec`'],
  ])('%s', (written, says) => {
    const text = policyWith().replace('name: Security } }', `name: Security }, us: ${written} }`);
    expect(problemsOf(text)).toEqual([expect.stringMatching(/^p\.yml:8:/)]);
    expect(problemsOf(text)[0]).toContain(says);
  });

  test('a short name that a person has already', () => {
    const text = policyWith().replace('groups: { sec:', 'groups: { ada:');
    expect(problemsOf(text)).toEqual([
      expect.stringContaining('groups.ada: is the short name of a person already'),
    ]);
  });
});

describe('the time in which something may be carried out', () => {
  const night = "{ days: [mon, fri], from: '22:00', to: '04:00', zone: Europe/Berlin }";
  const freeze = (from: string, to: string, zone = 'Europe/Berlin') =>
    `{ from: ${from}, to: ${to}, zone: ${zone}, says: quiet }`;
  const execution = (windows: string, freezes = '') =>
    policyWith(`execution: { windows: [${windows}], freezes: [${freezes}] }`);

  test('is any time where nothing is said about it', () => {
    expect(rulesOf(policyWith(), 'chat')).not.toHaveProperty('execution');
  });

  test('is read: weekdays, and the moments of a freeze in its own time zone, summer time included', () => {
    const text = execution(
      night,
      `${freeze('2026-12-24', '2026-12-26')}, ${freeze('2026-07-01 08:30', '2026-07-01 18:00')}`,
    );
    expect(rulesOf(text, 'chat').execution).toEqual({
      windows: [{ days: [1, 5], from: '22:00', to: '04:00', zone: 'Europe/Berlin' }],
      freezes: [
        { from: Date.parse('2026-12-23T23:00:00Z'), to: Date.parse('2026-12-26T23:00:00Z'), says: 'quiet' },
        { from: Date.parse('2026-07-01T06:30:00Z'), to: Date.parse('2026-07-01T16:00:00Z'), says: 'quiet' },
      ],
      within: 7 * 86_400_000,
    });
  });

  test('an account with windows of its own keeps the freezes of all', () => {
    const text =
      execution(night, freeze('2026-12-24', '2026-12-26')) +
      "accounts: [{ name: chat, execution: { windows: [{ days: [sat], from: '08:00', to: '09:00', zone: UTC }], within: 2d } }]\n";
    const own = rulesOf(text, 'chat').execution;
    expect(own).toMatchObject({ windows: [{ days: [6], zone: 'UTC' }], within: 2 * 86_400_000 });
    expect(own?.freezes).toHaveLength(1);
  });

  test.each([
    ['a day that is none', execution(night.replace('fri', 'friday')), 'write mon, tue'],
    ['a day twice', execution(night.replace('fri', 'mon')), 'mon is named twice'],
    ['no day', execution(night.replace('mon, fri', '')), 'names no day'],
    ['a time that is none', execution(night.replace('22:00', '24:00')), 'is no time of day'],
    ['a zone that is none', execution(night.replace('Berlin', 'Brelin')), 'is no time zone'],
    ['a date that is none', execution('', freeze('2026-02-30', '2026-12-26')), 'freezes[0].from: is no date'],
    [
      'a date in another order',
      execution('', freeze('2026-12-24', '26.12.2026')),
      'freezes[0].to: is no date',
    ],
    [
      'a freeze that ends before it begins',
      execution('', freeze('2026-12-26', '2026-12-24')),
      'is not after `from`',
    ],
    [
      'windows that overlap',
      execution(`${night}, ${night.replace('22:00', '23:00').replace('mon, ', '')}`),
      'windows[1]: overlaps',
    ],
    [
      'windows that overlap at the end of the week',
      execution(`${night.replace('mon, fri', 'sun')}, ${night.replace('22:00', '03:00')}`),
      'windows[1]: overlaps',
    ],
    [
      'freezes that overlap',
      execution('', `${freeze('2026-12-24', '2026-12-26')}, ${freeze('2026-12-26', '2026-12-27')}`),
      'freezes[1]: overlaps',
    ],
  ])('%s is told with its line', (_, text, says) => {
    expect(problemsOf(text)).toEqual([expect.stringMatching(/^p\.yml:12:/)]);
    expect(problemsOf(text)[0]).toContain(says);
  });

  test('windows that only touch, or lie in different zones, do not overlap', () => {
    const morning = "{ days: [tue], from: '04:00', to: '05:00', zone: Europe/Berlin }";
    expect(problemsOf(execution(`${night}, ${morning}, ${night.replace('Europe/Berlin', 'UTC')}`))).toEqual(
      [],
    );
  });

  test('an approval that would be too old before the next window opens is warned of', () => {
    // from Saturday 04:00 to Monday 22:00 are 66 hours, from Tuesday 04:00 to Friday 22:00 are 90
    const lasting = (within: string) => policyWith(`execution: { windows: [${night}], within: ${within} }`);
    expect(problemsOf(lasting('90h'))).toEqual([]);
    expect(problemsOf(lasting('89h'))).toEqual([
      expect.stringMatching(/^p\.yml:12:.*warning: execution\.within: is shorter than the longest time/),
    ]);
    const sunday = night.replace('mon, fri', 'sun');
    expect(problemsOf(lasting('161h').replace(night, sunday))).toHaveLength(1);
    expect(problemsOf(lasting('162h').replace(night, sunday))).toEqual([]);
  });

  test('a freeze that is over is warned of, from the moment on that it ends', () => {
    const text = execution('', freeze('2026-06-01', '2026-06-01', 'UTC'));
    const ends = now + 86_400_000;
    expect(problemsOf(text, ends - 1)).toEqual([]);
    expect(problemsOf(text, ends)).toEqual([
      expect.stringMatching(/^p\.yml:12:.*warning: .*is over: delete it/),
    ]);
  });
});
