import { beforeAll, expect, test } from '@jest/globals';
import { accountId, digest } from '../../../src/domain/ids.ts';
import { openTestStore, type TestStore } from '../../support/database.ts';
import { PlayEncryption } from '../../unit/domain/encryptionFixtures.ts';
import { anEvent, aRotation, newId, planned } from './rotations.ts';

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore();
}, 60_000);

const first = { digest: digest('d1'), meaning: { gates: {} }, text: '# one\n' };

test('every version of the policy is kept under its digest, from the first time it was in force', async () => {
  const { policies } = opened.store;
  await policies.keep(first, 1000);
  await policies.keep({ digest: digest('d2'), meaning: {}, text: 'two' }, 2000);
  await policies.keep({ ...first, text: '# a comment more\n' }, 3000);
  expect(await policies.find(digest('d1'))).toEqual({ text: '# one\n', since: 1000 });
  expect(await policies.find(digest('d2'))).toEqual({ text: 'two', since: 2000 });
  expect(await policies.find(digest('d3'))).toBeNull();
});

test.each([
  "update keysmith.policies set text = 'other'",
  'delete from keysmith.policies',
  'truncate keysmith.policies',
])('nobody changes it afterwards: %s', async (statement) => {
  await opened.store.policies.keep(first, 1000);
  await expect(opened.pool.query(statement)).rejects.toThrow();
});

test('what an account’s encryption guards is found by its id, whatever its case; a rotation of the API keys guards nothing', async () => {
  const { store } = opened;
  const account = '/subscriptions/S/accounts/contoso';
  const key = { vault: 'https://v.example/', name: 'k', version: '1' };
  const play = new PlayEncryption();
  play.settled();
  const guarding = {
    ...play.rotation,
    id: newId(),
    guarded: [{ key, state: 'enabled', expires: null, tagged: true, alarmed: null }],
  } as const;
  const here = guarding.found;
  if (here === undefined) throw new Error('nothing was found');
  const moved = { ...guarding, found: { ...here, account: { ...here.account, id: accountId(account) } } };
  await store.transaction((tx) =>
    tx.insertRotation(planned(aRotation('other'), account.toUpperCase()), 's', anEvent()),
  );
  expect(await store.guards.of(accountId(account))).toEqual([]);
  const over = {
    ...moved,
    phase: { at: 'completed', stage: 'finished', outcome: 'moved', finishedAt: 1 },
  } as const;
  await store.transaction((tx) => tx.insertRotation(over, 's', anEvent()));
  expect(await store.guards.of(accountId(account.toLowerCase()))).toMatchObject([
    { rotation: moved.id, watching: true, versions: [key] },
  ]);
});
