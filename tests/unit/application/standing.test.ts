import { describe, expect, test } from '@jest/globals';
import type { Directory } from '../../../src/application/ports/directory.ts';
import type { SignIns } from '../../../src/application/ports/signIns.ts';
import { membersOf } from '../../../src/application/members.ts';
import { findOut, neededFor, standingOf, suffices, type Vote } from '../../../src/application/standing.ts';
import type { ApiKeysRotation } from '../../../src/domain/apiKeys/rotation.ts';
import type { Fault, FaultKind } from '../../../src/domain/faults.ts';
import { digest } from '../../../src/domain/ids.ts';
import type { Person } from '../../../src/domain/people.ts';
import type { GateRule, Group, Rules } from '../../../src/domain/policy.ts';
import { err, ok } from '../../../src/domain/result.ts';

const tenantId = 'tenant';
const person = (name: string): Person => ({ name, tenantId, objectId: name });
const [ada, bo, chen, dana] = ['ada', 'bo', 'chen', 'dana'].map(person) as [Person, Person, Person, Person];
const group = (id: string): Group => ({ kind: 'entraGroup', id, name: `the ${id}`, group: id });
const [approvers, leads, late] = [group('approvers'), group('leads'), group('late')];

const ruleWith = (more: Partial<GateRule>): GateRule => ({
  need: 2,
  from: [bo],
  groups: [approvers],
  ...more,
});

/** A rotation that Ada asked for, at its first gate. */
const at = (rule: GateRule, more: Partial<ApiKeysRotation> = {}): ApiKeysRotation =>
  ({
    procedure: 'apiKeys',
    request: { by: ada },
    rules: { gates: { prepare: rule, retire: rule } },
    approvals: {},
    consumers: [],
    waivers: [{ id: 1, askedBy: chen }],
    phase: { at: 'awaitingApproval', stage: 'approveFirst', gate: 'prepare', votes: [] },
    ...more,
  }) as unknown as ApiKeysRotation;

const about = { rotation: 'R-000000', stage: 'approveFirst', digest: digest('d') } as Pick<
  Extract<Vote, { say: 'approve' }>,
  'rotation' | 'stage' | 'digest'
>;
const approve: Vote = { say: 'approve', ...about };
const reject: Vote = { say: 'reject', ...about };
const waive: Vote = { say: 'approveWaiver', rotation: about.rotation, waiver: 1 };
const signIn = { within: 600_000 };

describe('what has to be found out before a vote is counted', () => {
  const ids = (rotation: ApiKeysRotation, said: Vote, by: Person): readonly string[] =>
    neededFor(rotation, said, by).groups.map(({ id }) => id);

  test.each<[string, GateRule, Vote, Person, readonly string[]]>([
    ['nothing where the rule names people only', { need: 1, from: [bo] }, approve, dana, []],
    ['nothing of somebody whom the rule names', ruleWith({}), approve, bo, []],
    ['nothing of whoever asked, who has no vote', ruleWith({}), approve, ada, []],
    ['the groups, of whoever asked and may vote', ruleWith({ requester: 'in' }), approve, ada, ['approvers']],
    ['the groups of everybody else', ruleWith({}), approve, dana, ['approvers']],
    ['the same for a rejection', ruleWith({}), reject, dana, ['approvers']],
    ['the same for a waiver', ruleWith({}), waive, dana, ['approvers']],
    ['nothing of whoever asked for the waiver', ruleWith({}), waive, chen, []],
    [
      'also the groups of which one must vote, each once',
      ruleWith({ groups: [approvers, leads], atLeastOne: { people: [], groups: [leads] } }),
      approve,
      dana,
      ['approvers', 'leads'],
    ],
    [
      'those even of somebody named: they decide whether it is enough',
      ruleWith({ atLeastOne: { people: [chen], groups: [leads] } }),
      approve,
      bo,
      ['leads'],
    ],
    [
      'not those for a rejection, of which one is enough',
      ruleWith({ atLeastOne: { people: [], groups: [leads] } }),
      reject,
      bo,
      [],
    ],
    [
      'not those of somebody who is named there',
      ruleWith({ atLeastOne: { people: [bo], groups: [leads] } }),
      approve,
      bo,
      [],
    ],
    [
      'also the groups that are called in later',
      ruleWith({ escalate: { after: 1, to: { people: [], groups: [late] } } }),
      approve,
      dana,
      ['approvers', 'late'],
    ],
  ])('%s', (_name, rule, said, by, groups) => {
    expect(ids(at(rule), said, by)).toEqual(groups);
  });

  test('somebody called in later and named is looked up until then, and not afterwards', () => {
    const rule = ruleWith({ escalate: { after: 1, to: { people: [dana], groups: [] } } });
    expect(ids(at(rule), approve, dana)).toEqual(['approvers']);
    expect(ids(at(rule, { escalated: ['prepare'] }), approve, dana)).toEqual([]);
  });

  test('nothing where no gate is open, and where there is no such waiver', () => {
    const closed = at(ruleWith({}), { phase: { at: 'completed' } as ApiKeysRotation['phase'] });
    expect(ids(closed, approve, dana)).toEqual([]);
    expect(ids(at(ruleWith({})), { ...waive, waiver: 7 }, dana)).toEqual([]);
  });

  test('a token only where the rule asks for a sign-in, and only of an approval', () => {
    const withToken = (said: Vote): Vote => ({ ...said, signIn: 'token' }) as Vote;
    expect(neededFor(at(ruleWith({ signIn })), withToken(approve), bo).token).toBe('token');
    expect(neededFor(at(ruleWith({ signIn })), withToken(waive), bo).token).toBe('token');
    expect(neededFor(at(ruleWith({})), withToken(approve), bo).token).toBeUndefined();
    expect(neededFor(at(ruleWith({ signIn })), withToken(reject), bo).token).toBeUndefined();
    expect(neededFor(at(ruleWith({ signIn })), approve, bo).token).toBeUndefined();
  });
});

const fault = (kind: FaultKind): Fault => ({ kind, says: 'Graph is down.', remedy: 'r' });
const signedIn = { id: 'hash', at: 5, expires: 9 };

function tools(
  directory: Directory['memberOf'],
  verify: SignIns['verify'] = () => Promise.resolve(ok(signedIn)),
) {
  const logged: unknown[] = [];
  const note = (fields: unknown): void => void logged.push(fields);
  return {
    logged,
    directory: { memberOf: directory, members: () => Promise.reject(new Error('not asked')) },
    signIns: { verify },
    clock: { now: () => 1000 },
    log: { info: note, warn: note, error: note },
    lookupWithin: 50,
  };
}

describe('finding it out', () => {
  test('a vote is counted with what was found, and with nothing that wasn’t', async () => {
    const on = tools(() => Promise.resolve(ok(['leads'])));
    const found = await findOut(on, { groups: [approvers, leads], token: 't' }, dana);
    expect(found).toMatchObject({ ok: true, value: { at: 1000, groups: ['approvers', 'leads'] } });
    const standing = standingOf(dana, found.ok ? found.value : undefined);
    expect(standing).toEqual({ by: dana, memberOf: ['leads'], signedInAt: 5, signInId: 'hash' });
    expect(standingOf(dana, undefined)).toEqual({ by: dana });
  });

  test.each<[FaultKind, RegExp]>([
    ['throttled', /^Press the button again in a moment/],
    ['unreachable', /^Press the button again in a moment/],
    ['unknownOutcome', /^Press the button again in a moment/],
    ['denied', /^Tell whoever runs Keysmith/],
    ['missing', /^Tell whoever runs Keysmith/],
  ])(
    'a directory that is %s is said, with the group, that nothing was counted, and what to do',
    async (kind, remedy) => {
      const on = tools(() => Promise.resolve(err(fault(kind))));
      const found = await findOut(on, { groups: [approvers] }, dana);
      expect(found).toEqual({
        ok: false,
        error: {
          because: 'membershipUnknown',
          says: 'I could not find out whether you are in the approvers, so your vote was not counted. Graph is down.',
          remedy: expect.stringMatching(remedy),
        },
      });
    },
  );

  test('a directory that is silent is not waited for longer than the limit', async () => {
    const on = tools(
      (_who, _groups, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(err(fault('unknownOutcome'))));
        }),
    );
    expect((await findOut(on, { groups: [approvers] }, dana)).ok).toBe(false);
  });

  test('a sign-in that proves nothing is said with its own words, and its token is not logged', async () => {
    const on = tools(
      () => Promise.resolve(ok([])),
      () => Promise.resolve(err('signInExpired')),
    );
    const found = await findOut(on, { groups: [], token: 'the-token' }, bo);
    expect(found).toMatchObject({ ok: false, error: { because: 'signInExpired' } });
    expect(JSON.stringify([found, on.logged])).not.toContain('the-token');
  });
});

describe('what was found suffices under the lock', () => {
  const found = { at: 1000, groups: ['approvers'], memberOf: [] };
  test.each([
    ['when nothing has to be known', undefined, { groups: [] }, 99_000, true],
    ['when it answers what has to be known', found, { groups: [approvers] }, 11_000, true],
    ['not when nothing was found', undefined, { groups: [approvers] }, 1000, false],
    ['not when it is too old', found, { groups: [approvers] }, 11_001, false],
    ['not when the rule names another group by now', found, { groups: [leads] }, 1000, false],
    ['not when a sign-in is asked for by now', found, { groups: [], token: 't' }, 1000, false],
    ['when that was verified, too', { ...found, signedIn }, { groups: [], token: 't' }, 1000, true],
  ])('%s', (_name, what, needed, now, is) => {
    expect(suffices(what, needed, now)).toBe(is);
  });
});

test('the members of every group of the rules are listed, each group once; one that can’t be is missing', async () => {
  const asked: string[] = [];
  const directory: Directory = {
    memberOf: () => Promise.reject(new Error('not asked')),
    members: ({ id }) => {
      asked.push(id);
      return Promise.resolve(id === 'late' ? err(fault('denied')) : ok([bo]));
    },
  };
  const rule = ruleWith({
    atLeastOne: { people: [], groups: [leads] },
    escalate: { after: 1, to: { people: [], groups: [late] } },
  });
  const rules = { gates: { prepare: rule, retire: rule } } as unknown as Rules;
  const { signal } = new AbortController();
  expect(await membersOf(directory, rules, signal)).toEqual({ approvers: [bo], leads: [bo] });
  expect(asked).toEqual(['approvers', 'leads', 'late']);
  const people = { gates: { prepare: { need: 1, from: [bo] } } } as unknown as Rules;
  expect(await membersOf(directory, people, signal)).toBeUndefined();
});
