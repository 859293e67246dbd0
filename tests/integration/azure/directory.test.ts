import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Directory } from '../../../src/application/ports/directory.ts';
import type { Person } from '../../../src/domain/people.ts';
import type { Group } from '../../../src/domain/policy.ts';
import { demoEstate, type Estate, type Fault } from '../../../src/simulator/index.ts';
import { faultIn, startBench, valueOf, type Bench } from './support.ts';

const { tenant: tenantId } = demoEstate();
const id = (letter: string): string => `${letter.repeat(8)}-0000-4000-8000-000000000000`;
const person = (name: string, letter: string): Person => ({ name, tenantId, objectId: id(letter) });
const ada = person('Ada', 'a');
const bo = person('Bo', 'b');
const chen = person('Chen', 'c');

const entra = (name: string, letter: string): Group => ({
  kind: 'entraGroup',
  id: name,
  name,
  group: id(letter),
});
const team = id('7');
const channel = '19:keys@thread.tacv2';
const owners: Group = { kind: 'channelOwners', id: 'owners', name: 'owners', team, channel };
const everybody: Group = { kind: 'channelMembers', id: 'members', name: 'members', team, channel };
const inner = entra('inner', '1');
const outer = entra('outer', '2');
const crowd = entra('crowd', '3');
const other = entra('other', '4');

const many = Array.from({ length: 11 }, (_, n) => `0000000${n.toString(16)}-0000-4000-8000-00000000000e`);

/** Chen is in `inner`, which is in `outer`, which is in `inner` again. */
const estate = (): Estate => ({
  ...demoEstate(),
  directory: {
    users: [ada, bo, chen]
      .map(({ objectId, name }) => ({ id: objectId, displayName: name }))
      .concat(many.map((each) => ({ id: each, displayName: `N ${each}` }))),
    groups: [
      { id: id('1'), displayName: 'inner', members: [id('c'), id('2')] },
      { id: id('2'), displayName: 'outer', members: [id('1'), id('b')] },
      { id: id('3'), displayName: 'crowd', members: [...many] },
      // the same name as another one's: names decide nothing
      { id: id('4'), displayName: 'inner', members: [] },
    ],
    channels: [
      {
        team,
        channel,
        members: [
          ...many.slice(0, 9).map((user) => ({ user })),
          { user: id('b') },
          { user: id('a'), owner: true },
          { user: id('c'), owner: true, tenant: id('f') },
        ],
      },
    ],
  },
});

let bench: Bench;
let now = 0;

beforeAll(async () => {
  bench = await startBench({ estate: estate() }, { callTimeout: 1000 });
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});
beforeEach(() => {
  bench.simulator.faults.clear();
  now += 3_600_000;
});

/** A directory of its own, so that nothing is remembered, at a time that the test moves. */
const open = (tenant: string | null = tenantId): Directory =>
  bench.open({ graphEndpoint: bench.simulator.graphUrl, directoryTenant: tenant, now: () => now }).directory;

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const asked = (): number => bench.simulator.requests.filter(({ surface }) => surface === 'graph').length;

describe('who is in a group', () => {
  test.each<[string, Person, Group[], string[]]>([
    ['directly', chen, [inner], ['inner']],
    ['through another group, also where the two are in each other', chen, [outer], ['outer']],
    ['in some of many groups', bo, [inner, outer, crowd, other], ['inner', 'outer']],
    ['in none', ada, [inner, outer, other], []],
    ['by its id, never by its name', chen, [other], []],
    ['as an owner of a channel, on its last page', ada, [owners, everybody], ['owners', 'members']],
    ['as a member of a channel who is no owner', bo, [owners, everybody], ['members']],
    ['of two kinds at once', bo, [everybody, outer], ['outer', 'members']],
    ['not as somebody of another tenant with the same object id', chen, [owners], []],
    ['not as somebody whom the directory doesn’t know', person('Nobody', '9'), [inner, crowd], []],
  ])('%s', async (_name, who, groups, ids) => {
    expect(valueOf(await open().memberOf(who, groups, soon()))).toEqual(ids);
  });

  test('people of another tenant are in none of this one’s groups, and nobody is asked', async () => {
    const before = asked();
    const stranger = { ...chen, tenantId: id('f') };
    expect(valueOf(await open().memberOf(stranger, [inner, outer], soon()))).toEqual([]);
    expect(asked()).toBe(before);
  });

  test('more groups than one question takes are asked in several', async () => {
    const some = Array.from({ length: 41 }, (_, n) => ({
      ...inner,
      id: String(n),
      group: n === 40 ? id('1') : `00000000-0000-4000-8000-0000000000${String(n + 10)}`,
    })) as Group[];
    const before = asked();
    expect(valueOf(await open().memberOf(chen, some, soon()))).toEqual(['40']);
    expect(asked() - before).toBe(3);
  });
});

describe('what is remembered', () => {
  test('an answer counts for less than a minute, whatever it was', async () => {
    const directory = open();
    const group = bench.simulator.estate.directory?.groups.find((one) => one.id === id('1'));
    const before = asked();
    for (const who of [chen, ada]) await directory.memberOf(who, [inner], soon());
    expect(asked() - before).toBe(2);
    group?.members.splice(0, 1, id('a'));
    try {
      now += 44_000;
      expect(valueOf(await directory.memberOf(chen, [inner], soon()))).toEqual(['inner']);
      expect(valueOf(await directory.memberOf(ada, [inner], soon()))).toEqual([]);
      expect(asked() - before).toBe(2);
      now += 2_000;
      expect(valueOf(await directory.memberOf(chen, [inner], soon()))).toEqual([]);
      expect(valueOf(await directory.memberOf(ada, [inner], soon()))).toEqual(['inner']);
    } finally {
      group?.members.splice(0, 1, id('c'));
    }
  });

  test('a channel is read once for everybody, and again after that time', async () => {
    const directory = open();
    const pages = 3;
    const before = asked();
    for (const who of [ada, bo, chen]) await directory.memberOf(who, [owners, everybody], soon());
    expect(asked() - before).toBe(pages);
    now += 46_000;
    await directory.memberOf(ada, [owners], soon());
    expect(asked() - before).toBe(2 * pages);
  });

  test('an impatient person asks once, however often the button is pressed', async () => {
    const directory = open();
    const before = asked();
    const pressed = Array.from({ length: 10 }, () => directory.memberOf(chen, [inner], soon()));
    for (const answer of await Promise.all(pressed)) expect(valueOf(answer)).toEqual(['inner']);
    expect(asked() - before).toBe(1);
  });

  test('a fault is not remembered, and what is remembered is not forgotten for one', async () => {
    const directory = open();
    strike({ status: 403, code: 'Authorization_RequestDenied' });
    expect((await directory.memberOf(chen, [inner], soon())).ok).toBe(false);
    expect(valueOf(await directory.memberOf(chen, [inner], soon()))).toEqual(['inner']);
    strike({ status: 503 }, 99);
    expect(valueOf(await directory.memberOf(chen, [inner], soon()))).toEqual(['inner']);
    now += 46_000;
    expect((await directory.memberOf(chen, [inner], soon())).ok).toBe(false);
  });
});

const strike = (fault: Fault, times = 1): void =>
  bench.simulator.faults.next({ match: { path: /^\/v1\.0\// }, fault, times });

describe('an outage never makes a member', () => {
  test.each<[string, Fault, string]>([
    ['503', { status: 503 }, 'unknownOutcome'],
    ['500 after the answer was made', { status: 500, afterEffect: true }, 'unknownOutcome'],
    ['a connection that dies', 'lostBefore', 'unknownOutcome'],
    ['half an answer', 'partialBody', 'unknownOutcome'],
    ['no answer at all', 'hang', 'unknownOutcome'],
    ['a permission that is missing', { status: 403, code: 'Authorization_RequestDenied' }, 'denied'],
    ['a token that is refused', { status: 401, code: 'InvalidAuthenticationToken' }, 'denied'],
    ['a question that is refused', { status: 400, code: 'Request_BadRequest' }, 'refused'],
    ['throttling for longer than anybody waits', { status: 429, retryAfter: 60 }, 'throttled'],
  ])('%s', async (_name, fault, kind) => {
    strike(fault, 99);
    const found = await Promise.all([
      open().memberOf(chen, [inner], AbortSignal.timeout(3_500)),
      open().memberOf(ada, [owners], AbortSignal.timeout(3_500)),
    ]);
    for (const answer of found) expect(faultIn(answer)).toMatchObject({ kind });
  });

  test('one group that can’t be looked up is a fault of the whole question', async () => {
    bench.simulator.faults.next({ match: { path: '/teams/' }, fault: { status: 403 } });
    expect((await open().memberOf(chen, [inner, owners], soon())).ok).toBe(false);
  });

  test('a channel that isn’t there is a fault: somebody wrote the policy wrong', async () => {
    const gone = { ...owners, channel: '19:gone@thread.tacv2' } as Group;
    expect(faultIn(await open().memberOf(ada, [gone], soon()))).toMatchObject({ kind: 'missing' });
  });

  test('a short throttling is waited out, a question that met a fault once is asked again', async () => {
    strike({ status: 429, retryAfter: 1 });
    expect(valueOf(await open().memberOf(chen, [inner], soon()))).toEqual(['inner']);
    strike({ status: 503 });
    expect(valueOf(await open().memberOf(ada, [owners], soon()))).toEqual(['owners']);
  });

  test('whoever waited too long is told so, and the answer is there for the next try', async () => {
    const directory = open();
    strike({ delay: 400 });
    const waited = await directory.memberOf(chen, [inner], AbortSignal.timeout(100));
    expect(faultIn(waited)).toMatchObject({ kind: 'unknownOutcome', code: 'TimeoutError' });
    const before = asked();
    expect(valueOf(await directory.memberOf(chen, [inner], soon()))).toEqual(['inner']);
    expect(asked()).toBe(before);
  });

  test('without an address of Graph every question is refused', async () => {
    const { directory } = bench.open({ graphEndpoint: null });
    expect(faultIn(await directory.memberOf(chen, [inner], soon()))).toMatchObject({ code: 'NoGraph' });
    expect((await directory.members(inner, soon())).ok).toBe(false);
  });

  test('a token for another service opens nothing here', async () => {
    const { endpoint, header } = bench.simulator.identityOf('keysmith');
    const query = new URLSearchParams({ resource: bench.simulator.url, 'api-version': '2019-08-01' });
    const issued = await fetch(`${endpoint}?${query.toString()}`, {
      headers: { 'x-identity-header': header },
    });
    const { access_token } = (await issued.json()) as { access_token: string };
    const refused = await fetch(`${bench.simulator.graphUrl}/v1.0/groups/${id('1')}/transitiveMembers`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(refused.status).toBe(401);
  });
});

describe('everybody in a group', () => {
  test('the people of nested groups too, page by page, each once and none of the groups', async () => {
    expect(valueOf(await open().members(outer, soon()))).toEqual(expect.arrayContaining([bo, chen]));
    expect(valueOf(await open().members(outer, soon()))).toHaveLength(2);
    expect(valueOf(await open().members(crowd, soon()))).toHaveLength(11);
  });

  test('the owners of a channel with the tenant that each is of', async () => {
    expect(valueOf(await open().members(owners, soon()))).toEqual([
      { name: 'Ada', objectId: id('a'), tenantId },
      { name: 'Chen', objectId: id('c'), tenantId: id('f') },
    ]);
    expect(valueOf(await open().members(everybody, soon()))).toHaveLength(12);
  });

  test('a group that is too large to show isn’t listed, and isn’t read to its end', async () => {
    const group = bench.simulator.estate.directory?.groups.find((one) => one.id === id('4'));
    group?.members.push(
      ...Array.from({ length: 400 }, (_, n) => `${String(n).padStart(8, '0')}-0000-4000-8000-0000000000ff`),
    );
    const before = asked();
    expect(faultIn(await open().members(other, soon()))).toMatchObject({ code: 'TooManyMembers' });
    expect(asked() - before).toBeLessThan(60);
    group?.members.splice(0);
  });

  test('without a tenant nobody can say of which one its people are', async () => {
    expect((await open(null).members(inner, soon())).ok).toBe(false);
  });
});
