import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { crew, startBench, type Bench, type BenchOptions } from '../../support/chatBench.ts';
import { personalChatId, shown, textOf, type FakePerson } from '../../support/fakeTeams.ts';
import { rotations } from '../../support/sampleCards.ts';

const { ada, bo } = crew;
const partner = '00000000-0000-4000-8000-0000000000aa';
const { id } = rotations.approval;

const other: FakePerson = { ...bo, tenantId: partner };
const guest: FakePerson = { ...bo, role: 'guest' };
const partnersGuest: FakePerson = { ...other, role: 'guest' };
const anonymous: FakePerson = { ...bo, role: 'anonymous' };

let bench: Bench | undefined;
const start = async (people: readonly FakePerson[], server: BenchOptions['server'] = {}): Promise<Bench> => {
  bench = await startBench({ teams: { app: true, people }, server, rotations: [rotations.approval] });
  return bench;
};
const home = ada.tenantId;

beforeEach(() => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(async () => {
  await bench?.close();
  bench = undefined;
  jest.restoreAllMocks();
});

const approve = { type: 'Action.Execute', title: 'Approve', verb: 'approve' } as const;
const approval = {
  keysmith: 1,
  verb: 'approve',
  rotation: id,
  stage: 'approveFirst',
  digest: 'ab'.repeat(32),
};

/** Somebody asks, looks and presses; gives all that they are told. */
async function tryAll({ teams }: Bench, who: FakePerson): Promise<readonly string[]> {
  const said: string[] = [];
  for (const text of [`cancel ${id}`, `status ${id}`, 'status', 'rotate contoso-chat now', 'rotate']) {
    await teams.say(who, text);
    said.push(shown(teams.messages().at(-1) ?? fail()));
  }
  const root = teams.messages().at(-1) ?? fail();
  for (const data of [
    approval,
    { ...approval, verb: 'refresh', digest: undefined },
    { keysmith: 1, verb: 'openRotate' },
  ]) {
    const { status, card } = await teams.invoke(who, root, { ...approve, data: {} }, data, 'manual');
    expect(status).toBe(200);
    said.push(card === undefined ? '' : textOf(card));
  }
  return said;
}

describe('is refused in words, is shown nothing, and nothing is written down:', () => {
  test.each<[string, FakePerson, BenchOptions['server']]>([
    ['somebody of another tenant', other, {}],
    ['a guest', guest, {}],
    ['somebody anonymous', anonymous, {}],
    ['a guest of another tenant', partnersGuest, {}],
    ['a guest, where other tenants are named', guest, { tenants: { home, named: [partner] } }],
    ['anybody, where no tenant is named', bo, { tenants: { home: null, named: [] } }],
  ])('%s', async (_who, person, server) => {
    const opened = await start([ada, person], server);
    for (const told of await tryAll(opened, person)) {
      expect(told).toMatch(/only work for people of this organization/);
      expect(told).not.toContain('contoso');
    }
    expect(opened.records.rows).toEqual([]);
  });
});

describe('is heard', () => {
  test.each<[string, FakePerson, BenchOptions['server']]>([
    ['whoever belongs to the bot’s own tenant', bo, {}],
    ['somebody of a tenant that was named', other, { tenants: { home, named: [partner.toUpperCase()] } }],
    [
      'a guest who comes from a tenant that was named',
      partnersGuest,
      { tenants: { home, named: [partner] } },
    ],
  ])('%s', async (_who, person, server) => {
    const { teams, records } = await start([ada, person], server);
    await teams.say(person, `cancel ${id}`);
    expect(records.rows.map(({ by }) => by)).toEqual([
      { objectId: person.objectId, tenantId: person.tenantId, name: person.name },
    ]);
  });
});

describe('where tenants are told apart,', () => {
  test('somebody without a directory id is known by the roster alone, never by name', async () => {
    const { teams, records } = await start([ada, bo]);
    const nameless = { id: bo.id, name: ada.name };
    await teams.say(bo, `cancel ${id}`, {}, { activity: { from: nameless } });
    expect(records.rows.map(({ by }) => by.objectId)).toEqual([bo.objectId]);
    const unknown = { id: '29:stranger', name: ada.name, email: 'ada@contoso.example' };
    await teams.say(bo, `cancel ${id}`, {}, { activity: { from: unknown } });
    expect(records.rows).toHaveLength(1);
    expect(shown(teams.messages().at(-1) ?? fail())).toMatch(/can’t tell who you are/);
  });

  test('a directory id that the roster has for somebody else is nobody’s', async () => {
    const { teams, records } = await start([ada, bo]);
    await teams.say(bo, `cancel ${id}`, {}, { activity: { from: { ...bo, aadObjectId: ada.objectId } } });
    await teams.say(
      bo,
      `cancel ${id}`,
      {},
      {
        activity: { from: { id: '29:stranger', name: 'Ada', aadObjectId: ada.objectId } },
      },
    );
    expect(records.rows).toEqual([]);
  });

  test('the tenant that an activity claims makes nobody a member', async () => {
    const { teams, records } = await start([ada, other]);
    await teams.say(
      other,
      `cancel ${id}`,
      {},
      {
        activity: {
          channelData: { tenant: { id: home } },
          from: { ...other, aadObjectId: other.objectId, tenantId: home },
        },
      },
    );
    expect(records.rows).toEqual([]);
  });

  test('nobody is heard while the roster can’t be read, and everybody again when it can', async () => {
    const { teams, records } = await start([ada, bo]);
    teams.faults.plan('member', { status: 503 });
    await teams.say(bo, `cancel ${id}`);
    expect(records.rows).toEqual([]);
    expect(shown(teams.messages().at(-1) ?? fail())).toMatch(/can’t look up who you are.*Try again/);
    await teams.say(bo, `cancel ${id}`);
    expect(records.rows).toHaveLength(1);
  });

  test('help is for everybody: it tells nothing', async () => {
    const { teams } = await start([ada, other]);
    await teams.say(other, 'help', { conversation: personalChatId(other) });
    expect(shown(teams.messages().at(-1) ?? fail())).not.toMatch(/organization|contoso/);
  });
});

test('an edited message starts nothing, also one that Teams marks as edited only in its channel data', async () => {
  const { teams, records } = await start([ada, bo]);
  await teams.say(ada, `status ${id}`);
  const before = teams.messages().length;
  expect((await teams.edit(ada, `cancel ${id}`)).status).toBe(200);
  await teams.say(
    ada,
    `cancel ${id}`,
    {},
    {
      activity: { channelData: { eventType: 'editMessage', tenant: { id: home } } },
    },
  );
  expect([records.rows.length, teams.messages().length]).toEqual([0, before]);
});

function fail(): never {
  throw new Error('there is nothing');
}
