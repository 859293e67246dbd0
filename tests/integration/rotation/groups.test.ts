import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openSignIns } from '../../../src/adapters/signIn/index.ts';
import type { Answer, Said } from '../../../src/application/conversation.ts';
import type { RotationId } from '../../../src/domain/ids.ts';
import type { Person } from '../../../src/domain/people.ts';
import type { GateRule, Group, Rules } from '../../../src/domain/policy.ts';
import { demoEstate } from '../../../src/simulator/index.ts';
import { type Authority, personClaims, startAuthority } from '../../support/authority.ts';
import { silent } from '../../support/database.ts';
import { ada, type Bench, bo, chen, dana, startBench } from './bench.ts';

const keyPeople = '11111111-0000-4000-8000-000000000000';
const onCall = '22222222-0000-4000-8000-000000000000';
const group: Group = { kind: 'entraGroup', id: 'group:keyPeople', name: 'Key people', group: keyPeople };
const appId = '0b0700ed-0000-4000-8000-000000000001';
const tokens: string[] = [];

const rule: GateRule = {
  need: 2,
  from: [bo],
  groups: [group],
  atLeastOne: { people: [bo], groups: [group] },
};
/** The policy in force; a test may change it. */
const rules: { gates: Rules['gates'] } = { gates: { prepare: rule, retire: rule } };

let bench: Bench;
let authority: Authority;

/** Bo is named; Chen is in the group, through another one; Dana is not. One in the group must approve. */
beforeAll(async () => {
  authority = await startAuthority();
  const directory = {
    users: [ada, bo, chen, dana].map(({ objectId, name }) => ({ id: objectId, displayName: name })),
    groups: [
      { id: keyPeople, displayName: 'Key people', members: [onCall] },
      { id: onCall, displayName: 'On call', members: [chen.objectId] },
    ],
    channels: [],
  };
  bench = await startBench(
    { estate: { ...demoEstate(), directory } },
    rules,
    {},
    {
      lookupWithin: 1500,
      signIns: openSignIns({
        authority: authority.url,
        issuers: [`${authority.url}/{tenant}/v2.0`],
        audiences: [appId],
        tenants: [ada.tenantId],
        time: 'auth_time',
        log: silent,
        now: Date.now,
      }),
    },
  );
}, 60_000);
afterAll(async () => {
  await bench.close();
  await authority.close();
});
beforeEach(() => bench.simulator.faults.clear());

const slow = (ms: number): void =>
  bench.simulator.faults.next({ match: { path: 'checkMemberGroups' }, fault: { delay: ms } });

/** A sign-in of that person, `ago` ms old. */
async function signIn(person: Person, ago = 60_000): Promise<string> {
  const uti = `uti-${String(tokens.length)}`;
  const claims = personClaims(person, { url: authority.url, audience: appId, uti });
  const token = await authority.sign({ ...claims, auth_time: Math.floor((Date.now() - ago) / 1000) });
  tokens.push(token);
  return token;
}

async function vote(id: RotationId, by: Person, more: Readonly<{ signIn?: string }> = {}): Promise<Answer> {
  const { phase } = await bench.rotation(id);
  if (phase.at !== 'awaitingApproval') throw new Error(`${id} is at ${phase.at}`);
  return bench.say(by, { say: 'approve', rotation: id, stage: phase.stage, digest: phase.digest, ...more });
}

test('a member of a nested group has a vote, an outsider has none, and an outage counts nobody', async () => {
  const id = await bench.rotate('contoso-chat-dev');
  const opened = await bench.until(id, 'awaitingApproval', 'approveFirst');
  expect(opened.members).toEqual({ [group.id]: [chen] });

  bench.simulator.faults.next({ match: { path: '/v1.0/' }, fault: { status: 503 }, times: 9 });
  expect(await vote(id, chen)).toMatchObject({
    answer: 'cannot',
    because: 'membershipUnknown',
    says: expect.stringContaining('in Key people, so your vote was not counted'),
  });
  expect(await vote(id, dana)).toMatchObject({ answer: 'cannot', because: 'membershipUnknown' });
  // whom the rule names needs no directory, and whoever asked has no vote whatever it says
  expect(await vote(id, bo)).toMatchObject({ answer: 'done' });
  expect(await vote(id, ada)).toMatchObject({ refusal: 'ownRequest' });
  const { phase } = await bench.rotation(id);
  expect(phase).toMatchObject({ at: 'awaitingApproval', votes: [{ by: bo }] });

  bench.simulator.faults.clear();
  expect(await vote(id, dana)).toMatchObject({ answer: 'refused', refusal: 'notAnApprover' });
  expect(await vote(id, chen)).toMatchObject({ answer: 'done' });
  const passed = await bench.rotation(id);
  expect(passed.approvals.prepare).toMatchObject([{ by: bo }, { by: chen, memberOf: [group.id] }]);
}, 60_000);

test('a slow look holds up nobody but its own rotation, and keeps that one’s order', async () => {
  const slowly = await bench.rotate('contoso-forms');
  const quickly = await bench.rotate('contoso-vision');
  await bench.until(slowly, 'awaitingApproval', 'approveFirst');
  await bench.until(quickly, 'awaitingApproval', 'approveFirst');
  // what was remembered of Chen is a moment old at most: another person is asked about for the first time
  const eli: Person = {
    name: 'Eli',
    tenantId: ada.tenantId,
    objectId: 'eeeeeeee-0000-4000-8000-000000000000',
  };
  slow(900);
  const heard: string[] = [];
  const said = async (name: string, answer: Promise<Answer>): Promise<Answer> => {
    const given = await answer;
    heard.push(name);
    return given;
  };
  const first = said('eli', vote(slowly, eli));
  await until(() => bench.simulator.requests.some(({ path }) => path.includes(eli.objectId)));
  const { phase } = await bench.rotation(slowly);
  if (phase.at !== 'awaitingApproval') throw new Error(phase.at);
  const rejection: Said = { say: 'reject', rotation: slowly, stage: phase.stage, digest: phase.digest };
  const second = said('bo on the same', bench.say(bo, rejection));
  const other = said('bo on the other', vote(quickly, bo));
  expect(await other).toMatchObject({ answer: 'done' });
  expect(heard).toEqual(['bo on the other']);
  expect(await first).toMatchObject({ refusal: 'notAnApprover' });
  expect(await second).toMatchObject({ answer: 'done' });
  expect(heard).toEqual(['bo on the other', 'eli', 'bo on the same']);
  await bench.say(ada, { say: 'cancel', rotation: quickly });
}, 60_000);

test('a fresh sign-in lets a vote count once, and leaves no token behind', async () => {
  rules.gates = { ...rules.gates, prepare: { ...rule, signIn: { within: 600_000 } } };
  const id = await bench.rotate('contoso-odd');
  const other = await bench.rotate('contoso-private');
  const gate = await bench.until(id, 'awaitingApproval', 'approveFirst');
  await bench.until(other, 'awaitingApproval', 'approveFirst');

  expect(await vote(id, bo)).toMatchObject({ refusal: 'signInNeeded' });
  expect(await vote(id, bo, { signIn: await signIn(bo, 700_000) })).toMatchObject({
    refusal: 'signInNeeded',
  });
  expect(await vote(id, bo, { signIn: await signIn(chen) })).toMatchObject({
    answer: 'cannot',
    because: 'signInOfSomebodyElse',
  });
  const token = await signIn(bo);
  const { stage } = gate.phase;
  const stale: Said = { say: 'approve', rotation: id, stage, digest: gate.id as never, signIn: token };
  expect(await bench.say(bo, stale)).toMatchObject({ refusal: 'planChanged' });
  // that vote didn't count, so its sign-in is still good
  expect(await vote(id, bo, { signIn: token })).toMatchObject({ answer: 'done' });
  expect((await bench.rotation(id)).phase).toMatchObject({
    votes: [{ by: bo, signedInAt: expect.any(Number), signInId: expect.stringMatching(/^[\da-f]{64}$/) }],
  });
  expect(await vote(id, bo, { signIn: token })).toMatchObject({ refusal: 'alreadyVoted' });

  // the same sign-in for another rotation
  expect(await vote(other, bo, { signIn: token })).toMatchObject({ because: 'signInUsedBefore' });
  expect(await vote(id, chen, { signIn: await signIn(chen) })).toMatchObject({ answer: 'done' });

  const emitted = await bench.emitted();
  for (const used of tokens) for (const part of used.split('.').slice(1)) expect(emitted).not.toContain(part);
}, 60_000);

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((settle) => setTimeout(settle, 10));
}
