import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Every change of the schema, in order of its number. One that has been released is never edited. */
export const migrations: Readonly<Record<string, Migration>> = {
  '001-ground': { up: (db) => runAll(db, ground) },
  '002-append-only': { up: (db) => runAll(db, appendOnly) },
  '003-wake-ups': { up: (db) => runAll(db, wakeUps) },
  '004-chat-side': { up: (db) => runAll(db, chatSide) },
  '005-clicked': { up: (db) => runAll(db, clicked) },
  '006-procedure': { up: (db) => runAll(db, procedure) },
  '007-sign-ins': { up: (db) => runAll(db, signIns) },
  '008-policies': { up: (db) => runAll(db, policies) },
};

async function runAll(db: Kysely<unknown>, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const ground = [
  `create table keysmith.rotations (
     id text primary key,
     account text not null,
     account_id text,
     over boolean not null,
     state jsonb not null,
     wake_at bigint,
     seq integer not null default 1,
     created_at timestamptz not null default now(),
     updated_at timestamptz not null default now())`,
  `create unique index one_rotation_a_name on keysmith.rotations (account) where not over`,
  `create unique index one_rotation_an_account on keysmith.rotations (account_id) where not over`,
  `create index rotations_due on keysmith.rotations (wake_at) where wake_at is not null`,
  `create table keysmith.salts (
     rotation text primary key references keysmith.rotations,
     salt text not null)`,
  `create table keysmith.events (
     id bigint generated always as identity primary key,
     rotation text not null references keysmith.rotations,
     seq integer not null,
     at bigint not null,
     type text not null,
     by jsonb,
     detail jsonb,
     recorded_at timestamptz not null default now(),
     unique (rotation, seq))`,
  `create table keysmith.inbox (
     id bigint generated always as identity primary key,
     activity text not null unique,
     by jsonb not null,
     said jsonb not null,
     received_at bigint not null,
     answer jsonb,
     answered_at timestamptz)`,
  `create index inbox_waiting on keysmith.inbox (id) where answer is null`,
  `create table keysmith.effects (
     key text primary key,
     rotation text not null references keysmith.rotations,
     attempt integer not null,
     asked jsonb not null,
     not_before bigint,
     due_at bigint not null,
     done boolean not null default false,
     lease_until timestamptz)`,
  `create index effects_due on keysmith.effects (due_at) where not done`,
  `create table keysmith.journal (
     call text primary key,
     rotation text not null,
     state text not null check (state in ('started', 'done', 'withdrawn')),
     before jsonb,
     after jsonb,
     found text,
     fault jsonb,
     started_at bigint not null,
     finished_at bigint,
     sends integer not null default 1)`,
  `create table keysmith.probes (
     account text not null,
     minute bigint not null,
     calls integer not null,
     refused integer not null,
     primary key (account, minute))`,
  `create table keysmith.outbox (
     id bigint generated always as identity primary key,
     rotation text not null references keysmith.rotations,
     lane text not null,
     card text,
     content jsonb not null,
     state text not null default 'pending' check (state in ('pending', 'sent', 'parked')),
     attempts integer not null default 0,
     not_before bigint not null default 0,
     lease_until bigint not null default 0,
     why text,
     settled_at bigint)`,
  `create index outbox_pending on keysmith.outbox (lane, id) where state = 'pending'`,
  `create table keysmith.cards (
     rotation text not null references keysmith.rotations,
     card text not null,
     conversation text not null,
     activity_id text not null,
     primary key (rotation, card))`,
  `create table keysmith.sends (lane text not null, at bigint not null)`,
  `create index sends_by_lane on keysmith.sends (lane, at)`,
];

/** What has happened can't be unsaid, not even by a mistake of ours. */
const appendOnly = [
  `create function keysmith.refuse_change() returns trigger language plpgsql as $$
   begin
     raise exception 'keysmith.% is append only', tg_table_name using errcode = 'restrict_violation';
   end $$`,
  `create trigger append_only before update or delete on keysmith.events
     for each row execute function keysmith.refuse_change()`,
  `create trigger append_only_as_a_whole before truncate on keysmith.events
     for each statement execute function keysmith.refuse_change()`,
];

/** Triggers and not the program, so that a role that may only insert into the inbox wakes the worker too. */
const wakeUps = [
  `create function keysmith.tell_inbox() returns trigger language plpgsql as $$
   begin
     if tg_op = 'INSERT' then
       perform pg_notify('keysmith_inbox', '');
     else
       perform pg_notify('keysmith_answer', new.id::text);
     end if;
     return null;
   end $$`,
  `create trigger tell_inbox after insert or update of answer on keysmith.inbox
     for each row execute function keysmith.tell_inbox()`,
];

/** `select keysmith.grant_chat('a_role')`: all that KEYSMITH_ROLE=bot needs, and nothing else. */
const chatSide = [
  `create function keysmith.grant_chat(role name) returns void language plpgsql as $$
   begin
     execute format('grant usage on schema keysmith to %I', role);
     execute format('grant select on keysmith.rotations, keysmith.events, keysmith.cards, keysmith.migrations to %I', role);
     execute format('grant select, insert (activity, by, said, received_at) on keysmith.inbox to %I', role);
   end $$`,
];

/** Which message was clicked. A role that was granted the chat side before has to be granted it again. */
const clicked = [
  `alter table keysmith.inbox add column clicked jsonb`,
  `create index cards_by_activity on keysmith.cards (activity_id)`,
  `create or replace function keysmith.grant_chat(role name) returns void language plpgsql as $$
   begin
     execute format('grant usage on schema keysmith to %I', role);
     execute format('grant select on keysmith.rotations, keysmith.events, keysmith.cards, keysmith.migrations to %I', role);
     execute format('grant select, insert (activity, by, said, clicked, received_at) on keysmith.inbox to %I', role);
   end $$`,
];

/** Which procedure a rotation follows now stands beside its request: until here there was one only. */
const procedure = [
  `update keysmith.rotations set state = state || '{"procedure": "apiKeys"}'::jsonb where not state ? 'procedure'`,
  `create index rotations_by_account on keysmith.rotations (account_id)`,
];

/**
 * Sign-ins that a vote was counted with, so that none is used twice: the hash of each, never its token. Tokens wait
 * in the inbox for as long as it takes to hear them.
 */
const signIns = [
  `create table keysmith.sign_ins (
     id text primary key,
     rotation text not null references keysmith.rotations,
     used_at bigint not null,
     expires bigint not null)`,
  `create index sign_ins_by_expiry on keysmith.sign_ins (expires)`,
  `create index inbox_with_token on keysmith.inbox (received_at) where said ? 'signIn'`,
];

/** Which rules applied to a rotation, years later: each names its version by digest. */
const policies = [
  `create table keysmith.policies (
     digest text primary key,
     meaning jsonb not null,
     text text not null,
     since bigint not null)`,
  `create trigger policies_are_kept before update or delete on keysmith.policies
     for each row execute function keysmith.refuse_change()`,
  `create trigger policies_are_kept_as_a_whole before truncate on keysmith.policies
     for each statement execute function keysmith.refuse_change()`,
];
