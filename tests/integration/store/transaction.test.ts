import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dump, openTestStore, type TestStore } from '../../support/database.ts';
import { ada, anEffect, anEvent, aRotation, ben, over, planned } from './rotations.ts';

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
}, 60_000);
afterAll(() => opened.close());

const count = async (table: string, rotation: string): Promise<number> => {
  const { rows } = await opened.pool.query<{ n: string }>(
    `select count(*) n from ${table} t where t::text like $1`,
    [`%${rotation}%`],
  );
  return Number(rows[0]?.n);
};
const tables = ['rotations', 'salts', 'events', 'effects', 'outbox'].map((name) => `keysmith.${name}`);

describe('a transaction', () => {
  const everything = async (rotation: ReturnType<typeof aRotation>, then: () => void): Promise<void> =>
    opened.store.transaction(async (tx) => {
      expect(await tx.insertRotation(rotation, 'salt', anEvent())).toBeNull();
      await tx.addEffects([anEffect(rotation)]);
      await tx.addOutbox(rotation.id, [{ kind: 'message', text: 'Hello', mentions: [] }]);
      then();
    });

  test('saves the rotation with its event, effects, outbox rows and jobs', async () => {
    const rotation = aRotation();
    await everything(rotation, () => undefined);
    for (const table of [...tables, 'pgboss.job'])
      expect([table, await count(table, rotation.id)]).not.toEqual([table, 0]);
    const { store } = opened;
    expect(await store.rotations.find(rotation.id)).toEqual(rotation);
    expect(await store.rotations.salt(rotation.id)).toBe('salt');
    expect(await store.rotations.events(rotation.id)).toEqual([anEvent()]);
    expect(await store.effects.find(anEffect(rotation).key)).toEqual({ ...anEffect(rotation), done: false });
    expect(await dump(opened.pool)).toContain('contoso');
  });

  test('saves nothing at all when it fails at its end', async () => {
    const rotation = aRotation();
    const failing = everything(rotation, () => {
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    for (const table of [...tables, 'pgboss.job'])
      expect([table, await count(table, rotation.id)]).toEqual([table, 0]);
  });

  test('saves nothing at all, and sends no job, when its very commit fails', async () => {
    await opened.pool.query(
      `create constraint trigger doomed after insert on keysmith.rotations deferrable initially deferred
       for each row when (new.account = 'doomed') execute function keysmith.refuse_change()`,
    );
    const rotation = aRotation('doomed');
    await expect(everything(rotation, () => undefined)).rejects.toThrow('append only');
    for (const table of [...tables, 'pgboss.job'])
      expect([table, await count(table, rotation.id)]).toEqual([table, 0]);
  });

  test('is refused for a rotation that was not locked in it', async () => {
    const rotation = aRotation();
    const saving = opened.store.transaction((tx) => tx.saveRotation(rotation, anEvent(), null));
    await expect(saving).rejects.toThrow('without having been locked');
  });
});

describe('one rotation an account', () => {
  test('of two requests at the same instant, one wins and the other learns its id', async () => {
    const [first, second] = [aRotation('Shop'), aRotation('SHOP ')];
    const insert = (rotation: ReturnType<typeof aRotation>) =>
      opened.store.transaction((tx) => tx.insertRotation(rotation, 's', anEvent()));
    const answers = await Promise.all([insert(first), insert(second)]);
    expect(answers).toContain(null);
    const [winner, loser] = answers[0] === null ? [first, second] : [second, first];
    expect(answers.find((answer) => answer !== null)).toBe(winner.id);
    expect(await opened.store.rotations.find(loser.id)).toBeNull();
    expect(await opened.store.rotations.runningFor('shop')).toBe(winner.id);
  });

  test('a new one may begin when the last is over', async () => {
    const [first, second] = [aRotation('kiosk'), aRotation('kiosk')];
    await opened.store.transaction(async (tx) => {
      await tx.insertRotation(first, 's', anEvent());
      await tx.saveRotation(over(first), anEvent('cancelled'), null);
      expect(await tx.insertRotation(second, 's', anEvent())).toBeNull();
    });
  });

  test('two plans that find the same account at once are told apart', async () => {
    const [first, second] = [aRotation('a-name'), aRotation('another/name')];
    for (const rotation of [first, second]) {
      await opened.store.transaction((tx) => tx.insertRotation(rotation, 's', anEvent()));
    }
    const plan = (rotation: ReturnType<typeof aRotation>) =>
      opened.store.transaction(async (tx) => {
        const other = await tx.runningOn('/subscriptions/S/x', rotation.id);
        await tx.lockRotation(rotation.id);
        if (other === null)
          await tx.saveRotation(planned(rotation, '/subscriptions/s/X'), anEvent('planned'), null);
        return other;
      });
    const others = await Promise.all([plan(first), plan(second)]);
    expect(others.filter((other) => other === null)).toHaveLength(1);
    expect(others.find((other) => other !== null)).toBe(others[0] === null ? first.id : second.id);
  });
});

test('two transactions on one rotation take turns, and none overwrites the other', async () => {
  const rotation = aRotation();
  const { store } = opened;
  await store.transaction((tx) => tx.insertRotation(rotation, 's', anEvent()));
  const vote = (note: string) =>
    store.transaction(async (tx) => {
      const now = await tx.lockRotation(rotation.id);
      if (now === null) throw new Error('gone');
      await tx.saveRotation({ ...now, remarks: [...now.remarks, note] }, anEvent('approved'), null);
    });
  await Promise.all(['a', 'b', 'c', 'd'].map(vote));
  expect([...((await store.rotations.find(rotation.id))?.remarks ?? [])].sort()).toEqual([
    'a',
    'b',
    'c',
    'd',
  ]);
  expect(await store.rotations.events(rotation.id)).toHaveLength(5);
});

test('what people typed comes back as typed, but for what a database cannot hold', async () => {
  const rotation = aRotation();
  const odd = { ...rotation, request: { ...rotation.request, reason: 'a\0b \ud83d "\\u0000" ✓ 🔑' } };
  await opened.store.transaction((tx) => tx.insertRotation(odd, 's', anEvent()));
  const reason = (await opened.store.rotations.find(rotation.id))?.request.reason;
  expect(reason).toBe('a\uFFFDb \uFFFD "\\u0000" ✓ 🔑');
});

test.each([
  `update keysmith.events set type = 'x'`,
  'delete from keysmith.events',
  'truncate keysmith.events cascade',
])('the audit log refuses: %s', async (statement) => {
  const rotation = aRotation();
  await opened.store.transaction((tx) => tx.insertRotation(rotation, 's', anEvent()));
  await expect(opened.pool.query(statement)).rejects.toThrow('append only');
  expect(await opened.store.rotations.events(rotation.id)).toEqual([anEvent()]);
});

describe('an effect', () => {
  test('of a later attempt takes the place of the earlier one, and never the other way round', async () => {
    const rotation = aRotation();
    const { store } = opened;
    const { key } = anEffect(rotation);
    await store.transaction(async (tx) => {
      await tx.insertRotation(rotation, 's', anEvent());
      await tx.addEffects([anEffect(rotation)]);
      await tx.finishEffect(key, 1);
      await tx.addEffects([anEffect(rotation, 2, 5_000)]);
      await tx.finishEffect(key, 1);
      await tx.addEffects([anEffect(rotation, 1)]);
    });
    expect(await store.effects.find(key)).toEqual({ ...anEffect(rotation, 2, 5_000), done: false });
  });
});

describe('the inbox', () => {
  const said = { say: 'cancel', rotation: aRotation().id } as const;

  test('keeps one row for a repeated activity', async () => {
    const { inbox } = opened.store;
    const posts = await Promise.all([1, 2, 3].map((at) => inbox.post('19:x/1', ada, said, at)));
    expect(new Set(posts.map(({ id }) => id)).size).toBe(1);
    expect(posts.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(await inbox.post('19:x/1', ben, said, 9)).toEqual({ id: posts[0]?.id, repeated: true });
  });

  test('gives an answer to whoever waits for it, and at once to whoever asks later', async () => {
    const { inbox, transaction } = opened.store;
    const { id } = await inbox.post('19:x/2', ada, said, 1);
    const waiting = inbox.answer(id, 5_000);
    const began = performance.now();
    await transaction((tx) => tx.answerInbox(id, { answer: 'noSuchRotation' }));
    expect(await waiting).toEqual({ answer: 'noSuchRotation' });
    // far below the second after which it would have looked anyway
    expect(performance.now() - began).toBeLessThan(500);
    expect(await inbox.answer(id, 0)).toEqual({ answer: 'noSuchRotation' });
  });

  test('says nothing when nobody answers in time', async () => {
    const { id } = await opened.store.inbox.post('19:x/3', ada, said, 1);
    expect(await opened.store.inbox.answer(id, 50)).toBeNull();
    expect((await opened.store.inbox.waiting(10)).map((row) => row.activity)).toContain('19:x/3');
  });

  test('is answered once: a second answer undoes its whole transaction', async () => {
    const { inbox, transaction } = opened.store;
    const { id } = await inbox.post('19:x/4', ada, said, 1);
    await transaction((tx) => tx.answerInbox(id, { answer: 'reasonMissing' }));
    const rotation = aRotation();
    const second = transaction(async (tx) => {
      await tx.insertRotation(rotation, 's', anEvent());
      expect(await tx.claimInbox(id)).toBe(false);
      await tx.answerInbox(id, { answer: 'noSuchRotation' });
    });
    await expect(second).rejects.toMatchObject({ name: 'AlreadyAnswered' });
    expect(await opened.store.rotations.find(rotation.id)).toBeNull();
  });
});

test('counts our own probes per account and whole minute', async () => {
  const { probes } = opened.store;
  await probes.add('/Sub/A', 60_000, [200, 401]);
  await probes.add('/sub/a', 119_999, [200]);
  await probes.add('/sub/a', 120_000, [401]);
  await probes.add('/sub/b', 60_000, [200]);
  expect(await probes.minutes('/SUB/a', 61_000)).toEqual([
    { minute: 60_000, calls: 3, refused: 1 },
    { minute: 120_000, calls: 1, refused: 1 },
  ]);
});
