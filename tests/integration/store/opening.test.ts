import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { openStore } from '../../../src/adapters/store/index.ts';
import { freshDatabase, openTestStore, silent, soon } from '../../support/database.ts';
import { poolerTo, relayTo } from './relay.ts';
import { ada, anEvent, aRotation } from './rotations.ts';

const options = { dataFolder: '', log: silent, timing: soon };
const close: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const each of close.splice(0).reverse()) await each();
});

test('two instances that start on an empty database at once both find it ready', async () => {
  const { url } = await openTestStore();
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query('drop schema keysmith cascade; drop schema pgboss cascade');
  await admin.end();
  const stores = await Promise.all([openStore({ ...options, url }), openStore({ ...options, url })]);
  for (const store of stores) close.push(() => store.close());
  const rotation = aRotation();
  await stores[0].transaction((tx) => tx.insertRotation(rotation, 's', anEvent()));
  expect(await stores[1].rotations.find(rotation.id)).toEqual(rotation);
});

test('a server that nobody answers for is "not available"', async () => {
  const opening = openStore({ ...options, url: 'postgresql://nobody@127.0.0.1:1/none' });
  await expect(opening).rejects.toMatchObject({ name: 'StoreUnavailable' });
});

// the small pooler below can't log in with a password
const withoutPassword = process.env['DATABASE_URL'] ? test.skip : test;

withoutPassword('a pooler in transaction mode is refused, and the message names the setting', async () => {
  const { url } = await freshDatabase();
  const pooler = await poolerTo(url);
  close.push(() => pooler.close());
  const refused = openStore({ ...options, url: pooler.url });
  await expect(refused).rejects.toMatchObject({ name: 'StoreRefused' });
  await expect(refused).rejects.toThrow('DATABASE_DIRECT_URL');
});

withoutPassword('with DATABASE_DIRECT_URL the pooler is welcome', async () => {
  const { url } = await freshDatabase();
  const pooler = await poolerTo(url);
  close.push(() => pooler.close());
  const timing = { ...soon, connections: 5 };
  const store = await openStore({ ...options, timing, url: pooler.url, directUrl: url });
  const rotation = aRotation();
  await store.transaction((tx) => tx.insertRotation(rotation, 's', anEvent()));
  expect(await store.journal.withLock('k', () => Promise.resolve(1))).toEqual({ held: true, value: 1 });
  expect(await store.rotations.find(rotation.id)).toEqual(rotation);
  await store.close();
});

test('a database that goes away and comes back fails what is asked meanwhile, and nothing else', async () => {
  const { url } = await freshDatabase();
  const relay = await relayTo(url);
  close.push(() => relay.close());
  const store = await openStore({ ...options, url: relay.url });
  close.push(() => store.close());
  let beats = 0;
  let beat = (): void => undefined;
  await store.work({
    inbox: () => {
      beats += 1;
      beat();
      return Promise.resolve();
    },
    effect: () => Promise.resolve(null),
    rotation: () => Promise.resolve(),
    outbox: () => Promise.resolve(null),
  });
  relay.drop();
  await expect(store.rotations.list(1)).rejects.toMatchObject({ name: 'StoreUnavailable' });
  await expect(store.inbox.answer('1', 100)).rejects.toMatchObject({ name: 'StoreUnavailable' });
  relay.restore();
  const before = beats;
  const heard = new Promise<void>((settle) => (beat = settle));
  for (;;) {
    try {
      await store.inbox.post('19:x/1', ada, { say: 'cancel', rotation: aRotation().id }, Date.now());
      break;
    } catch (error) {
      expect(error).toMatchObject({ name: 'StoreUnavailable' });
    }
  }
  await heard;
  expect(beats).toBeGreaterThan(before);
}, 30_000);

describe('the rights of the chat side', () => {
  test('are enough to ask, to hear the answer and to read, and for nothing else', async () => {
    const { store, pool, url } = await openTestStore();
    const role = `chat_${randomBytes(4).toString('hex')}`;
    await pool.query(`create role ${role}`);
    close.push(async () => {
      await pool.query(`drop owned by ${role}; drop role ${role}`);
    });
    await pool.query('select keysmith.grant_chat($1)', [role]);
    const asRole = `${url}?options=-c%20role%3D${role}`;
    const rotation = aRotation();
    await store.transaction((tx) => tx.insertRotation(rotation, 's', anEvent()));
    await store.work({
      inbox: async () => {
        for (const { id } of await store.inbox.waiting(9)) {
          await store.transaction((tx) => tx.answerInbox(id, { answer: 'noSuchRotation' }));
        }
      },
      effect: () => Promise.resolve(null),
      rotation: () => Promise.resolve(),
      outbox: () => Promise.resolve(null),
    });

    const chat = await openStore({ ...options, url: asRole, rights: 'chat' });
    const { id } = await chat.inbox.post('19:x/1', ada, { say: 'cancel', rotation: rotation.id }, 1);
    expect(await chat.inbox.answer(id, 10_000)).toEqual({ answer: 'noSuchRotation' });
    expect(await chat.rotations.find(rotation.id)).toEqual(rotation);
    expect(await chat.outbox.sentCard(rotation.id, 'living')).toBeNull();
    await chat.close();

    const thief = new pg.Client({ connectionString: asRole });
    await thief.connect();
    for (const statement of [
      'select * from keysmith.salts',
      'select * from keysmith.effects',
      'select * from keysmith.journal',
      `update keysmith.rotations set over = true`,
      `update keysmith.inbox set answer = '{}'`,
      `insert into keysmith.inbox (activity, by, said, received_at, answer) values ('a', '{}', '{}', 1, '{}')`,
      'insert into keysmith.events (rotation, seq, at, type) select id, 9, 9, id from keysmith.rotations',
      'select * from pgboss.job',
    ]) {
      await expect(thief.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
    await thief.end();
  });

  test('do not make the schema: an empty database is refused', async () => {
    const { url, pool } = await openTestStore();
    await pool.query('drop schema keysmith cascade');
    const opening = openStore({ ...options, url, rights: 'chat' });
    await expect(opening).rejects.toMatchObject({ name: 'StoreRefused' });
  });
});
