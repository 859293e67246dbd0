import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { openStore, startEmbedded } from '../../../src/adapters/store/index.ts';
import { findPostmaster } from '../../../src/adapters/store/embedded/postmaster.ts';
import type { Log } from '../../../src/application/ports/ambient.ts';
import type { RotationId } from '../../../src/domain/ids.ts';
import { silent, soon, temporaryFolder } from '../../support/database.ts';
import { spawned } from './spawned.ts';

let folder: string;
const homes = new Set<string>();

/** Keeps the names of the events, and every home that has to be cleaned up. */
function listening(): Readonly<{ log: Log; events: string[] }> {
  const events: string[] = [];
  const note = (fields: Readonly<{ event: string } & Record<string, unknown>>): void => {
    events.push(fields.event);
    if (typeof fields['home'] === 'string') homes.add(fields['home']);
  };
  return { events, log: { info: note, warn: note, error: note } };
}

beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  for (const each of [folder, ...homes]) await rm(each, { recursive: true, force: true });
  homes.clear();
});

describe('the embedded database', () => {
  test('keeps what was saved when its owner is killed, and is adopted by the next one', async () => {
    const { says, kill } = await spawned(['own', folder]);
    await kill();
    const { log, events } = listening();
    const store = await openStore({ dataFolder: folder, log, timing: soon });
    try {
      expect(events).toContain('database.adopted');
      expect(await store.rotations.find(says['rotation'] as RotationId)).not.toBeNull();
    } finally {
      await store.close();
    }
    expect(await findPostmaster(join(folder, 'postgres/data'))).toBeNull();
  });

  test('keeps what was saved when owner and server are both killed', async () => {
    const { says, kill } = await spawned(['own', folder]);
    const data = join(folder, 'postgres/data');
    const pid = await findPostmaster(data);
    await kill();
    process.kill(pid ?? 0, 'SIGKILL');
    const { log, events } = listening();
    const store = await openStore({ dataFolder: folder, log, timing: soon });
    try {
      expect(events).toContain('database.started');
      expect(await store.rotations.find(says['rotation'] as RotationId)).not.toBeNull();
    } finally {
      await store.close();
    }
  });

  test('belongs to one live process: a second one is refused and told who has it', async () => {
    const { child, kill } = await spawned(['own', folder]);
    try {
      const second = startEmbedded(folder, silent);
      await expect(second).rejects.toMatchObject({ name: 'StoreRefused' });
      await expect(second).rejects.toThrow(`process ${child.pid ?? 0}`);
    } finally {
      await kill();
      await (await startEmbedded(folder, silent)).stop();
    }
  });

  test('of two that start at the same instant in an empty folder, one is refused', async () => {
    const both = await Promise.allSettled([startEmbedded(folder, silent), startEmbedded(folder, silent)]);
    try {
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { name: 'StoreRefused' },
      });
    } finally {
      for (const each of both) if (each.status === 'fulfilled') await each.value.stop();
    }
  });

  test('is started again when its server dies, and the store goes on', async () => {
    const { log, events } = listening();
    const store = await openStore({ dataFolder: folder, log, timing: soon });
    try {
      process.kill((await findPostmaster(join(folder, 'postgres/data'))) ?? 0, 'SIGKILL');
      let lost = 0;
      for (;;) {
        try {
          await store.rotations.list(1);
          if (lost > 0) break;
        } catch (error) {
          expect(error).toMatchObject({ name: 'StoreUnavailable' });
          lost += 1;
        }
        await new Promise((settle) => setTimeout(settle, 20));
      }
      expect(events).toEqual(expect.arrayContaining(['database.lost', 'database.started']));
    } finally {
      await store.close();
    }
  });

  test('works below a folder that nobody else may enter, on the disk and without a network port', async () => {
    await chmod(folder, 0o700);
    const { log } = listening();
    const { connection, home, stop } = await startEmbedded(join(folder, 'data'), log);
    try {
      const client = new pg.Client(connection);
      await client.connect();
      const shown = `select name, setting from pg_settings
                     where name in ('fsync', 'listen_addresses', 'synchronous_commit') order by name`;
      const { rows } = await client.query({ text: shown, rowMode: 'array' });
      await client.end();
      expect(rows).toEqual([
        ['fsync', 'on'],
        ['listen_addresses', ''],
        ['synchronous_commit', 'on'],
      ]);
      // as root the server runs as somebody who can't get in there
      expect(home.startsWith(folder)).toBe(process.getuid?.() !== 0);
    } finally {
      await stop();
    }
    const again = await startEmbedded(join(folder, 'data'), silent);
    await again.stop();
    expect(again.home).toBe(home);
  });

  test('is reached where the path of its socket would be too long', async () => {
    const deep = join(folder, 'a'.repeat(60), 'b'.repeat(60));
    await mkdir(deep, { recursive: true });
    const { connection, stop } = await startEmbedded(deep, silent);
    await stop();
    await rm(connection.host, { recursive: true });
    expect(Buffer.byteLength(`${connection.host}/.s.PGSQL.5432`)).toBeLessThan(104);
  });

  test('that has vanished from its place is missed, not silently begun anew', async () => {
    await (await startEmbedded(folder, silent)).stop();
    await rm(join(folder, 'postgres'), { recursive: true });
    await expect(startEmbedded(folder, silent)).rejects.toThrow('nothing is there');
  });

  test('is refused, with what to do instead, where there is no binary for the machine', async () => {
    const { says, kill } = await spawned(
      ['own', folder],
      ['--import', `data:text/javascript,Object.defineProperty(process,'arch',{value:'mips'})`],
    );
    await kill();
    expect(says).toMatchObject({ name: 'StoreRefused', message: expect.stringContaining('DATABASE_URL') });
  });
});
