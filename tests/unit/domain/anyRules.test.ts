import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gateSubject } from '../../../src/domain/apiKeys/safety.ts';
import { encryptionSubject } from '../../../src/domain/encryptionKey/safety.ts';
import type { Vote } from '../../../src/domain/approval.ts';
import type { Happening } from '../../../src/domain/happenings.ts';
import { digest } from '../../../src/domain/ids.ts';
import { isOneOf, type Person, samePerson } from '../../../src/domain/people.ts';
import type { Gate, GateRule, Group, Rules } from '../../../src/domain/policy.ts';
import type { Rotation } from '../../../src/domain/rotation.ts';
import { ada, bo, dana, everyone, Play, rules, tools, web } from './fixtures.ts';
import { existing, following, key, oneWay, plan, PlayEncryption } from './encryptionFixtures.ts';

/** Groups, and who is in them: the truth that the worker looks up. */
const groups: readonly Group[] = [
  { id: 'entra:a', kind: 'entraGroup', group: 'a', name: 'A' },
  { id: 'entra:b', kind: 'entraGroup', group: 'b', name: 'B' },
];
const members: Readonly<Record<string, readonly Person[]>> = {
  'entra:a': everyone.slice(0, 2),
  'entra:b': everyone.slice(2, 5),
};
const memberOf = (person: Person): readonly string[] =>
  Object.entries(members).flatMap(([id, people]) => (isOneOf(person, people) ? [id] : []));

const voters = fc.record({ people: fc.subarray([...everyone]), groups: fc.subarray([...groups]) });

const rule = fc
  .record(
    {
      need: fc.integer({ min: 1, max: 3 }),
      from: fc.subarray([...everyone], { minLength: 1 }),
      groups: fc.subarray([...groups]),
      atLeastOne: voters,
      requester: fc.constant('in' as const),
      consumerOwners: fc.constant('out' as const),
      notAlso: fc.constant(['prepare'] as const),
      votesExpire: fc.constantFrom(5000, 500_000),
      escalate: fc.record({ after: fc.constantFrom(3000, 600_000), to: voters }),
      signIn: fc.constant({ within: 60_000 }),
    },
    { requiredKeys: ['need', 'from'] },
  )
  .map((made): GateRule => made);

const policy = fc
  .record({ prepare: rule, retire: rule, oneWay: rule })
  .map((gates): Rules =>
    rules({ gates: { ...gates, prepare: { ...gates.prepare, notAlso: [] } }, consumers: [web] }),
  );

const move = fc.record({
  does: fc.constantFrom(
    'approve',
    'approve',
    'approve',
    'approveOld',
    'withdraw',
    'time',
    'answer',
    'answer',
    'retry',
    'fail',
  ),
  who: fc.constantFrom(...everyone),
  fresh: fc.boolean(),
  after: fc.constantFrom(1000, 4000, 700_000),
});

type Playing = Play | PlayEncryption;

/** Steps that only a quorum may release, and the gate that stands before each. */
function gateBefore(step: string, rotation: Rotation): Gate | null {
  if (step === 'regenerateIdleKey') return 'prepare';
  if (step === 'regenerateRetiredKey') return 'retire';
  const first = step === 'createKeyVersion' || step === 'pointAccountAtKey';
  if (!first || rotation.procedure !== 'encryptionKey') return null;
  return rotation.plan?.oneWay === true ? 'oneWay' : 'prepare';
}

/** Written from the sentences of the policy, not from the code that is tested. */
function isEntitled(rotation: Rotation, gate: Gate, given: GateRule, { by, at, signedInAt }: Vote): boolean {
  const called = rotation.escalated?.includes(gate) === true ? given.escalate?.to : undefined;
  const people = [...given.from, ...(called?.people ?? [])];
  const ids = [...(given.groups ?? []), ...(called?.groups ?? [])].map(({ id }) => id);
  const named = isOneOf(by, people) || memberOf(by).some((id) => ids.includes(id));
  const own = samePerson(by, ada) && given.requester !== 'in';
  const elsewhere =
    given.notAlso?.includes('prepare') === true &&
    gate !== 'prepare' &&
    (rotation.approvals.prepare ?? []).some((vote) => samePerson(vote.by, by));
  const owner = given.consumerOwners === 'out' && rotation.procedure === 'apiKeys' && samePerson(by, dana);
  const signed =
    given.signIn === undefined || (signedInAt !== undefined && at - signedInAt <= given.signIn.within);
  return named && !own && !elsewhere && !owner && signed;
}

function check(play: Playing, gate: Gate): void {
  const { rotation } = play;
  const given = rotation.rules.gates[gate];
  if (given === undefined) throw new Error(`released at a gate that isn't there: ${gate}`);
  const votes = rotation.approvals[gate] ?? [];
  expect(votes.length).toBeGreaterThanOrEqual(given.need);
  expect(new Set(votes.map(({ by }) => by.objectId)).size).toBe(votes.length);
  for (const vote of votes) expect(isEntitled(rotation, gate, given, vote)).toBe(true);
  const { atLeastOne, votesExpire } = given;
  if (atLeastOne !== undefined) {
    const from = votes.some(
      ({ by }) =>
        isOneOf(by, atLeastOne.people) ||
        memberOf(by).some((id) => atLeastOne.groups.some((group) => group.id === id)),
    );
    expect(from).toBe(true);
  }
  const last = Math.max(...votes.map(({ at }) => at));
  if (votesExpire !== undefined) for (const { at } of votes) expect(last - at).toBeLessThan(votesExpire);
  // On the plan as it is now: nothing of it has changed since anybody voted.
  const subject =
    rotation.procedure === 'apiKeys' ? gateSubject(rotation, gate) : encryptionSubject(rotation, gate);
  expect(new Set(votes.map((vote) => vote.digest))).toEqual(new Set([tools.digest(subject)]));
}

const isOpen = ({ rotation }: Playing): boolean => rotation.phase.at === 'awaitingApproval';

const starts = {
  firstGate: (given: Rules): Playing => {
    const play = new Play(given);
    play.planned({ web: 'Key1' });
    return play;
  },
  secondGate: (given: Rules): Playing => {
    const play = new Play({ ...given, gates: { ...given.gates, prepare: { need: 1, from: everyone } } });
    play.planned({ web: 'Key1' });
    play.approve(bo);
    forward(play);
    return play;
  },
  newVersion: (given: Rules): Playing => encrypting(given, plan()),
  existing: (given: Rules): Playing => encrypting(given, existing),
  following: (given: Rules): Playing => encrypting(given, following),
  oneWay: (given: Rules): Playing => encrypting(given, oneWay),
};

function encrypting(given: Rules, found: Parameters<PlayEncryption['planned']>[0]): Playing {
  const play = new PlayEncryption(given);
  play.planned(found);
  return play;
}

/** Lets the way to the second gate go well, so that it is reached often enough. */
function forward(play: Playing): void {
  if (!(play instanceof Play) || play.rotation.phase.at !== 'working') return;
  if (play.rotation.phase.stage !== 'regenerateIdleKey') return;
  const keys = { Key1: 'one', Key2: 'TWO' } as never;
  play.answer('regenerateIdleKey', { keys, found: 'answered', by: 'w' });
  play.answer('proveIdleKey', { keys, answers: 20, proved: true });
  play.answer('giveConsumers', { keys, given: [{ consumer: 'web', version: 'w2' }], failed: [] });
  play.answer('verifyConsumers', { seen: [{ consumer: 'web', version: 'w2', note: '' }] });
  play.at += 600_000;
  play.answer('watchTraffic', { look: play.look(100, 0) });
}

function act(
  play: Playing,
  { does, who, fresh, after }: Readonly<{ does: string; who: Person; fresh: boolean; after: number }>,
): void {
  const { phase } = play.rotation;
  const shown = phase.at === 'awaitingApproval' ? phase.digest : digest('old');
  const standing = { by: who, memberOf: memberOf(who), ...(fresh ? { signedInAt: play.at } : {}) };
  const happen = (event: Omit<Happening, 'at'>): void => void play.happen(event as never, after);
  if (does === 'approve')
    happen({ type: 'approved', stage: phase.stage, digest: shown, ...standing } as never);
  if (does === 'approveOld')
    happen({ type: 'approved', stage: phase.stage, digest: digest('old'), ...standing } as never);
  if (does === 'withdraw') happen({ type: 'voteWithdrawn', by: who, stage: phase.stage } as never);
  if (does === 'time') happen({ type: 'timePassed' });
  if (does === 'retry') happen({ type: 'retried', by: who, stage: phase.stage } as never);
  if (does === 'fail' && phase.at === 'working')
    happen({
      type: 'stepFailed',
      key: phase.running.key,
      fault: { kind: 'drifted', says: 's', remedy: 'r' },
    } as never);
  if (does === 'answer' && play instanceof Play) forward(play);
  if (does === 'answer' && play instanceof PlayEncryption && phase.at === 'working') {
    const { step } = phase.running.asked;
    if (step === 'checkKey')
      play.answer('checkKey', { plan: fresh ? plan() : plan({ before: { name: '"changed"' } }) });
    if (step === 'createKeyVersion') play.answer(step, { key: key('new'), found: 'answered' });
  }
}

test('whatever the rules, whatever happens: nothing is released without its quorum of distinct, entitled people on the plan as it is', () => {
  const released = { prepare: 0, retire: 0, oneWay: 0 };
  fc.assert(
    fc.property(
      policy,
      fc.constantFrom(...(Object.keys(starts) as (keyof typeof starts)[])),
      fc.array(move, { minLength: 4, maxLength: 40 }),
      (given, start, moves) => {
        const play = starts[start](given);
        for (const one of moves) {
          const before = play.effects.length;
          const wasOpen = isOpen(play);
          act(play, one);
          for (const effect of play.effects.slice(before)) {
            if (effect.do !== 'run' || effect.attempt > 1) continue;
            const gate = gateBefore(effect.step, play.rotation);
            // What follows a release (the account is pointed after the key was made) has passed its gate already.
            if (gate === null || !wasOpen) continue;
            released[gate] += 1;
            check(play, gate);
          }
        }
      },
    ),
    { numRuns: 3000 },
  );
  // A property that never got through a gate would prove nothing.
  for (const count of Object.values(released)) expect(count).toBeGreaterThan(20);
});
