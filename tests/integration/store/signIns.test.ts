import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Said } from '../../../src/application/conversation.ts';
import { digest } from '../../../src/domain/ids.ts';
import type { ApiKeysRotation } from '../../../src/domain/apiKeys/rotation.ts';
import { dump, openTestStore, type TestStore } from '../../support/database.ts';
import { ada, anEvent, aRotation } from './rotations.ts';

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
}, 60_000);
afterAll(() => opened.close());

const token = 'header.payload.signature';
const hour = 3_600_000;

async function begun(): Promise<ApiKeysRotation> {
  const rotation = aRotation();
  await opened.store.transaction((tx) => tx.insertRotation(rotation, 'salt', anEvent()));
  return rotation;
}

const approval = ({ id }: ApiKeysRotation): Said => ({
  say: 'approve',
  rotation: id,
  stage: 'approveFirst',
  digest: digest('d'),
  signIn: token,
});

const use = (id: string, rotation: ApiKeysRotation, expires = Date.now() + hour): Promise<boolean> =>
  opened.store.transaction((tx) => tx.useSignIn({ id, at: 1, expires }, rotation.id, 1));

test('a sign-in is used once, also by two at the same time', async () => {
  const rotation = await begun();
  const used = await Promise.all(Array.from({ length: 4 }, () => use('twice', rotation)));
  expect(used.filter((is) => is)).toHaveLength(1);
  expect(await use('twice', await begun())).toBe(false);
});

test('a sign-in whose vote wasn’t saved is not used', async () => {
  const rotation = await begun();
  const failing = opened.store.transaction(async (tx) => {
    await tx.useSignIn({ id: 'again', at: 1, expires: Date.now() + hour }, rotation.id, 1);
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await use('again', rotation)).toBe(true);
});

test('the token in a row is there for the worker, and gone with the answer', async () => {
  const rotation = await begun();
  const { id } = await opened.store.inbox.post('c/answered', ada, approval(rotation), Date.now());
  const [row] = await opened.store.inbox.waiting(1);
  expect(row?.said).toEqual(approval(rotation));
  await opened.store.transaction((tx) => tx.answerInbox(id, { answer: 'done', rotation: rotation.id }));
  expect(await dump(opened.pool)).not.toContain(token);
});

test('the sweep erases a token that nobody heard in time, and sign-ins that have long expired', async () => {
  const rotation = await begun();
  const post = (activity: string, at: number) =>
    opened.store.inbox.post(activity, ada, approval(rotation), at);
  await post('c/old', Date.now() - 11 * 60_000);
  await post('c/new', Date.now());
  // a captured bot may write anything there, and the sweep goes on all the same
  await opened.pool.query(
    `insert into keysmith.inbox (activity, by, said, received_at) values ('c/odd', '{}', '"signIn"', 0)`,
  );
  await use('expired', rotation, Date.now() - 25 * hour);
  await use('valid', rotation);
  await opened.store.work({
    inbox: () => Promise.resolve(),
    effect: () => Promise.resolve(null),
    rotation: () => Promise.resolve(),
    outbox: () => Promise.resolve(null),
  });
  const rows = async (): Promise<readonly unknown[]> => {
    const { rows: signIns } = await opened.pool.query('select id from keysmith.sign_ins where id = any($1)', [
      ['expired', 'valid'],
    ]);
    const { rows: inbox } = await opened.pool.query(
      `select activity from keysmith.inbox where said::text like '%signature%' order by 1`,
    );
    return [signIns, inbox];
  };
  while (JSON.stringify(await rows()).includes('expired'))
    await new Promise((settle) => setTimeout(settle, 50));
  expect(await rows()).toEqual([[{ id: 'valid' }], [{ activity: 'c/new' }]]);
});

test('a row that was written by somebody else, and holds nothing readable, can be answered', async () => {
  const { rows } = await opened.pool.query<{ id: string }>(
    `insert into keysmith.inbox (activity, by, said, received_at) values ('c/scalar', '{}', '"signIn"', 0) returning id`,
  );
  const id = String(rows[0]?.id);
  await opened.store.transaction((tx) => tx.answerInbox(id, { answer: 'noSuchRotation' }));
  expect(await opened.store.inbox.answer(id, 0)).toEqual({ answer: 'noSuchRotation' });
});

test('one page of what waits goes on after another', async () => {
  const rotation = await begun();
  for (const n of [1, 2, 3]) await opened.store.inbox.post(`c/${String(n)}`, ada, approval(rotation), n);
  const all = await opened.store.inbox.waiting(50);
  const [first] = all;
  expect(await opened.store.inbox.waiting(50, first?.id)).toEqual(all.slice(1));
  expect(await opened.store.inbox.waiting(50, all.at(-1)?.id)).toEqual([]);
});
