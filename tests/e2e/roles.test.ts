import { readFile, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Embedded, startEmbedded } from '../../src/adapters/store/index.ts';
import type { RunningBot } from '../../src/demo/bot.ts';
import { silent, temporaryFolder } from '../support/database.ts';
import {
  bo,
  chatConsumers,
  chen,
  type Environment,
  type Keysmith,
  startKeysmith,
} from '../support/keysmith.ts';
import { listeningPorts } from '../support/listening.ts';
import { eventually, rotationOf } from '../support/records.ts';
import { rotate, type Thread } from '../support/thread.ts';

const chatRole = 'keysmith_chat';
const chatPassword = 'of-the-chat-side';
let keysmith: Keysmith;
let folder: string;
let server: Embedded;
let records: pg.Pool;
let bot: RunningBot;
const workers = new Map<string, RunningBot>();

/** An address of the one database that they all meet in. */
const url = (user: string, as: string): string =>
  `postgresql://${user}@${encodeURIComponent(server.connection.host)}/keysmith?application_name=${as}`;

async function startWorker(name: string): Promise<void> {
  const settings = {
    KEYSMITH_ROLE: 'worker',
    // each of its connections has this name
    DATABASE_URL: url(server.connection.user, name),
    KEYSMITH_LEASE: '2500ms',
  };
  workers.set(name, await keysmith.launch(settings));
}

/** Nothing of Azure: no identity, no addresses, and no trust in its certificates. */
const withoutAzure = (): Environment =>
  Object.fromEntries(Object.keys(keysmith.simulator.environment).map((name) => [name, undefined]));

/** A role that signs in by password, and was given what `grant_chat` gives. */
async function createChatRole(): Promise<void> {
  const hba = join(server.home, 'data/pg_hba.conf');
  await writeFile(hba, `local keysmith ${chatRole} scram-sha-256\n${await readFile(hba, 'utf8')}`);
  await records.query(`create role ${chatRole} login password '${chatPassword}'`);
  await records.query('select keysmith.grant_chat($1)', [chatRole]);
  await records.query('select pg_reload_conf()');
}

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startEmbedded(folder, silent);
  records = new pg.Pool({ ...server.connection, max: 3 });
  keysmith = await startKeysmith({ accounts: chatConsumers, started: false });
  await startWorker('worker-a');
  await createChatRole();
  const database = { DATABASE_URL: url(`${chatRole}:${chatPassword}`, 'bot') };
  bot = await keysmith.launch({ ...withoutAzure(), KEYSMITH_ROLE: 'bot', ...database });
}, 60_000);

afterAll(async () => {
  for (const { pid } of workers.values()) process.kill(pid, 'SIGCONT');
  await Promise.all([bot, ...workers.values()].map((one) => one.stop()));
  await keysmith.close();
  await records.end();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

const regenerated = (): readonly (string | undefined)[] =>
  keysmith.simulator.effects.filter(({ kind }) => kind === 'regenerateKey').map(({ slot }) => slot);

const standsAt = ({ id }: Thread, at: string) =>
  eventually(at, async () => (await rotationOf(records, id)).phase.at === at);

test('a bot without any right in Azure and a worker without a port carry out a rotation together', async () => {
  const thread = await rotate(keysmith, 'contoso-chat yearly');
  await standsAt(thread, 'awaitingApproval');
  await thread.approve(bo, chen);
  await eventually('the second gate', async () => (await rotationOf(records, thread.id)).asked.retire === 1);
  await thread.approve(bo, chen);
  await standsAt(thread, 'completed');
  await thread.shows(/Finished/);
  expect(regenerated()).toEqual(['Key2', 'Key1']);
  for (const { counts } of keysmith.clients) expect(counts).toMatchObject({ failed: 0, refreshFailures: 0 });
}, 60_000);

test('the worker listens on no port, and the bot on one', async () => {
  const [ofBot, ofWorker] = await Promise.all(
    [bot, workers.get('worker-a')].map((one) => listeningPorts(one?.pid ?? 0)),
  );
  if (ofBot === null) return; // not Linux
  expect(ofBot).toEqual([keysmith.port]);
  expect(ofWorker).toEqual([]);
});

describe('with the credentials of the bot', () => {
  let chat: pg.Client;
  beforeAll(async () => {
    chat = new pg.Client({ connectionString: url(`${chatRole}:${chatPassword}`, 'a-thief') });
    await chat.connect();
  });
  afterAll(() => chat.end());

  test.each([
    ['move a rotation on', `update keysmith.rotations set over = false`],
    ['delete one', `delete from keysmith.rotations`],
    [
      'have a key regenerated',
      `insert into keysmith.effects (key, rotation, attempt, asked, due_at) select 'x', id, 1, '{}', 0 from keysmith.rotations limit 1`,
    ],
    ['have an effect done again', `update keysmith.effects set done = false`],
    [
      'write into the audit record',
      `insert into keysmith.events (rotation, seq, at, type) select id, 999, 1, 'approved' from keysmith.rotations`,
    ],
    ['change the audit record', `update keysmith.events set type = 'approved'`],
    [
      'say anything in the worker’s name',
      `insert into keysmith.outbox (rotation, lane, content) select id, 'x', '{}' from keysmith.rotations`,
    ],
    ['answer for the worker', `update keysmith.inbox set answer = '{}'`],
    ['change what others said', `update keysmith.inbox set said = '{}'`],
    ['read the salts', `select * from keysmith.salts`],
    ['read the journal', `select * from keysmith.journal`],
    ['send a job', `insert into pgboss.job (name) values ('effect')`],
    ['wake everybody for nothing', `drop trigger tell_inbox on keysmith.inbox`],
    ['become somebody else', `set role ${userInfo().username}`],
    ['make a table', `create table keysmith.mine (a int)`],
  ])('nobody can %s', async (_what, statement) => {
    await expect(chat.query(statement)).rejects.toMatchObject({
      code: '42501',
    });
  });

  test('one can read rotations and the record', async () => {
    const { rowCount } = await chat.query(
      'select from keysmith.rotations join keysmith.events on rotation = rotations.id',
    );
    expect(rowCount).toBeGreaterThan(5);
  });
});

describe('a worker that is frozen between the intent and the call, for longer than its lease,', () => {
  /** A transaction that holds up the commit of the next intent, so that a test knows the moment. */
  const gate = 7_777_777;
  let thread: Thread;

  beforeAll(async () => {
    await records.query(`create function public.hold_up() returns trigger language plpgsql as
      $$ begin perform pg_advisory_xact_lock_shared(${gate}); return null; end $$`);
    await records.query(`create trigger hold_up after insert on keysmith.journal
      for each row when (new.call like '%regenerate%') execute function public.hold_up()`);
    await startWorker('worker-b');
    thread = await rotate(keysmith, 'contoso-chat once more');
    await standsAt(thread, 'awaitingApproval');
  }, 60_000);

  /** Brings a worker there and freezes it; gives which one it is. The intent is committed when this resolves. */
  async function freezeAtTheNextIntent(act: () => Promise<unknown>): Promise<RunningBot & { name: string }> {
    const holder = await records.connect();
    try {
      await holder.query('select pg_advisory_lock($1)', [gate]);
      await act();
      const name = await eventually('an intent', async () => {
        const { rows } = await records.query<{ name: string }>(
          `select application_name as name from pg_locks join pg_stat_activity using (pid)
           where locktype = 'advisory' and objid = $1 and not granted`,
          [gate],
        );
        return rows[0]?.name;
      });
      const worker = workers.get(name);
      if (worker === undefined) throw new Error(`no worker ${name}`);
      process.kill(worker.pid, 'SIGSTOP');
      await holder.query('select pg_advisory_unlock($1)', [gate]);
      await eventually('the committed intent', async () => {
        const sql = `select from keysmith.journal where call like $1 and state = 'started'`;
        return (await records.query(sql, [`${thread.id}/regenerate%`])).rowCount === 1;
      });
      return { ...worker, name };
    } finally {
      await holder.query('select pg_advisory_unlock_all()');
      holder.release();
    }
  }

  test('and whose lock is lost, is replaced by the other, and regenerates nothing when it wakes up', async () => {
    const before = regenerated().length;
    const frozen = await freezeAtTheNextIntent(() => thread.approve(bo, chen));
    await records.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1',
      [frozen.name],
    );
    await eventually(
      'the second gate',
      async () => (await rotationOf(records, thread.id)).asked.retire === 1,
    );
    expect(regenerated()).toHaveLength(before + 1);
    process.kill(frozen.pid, 'SIGCONT');
    await eventually('that it heard of it', async () => (await keysmith.log()).includes('"step.lockLost"'));
    expect(regenerated()).toHaveLength(before + 1);
  }, 60_000);

  test('and keeps its lock, holds up nobody else, and makes its one call when it wakes up', async () => {
    const before = regenerated().length;
    const frozen = await freezeAtTheNextIntent(() => thread.approve(bo, chen));
    const other = await rotate(keysmith, 'contoso-vision yearly');
    await standsAt(other, 'awaitingApproval');
    // the lease has ended: the other one took the effect, and gave it back because of the lock
    await eventually('that the other one tried', async () => {
      const { rowCount } = await records.query(
        'select from keysmith.effects where key like $1 and lease_until is null and not done',
        [`${thread.id}/regenerateRetiredKey/%`],
      );
      return rowCount === 1;
    });
    expect(regenerated()).toHaveLength(before);
    process.kill(frozen.pid, 'SIGCONT');
    await standsAt(thread, 'completed');
    expect(regenerated()).toHaveLength(before + 1);
    for (const { counts } of keysmith.clients)
      expect(counts).toMatchObject({ failed: 0, refreshFailures: 0 });
  }, 60_000);
});
