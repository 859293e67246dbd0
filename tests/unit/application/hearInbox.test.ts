import { expect, test } from '@jest/globals';
import type { Answer, Said } from '../../../src/application/conversation.ts';
import { type HearInbox, inboxHearer } from '../../../src/application/hearInbox.ts';
import type { Directory } from '../../../src/application/ports/directory.ts';
import type { AuditEvent, InboxRow, OutboxContent, Store, Tx } from '../../../src/application/ports/store.ts';
import type { ApiKeysRotation } from '../../../src/domain/apiKeys/rotation.ts';
import type { Person } from '../../../src/domain/people.ts';
import type { GateRule, Group } from '../../../src/domain/policy.ts';
import { ok } from '../../../src/domain/result.ts';
import type { Rotation } from '../../../src/domain/rotation.ts';
import { ada, bo, chen, dana, plan, Play, rules, tools as pure } from '../domain/fixtures.ts';

const group = (id: string): Group => ({ kind: 'entraGroup', id, name: id, group: id });
const ruleOf = (id: string): GateRule => ({ need: 2, from: [bo], groups: [group(id)] });

/** A rotation at its first gate, in memory, and an inbox that hears each row once it is woken. */
function desk(memberOf: Directory['memberOf']) {
  const rule = ruleOf('approvers');
  const play = new Play(rules({ gates: { prepare: rule, retire: rule } }));
  const holdings = {};
  play.answer('plan', { safe: true, plan, rules: { ...play.rotation.rules, consumers: [] }, holdings });
  const kept: { rotation: ApiKeysRotation; now: number } = { rotation: play.rotation, now: play.at };
  const rows: InboxRow[] = [];
  const answers = new Map<string, Answer>();
  const logged: { event: string }[] = [];
  const events: unknown[] = [];
  const sent: OutboxContent[] = [];
  let woken = (): void => undefined;

  const tx = {
    claimInbox: (id: string) => Promise.resolve(!answers.has(id)),
    answerInbox: (id: string, answer: Answer) => Promise.resolve(void answers.set(id, answer)),
    lockRotation: () => Promise.resolve(kept.rotation),
    saveRotation: (rotation: Rotation, event: AuditEvent | null) => {
      kept.rotation = rotation as ApiKeysRotation;
      events.push(event?.detail);
      return Promise.resolve();
    },
    addEffects: () => Promise.resolve(),
    addOutbox: (_id: unknown, contents: readonly OutboxContent[]) =>
      Promise.resolve(void sent.push(...contents)),
  } as unknown as Tx;
  const store = {
    rotations: { find: () => Promise.resolve(kept.rotation) },
    inbox: {
      waiting: (limit: number, after = '') =>
        Promise.resolve(rows.filter(({ id }) => id > after && !answers.has(id)).slice(0, limit)),
      wake: () => {
        woken();
        return Promise.resolve();
      },
    },
    transaction: (work: (tx: Tx) => Promise<unknown>) => work(tx),
  } as unknown as Store;
  const note = (fields: { event: string }): void => void logged.push(fields);
  const hear = inboxHearer({
    store,
    pure,
    directory: { memberOf, members: () => Promise.reject(new Error('not asked')) },
    signIns: { verify: () => Promise.reject(new Error('not asked')) },
    clock: { now: () => kept.now },
    log: { info: note, warn: note, error: note },
    lookupWithin: 5_000,
    answerWithin: 3_000,
  } as unknown as HearInbox);

  return {
    kept,
    logged,
    events,
    sent,
    hear,
    answers,
    post: (by: Person, said?: Partial<Said>): string => {
      const { phase, id: rotation } = kept.rotation;
      if (phase.at !== 'awaitingApproval') throw new Error(phase.at);
      const { stage, digest } = phase;
      const id = String(rows.length + 1).padStart(6, '0');
      const approval = { say: 'approve', rotation, stage, digest, ...said } as Said;
      rows.push({ id, activity: id, by, said: approval, receivedAt: kept.now });
      return id;
    },
    /** Hears, and again whenever a look has ended, until this row is answered. */
    answered: async (id: string): Promise<Answer> => {
      for (;;) {
        const next = new Promise<void>((settle) => (woken = settle));
        await hear();
        const answer = answers.get(id);
        if (answer !== undefined) return answer;
        await next;
      }
    },
  };
}

test('a vote whose rotation moved on while it was looked into is looked into anew', async () => {
  const asked: string[][] = [];
  const { kept, post, answered, events } = desk((_who, groups) => {
    asked.push(groups.map(({ id }) => id));
    // meanwhile it is planned again, with other rules
    const gates = { ...kept.rotation.rules.gates, prepare: ruleOf('leads') };
    kept.rotation = { ...kept.rotation, rules: { ...kept.rotation.rules, gates } };
    return Promise.resolve(ok(groups.map(({ id }) => id)));
  });
  expect(await answered(post(dana))).toMatchObject({ answer: 'done' });
  expect(asked).toEqual([['approvers'], ['leads']]);
  expect(events).toMatchObject([{ by: dana, memberOf: ['leads'] }]);
});

test('what was found out too long ago is found out anew', async () => {
  let asked = 0;
  const { kept, post, answered } = desk(() => {
    asked += 1;
    // the answer was a long time coming, the first time
    if (asked === 1) kept.now += 11_000;
    return Promise.resolve(ok(asked === 1 ? ['approvers'] : []));
  });
  expect(await answered(post(dana))).toMatchObject({ refusal: 'notAnApprover' });
  expect(asked).toBe(2);
});

test('whoever waits behind somebody is looked into at the same time, and heard in order', async () => {
  const waiting: (() => void)[] = [];
  const { hear, post, answered, answers } = desk(
    (_who, groups) =>
      new Promise((resolve) => {
        waiting.push(() => resolve(ok(groups.map(({ id }) => id))));
      }),
  );
  const first = post(dana);
  const second = post(chen);
  const third = post(bo);
  await hear();
  expect(waiting).toHaveLength(2);
  expect(answers.size).toBe(0);
  // the second look ends first
  waiting[1]?.();
  await hear();
  expect(answers.size).toBe(0);
  waiting[0]?.();
  await answered(second);
  expect([...answers.keys()].slice(0, 2)).toEqual([first, second]);
  expect(await answered(third)).toMatchObject({ answer: 'refused', refusal: 'staleCard' });
});

test('votes that wait for a look hold up nobody on the pages after them', async () => {
  const { hear, post, answers } = desk(() => new Promise(() => undefined));
  for (let n = 0; n < 60; n++) post(dana);
  const other = post(ada, { say: 'rotate', reason: ' ' });
  await hear();
  expect([...answers.keys()]).toEqual([other]);
});

test('a look that breaks is a bug that is logged, and an answer', async () => {
  const { post, answered, logged, kept } = desk(() => Promise.reject(new Error('broken')));
  expect(await answered(post(dana))).toMatchObject({ answer: 'cannot', because: 'brokenInside' });
  expect(logged).toContainEqual(expect.objectContaining({ event: 'inbox.lookBroke' }));
  expect(kept.rotation.phase).toMatchObject({ votes: [] });
});

test('whoever was told to wait is told why their vote doesn’t count, and their card is drawn anew', async () => {
  const { kept, post, answered, sent } = desk(() => {
    kept.now += 3_000;
    return Promise.resolve(ok([]));
  });
  const answer = await answered(post(dana));
  expect(answer).toMatchObject({ answer: 'refused', refusal: 'notAnApprover' });
  expect(sent).toEqual([
    { kind: 'card', card: 'living' },
    { kind: 'answer', person: dana, answer },
  ]);
});

test('nobody is told twice: not of a vote that counts, nor of an answer that came in time', async () => {
  const late = desk((_who, groups) => {
    late.kept.now += 3_000;
    return Promise.resolve(ok(groups.map(({ id }) => id)));
  });
  expect(await late.answered(late.post(dana))).toMatchObject({ answer: 'done' });
  expect(late.sent).toEqual([]);
  const soon = desk(() => Promise.resolve(ok([])));
  expect(await soon.answered(soon.post(dana))).toMatchObject({ answer: 'refused' });
  expect(soon.sent).toEqual([]);
});
