import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { harmDone } from '../fuzz/verdict.ts';
import { startWorld, type World } from '../fuzz/world.ts';
import { bo, chen } from '../support/keysmith.ts';
import { eventually, rotationOf } from '../support/records.ts';

/** Somebody has the bot's database credentials, and a rotation stands at its gate. */
const role = 'keysmith_chat';
const password = 'of-the-chat-side';
let world: World;
let thief: pg.Client;

beforeAll(async () => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  world = await startWorld();
  const { records, database } = world;
  const hba = join(database.home, 'data/pg_hba.conf');
  await writeFile(hba, `local keysmith ${role} scram-sha-256\n${await readFile(hba, 'utf8')}`);
  await records.query(`create role ${role} login password '${password}'`);
  await records.query('select keysmith.grant_chat($1)', [role]);
  await records.query('select pg_reload_conf()');
  thief = new pg.Client({ ...database.connection, user: role, password });
  await thief.connect();
}, 60_000);
afterAll(async () => {
  await thief.end();
  await world.close();
  jest.restoreAllMocks();
}, 30_000);

const insert = (activity: string, by: unknown, said: unknown) =>
  thief.query<{ id: string }>(
    'insert into keysmith.inbox (activity, by, said, received_at) values ($1, $2, $3, 0) returning id',
    [activity, JSON.stringify(by), JSON.stringify(said)],
  );
const answerTo = (id: string | undefined) =>
  eventually('an answer', async () => {
    const { rows } = await thief.query<{ answer: unknown }>(
      'select answer from keysmith.inbox where id = $1',
      [id],
    );
    return rows[0]?.answer ?? undefined;
  });
const person = ({ objectId, tenantId, name }: typeof bo) => ({ objectId, tenantId, name });
/** All but that nobody has voted yet. */
const harm = async (): Promise<readonly string[]> =>
  (await harmDone(world)).filter((one) => !one.startsWith('not even'));

test('what the role may do is exactly this, in every table and column that there is', async () => {
  const { rows } = await thief.query<{ what: string }>(
    `select c.relname || ' ' || lower(p.privilege_type) || coalesce(' ' || string_agg(a.attname, ',' order by a.attname), '') as what
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     cross join (values ('SELECT'), ('INSERT'), ('UPDATE'), ('REFERENCES')) as p (privilege_type)
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind in ('r', 'p', 'v', 'm') and n.nspname in ('keysmith', 'pgboss', 'public')
       and has_schema_privilege(n.oid, 'USAGE') and has_column_privilege(c.oid, a.attnum, p.privilege_type)
     group by c.relname, p.privilege_type order by 1`,
  );
  const may = rows.map(({ what }) =>
    what.includes(' select ') ? what.replace(/ select .*/, ' select') : what,
  );
  expect(may).toEqual([
    'cards select',
    'events select',
    'inbox insert activity,by,clicked,received_at,said',
    'inbox select',
    'migrations select',
    'rotations select',
  ]);
  const { rows: more } = await thief.query(
    `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('keysmith', 'pgboss') and c.relkind in ('r', 'p')
       and (has_table_privilege(c.oid, 'DELETE') or has_table_privilege(c.oid, 'TRUNCATE') or has_table_privilege(c.oid, 'TRIGGER'))`,
  );
  expect(more).toEqual([]);
});

describe('nobody with those credentials can', () => {
  test.each([
    [
      'put votes into a rotation',
      `update keysmith.rotations set state = jsonb_set(state, '{phase,votes}', '[]')`,
    ],
    ['lock its row away from the worker', 'select from keysmith.rotations for update'],
    ['lock a table', 'do $$ begin lock table keysmith.inbox in access exclusive mode; end $$'],
    [
      'release an effect',
      `insert into keysmith.effects (key, rotation, attempt, asked, due_at) values ('x', 'y', 1, '{}', 0)`,
    ],
    [
      'write an answer beside a question',
      `insert into keysmith.inbox (activity, by, said, received_at, answer) values ('x', '{}', '{}', 0, '{"answer":"done"}')`,
    ],
    [
      'choose a question’s place in the queue',
      `insert into keysmith.inbox (id, activity, by, said, received_at) overriding system value values (1, 'x', '{}', '{}', 0)`,
    ],
    [
      'replace what was said',
      `insert into keysmith.inbox (activity, by, said, received_at) select activity, by, said, 0 from keysmith.inbox on conflict (activity) do update set said = excluded.said`,
    ],
    ['take back what was said', 'delete from keysmith.inbox'],
    ['empty the record', 'truncate keysmith.events'],
    ['switch a trigger off', 'alter table keysmith.events disable trigger all'],
    ['switch all of them off', `set session_replication_role = replica`],
    ['read what is to be sent', 'select * from keysmith.outbox'],
    ['look into the jobs', 'select * from pgboss.job'],
    [
      'replace a function',
      `create or replace function keysmith.tell_inbox() returns trigger language plpgsql as $$ begin return null; end $$`,
    ],
    [
      'make a function that others would call',
      'create function public.now() returns int language sql as $$ select 1 $$',
    ],
    ['make a schema', 'create schema mine'],
    ['make a role', 'create role another login superuser'],
    ['read a file of the server', `select pg_read_file('/etc/passwd')`],
    ['run a program there', `copy (select 1) to program 'true'`],
    [
      'end the worker’s connections',
      'select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user',
    ],
  ])('%s', async (_what, statement) => {
    await expect(thief.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  test('give themselves more by the function that gives', async () => {
    await thief.query(`select keysmith.grant_chat('${role}')`).catch(() => undefined);
    await thief.query('grant all on keysmith.rotations to public').catch(() => undefined);
    await expect(thief.query(`update keysmith.rotations set over = true`)).rejects.toMatchObject({
      code: '42501',
    });
  });
});

test('what makes no sense is answered like any other question, changes nothing and holds nobody up', async () => {
  const { target } = world;
  const { digest, stage } = target.phase;
  const vote = { say: 'approve', rotation: target.id, stage, digest };
  const nonsense: readonly (readonly [unknown, unknown])[] = [
    [null, null],
    [{}, {}],
    [[], 'approve'],
    [person(bo), { say: 'release', rotation: target.id }],
    [person(bo), { ...vote, say: '__proto__' }],
    [person(bo), { ...vote, rotation: { $ne: null } }],
    [person(bo), { ...vote, rotation: '\u0000'.slice(1) }],
    [person(bo), { ...vote, digest: null }],
    [person(bo), { ...vote, stage: 'regenerateIdleKey' }],
    [{ ...person(bo), objectId: null }, vote],
    [{ ...person(bo), objectId: [bo.objectId] }, vote],
    [{ name: bo.name }, vote],
    [{ ...person(bo), tenantId: undefined }, vote],
    [person(bo), { say: 'rotate' }],
    [
      person(bo),
      {
        say: 'rotate',
        account: 'contoso-chat',
        procedure: 'none',
        reason: 'x',
        place: null,
        personal: false,
      },
    ],
    [person(bo), { say: 'askWaiver', rotation: target.id, subject: null, reason: 'x' }],
  ];
  const ids: (string | undefined)[] = [];
  for (const [n, [by, said]] of nonsense.entries())
    ids.push((await insert(`nonsense ${n}`, by, said)).rows[0]?.id);
  for (const id of ids) expect(await answerTo(id)).not.toMatchObject({ answer: 'done' });
  expect(await harm()).toEqual([]);
  expect((await rotationOf(world.records, target.id)).phase).toEqual(target.phase);
});

test('a hundred votes of one person, and of whoever asked, are one vote', async () => {
  const { target } = world;
  const { digest, stage } = target.phase;
  const vote = { say: 'approve', rotation: target.id, stage, digest };
  const spelt = [bo.objectId, bo.objectId.toUpperCase()];
  const ids: (string | undefined)[] = [];
  for (let n = 0; n < 100; n += 1) {
    const by =
      n % 2 === 0 ? { ...person(bo), name: `Bo ${n}`, objectId: spelt[(n / 2) % 2] } : target.request.by;
    ids.push((await insert(`again ${n}`, by, vote)).rows[0]?.id);
  }
  for (const id of ids) await answerTo(id);
  expect(await harmDone(world)).toEqual([]);
});

/** Written down in docs/threat-model.md. Where the policy asks for a sign-in, the worker wants its proof. */
test('but the vote of somebody who may vote can be forged, as long as the policy asks for no sign-in', async () => {
  const { target, records } = world;
  const { digest, stage } = target.phase;
  await insert('forged', person(chen), { say: 'approve', rotation: target.id, stage, digest });
  await eventually(
    'that the gate opens',
    async () => (await rotationOf(records, target.id)).phase.at !== 'awaitingApproval',
  );
  const { rows } = await records.query(
    `select from keysmith.events where rotation = $1 and type = 'approved' and by ->> 'objectId' = $2`,
    [target.id, chen.objectId],
  );
  expect(rows).toHaveLength(1);
});
