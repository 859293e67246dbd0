import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { buttonsOf, type FakePerson, personalChatId, shown } from '../support/fakeTeams.ts';
import { bo, chatConsumers, chen, dana, type Keysmith, startKeysmith } from '../support/keysmith.ts';
import { freezePostgres, postmasterOf } from '../support/postgres.ts';
import { eventually, openRecords, rotationOf, votesOf } from '../support/records.ts';
import { rotate, type Thread, words } from '../support/thread.ts';

let keysmith: Keysmith;
let records: pg.Pool;
let thread: Thread;

beforeAll(async () => {
  keysmith = await startKeysmith({ accounts: chatConsumers });
  records = openRecords(keysmith.dataFolder);
}, 60_000);

afterAll(async () => {
  await records.end();
  await keysmith.close();
}, 60_000);

const standsAt = (at: string, stage: string) =>
  eventually(`${at} ${stage}`, async () => {
    // right after the end of every connection the first look may fail
    const now = await rotationOf(records, thread.id).catch(() => undefined);
    return now?.phase.at === at && now.phase.stage === stage;
  });
const regenerated = (): readonly (string | undefined)[] =>
  keysmith.simulator.effects.filter(({ kind }) => kind === 'regenerateKey').map(({ slot }) => slot);

test('every connection ended in the middle of regenerateKey: it looks, and regenerates nothing twice', async () => {
  const { simulator } = keysmith;
  thread = await rotate(keysmith, 'contoso-chat yearly');
  await standsAt('awaitingApproval', 'approveFirst');
  // it happens at once, and its answer comes when nobody holds the lock any more
  simulator.faults.next({ match: { path: /\/regenerateKey$/ }, fault: { delay: 500 } });
  const happened = new Promise((settle) => simulator.onEffect(settle));
  await thread.approve(bo, chen);
  await happened;
  const { rowCount } = await records.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname is not null and pid <> pg_backend_pid()',
  );
  expect(rowCount).toBeGreaterThan(5);
  await standsAt('awaitingApproval', 'approveSecond');
  expect(regenerated()).toEqual(['Key2']);
});

/** Presses Approve as this person's client showed it before, whatever it shows now. */
async function approveAs(person: FakePerson) {
  const { teams } = keysmith;
  const button = buttonsOf(await teams.see(person, thread.card)).find(({ title }) => title === 'Approve');
  if (button === undefined) throw new Error(`${person.name} sees no Approve`);
  return () => teams.invoke(person, thread.card, button, button.data, 'manual');
}

test('a click while the database hangs is answered in time, in words, and counts once in the end', async () => {
  const { teams } = keysmith;
  await thread.shows(/Approve/);
  const approve = await approveAs(bo);
  const goOn = await freezePostgres(keysmith.dataFolder, records);
  const began = performance.now();
  try {
    const [clicked] = await Promise.all([
      approve(),
      teams.say(dana, 'status', { conversation: personalChatId(dana) }),
    ]);
    expect(words(clicked)).toMatch(/I can’t reach my records right now/);
    const told = teams.messages(personalChatId(dana)).map(shown).at(-1);
    expect(told).toMatch(/I can’t reach my records right now/);
    expect(performance.now() - began).toBeLessThan(9_000);
  } finally {
    goOn();
  }
  expect(words(await approve())).toMatch(/1 of 2/);
  expect([...(await votesOf(records, thread.id))].sort()).toEqual([
    'approveFirst Bo',
    'approveFirst Chen',
    'approveSecond Bo',
  ]);
});

test('a database that is killed is started again, and the rotation goes on to its end', async () => {
  const approve = await approveAs(chen);
  const killed = await postmasterOf(keysmith.dataFolder);
  process.kill(killed, 'SIGKILL');
  const answered = await approve();
  expect(answered.status).toBe(200);
  expect(words(answered)).toMatch(/records|Retire|Approved/);
  await eventually('the vote', async () => {
    const votes = await votesOf(records, thread.id).catch((): readonly string[] => []);
    if (votes.includes('approveSecond Chen')) return true;
    await wait(200);
    await approve();
    return false;
  });
  expect(await postmasterOf(keysmith.dataFolder)).not.toBe(killed);
  await standsAt('completed', 'finished');
  await thread.shows(/Finished/);
  expect(regenerated()).toEqual(['Key2', 'Key1']);
  expect(await votesOf(records, thread.id)).toHaveLength(4);
  expect((await keysmith.log()).match(/"event":"started"/g)).toHaveLength(1);
  for (const { counts } of keysmith.clients) expect(counts).toMatchObject({ failed: 0, refreshFailures: 0 });
}, 60_000);

describe('a wrong DATABASE_URL is told in one sentence without the password, when', () => {
  const password = 'hunter2-of-nothing';
  const close: (() => void)[] = [];
  afterAll(() => {
    for (const each of close) each();
  });

  /** A server that refuses whoever signs in, as PostgreSQL words it. */
  async function refusing(code: string, message: string): Promise<number> {
    const fields = [`SFATAL`, `VFATAL`, `C${code}`, `M${message}`].map((field) => `${field}\0`).join('');
    const body = Buffer.from(`${fields}\0`);
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length + 4);
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([Buffer.from('E'), length, body])));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    close.push(() => server.close());
    return (server.address() as AddressInfo).port;
  }

  test('nobody listens there, the password is wrong, or there is no such database', async () => {
    const [noPassword, noDatabase] = await Promise.all([
      refusing('28P01', 'password authentication failed for user "keysmith"'),
      refusing('3D000', 'database "keysmith" does not exist'),
    ]);
    const refused = async (port: number): Promise<string> => {
      const url = `postgresql://keysmith:${password}@127.0.0.1:${port}/keysmith`;
      const { code, said } = await keysmith.refusedStart({ DATABASE_URL: url, PORT: '0' });
      expect(code).toBe(1);
      expect(said).not.toContain(password);
      // what it is, and why: no stack trace
      expect(said.trim().split('\n')).toHaveLength(2);
      return said;
    };
    const said = await Promise.all([1, noPassword, noDatabase].map(refused));
    expect(said[0]).toMatch(/is not available \(ECONNREFUSED\)\. Check DATABASE_URL/);
    expect(said[1]).toMatch(/refuses the user or the password \(28P01\)\. Check DATABASE_URL/);
    expect(said[2]).toMatch(/no database of that name\. Check DATABASE_URL/);
  }, 60_000);
});
