import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import type { Fault } from '../../src/simulator/index.ts';
import { encryptionIn, encryptionPolicy, openMove, planMove } from '../support/encryption.ts';
import { shown } from '../support/fakeTeams.ts';
import { ada, bo, chen, type Keysmith, people, startKeysmith } from '../support/keysmith.ts';
import { eventually, openRecords, rotationOf, votesOf } from '../support/records.ts';
import type { Thread } from '../support/thread.ts';

let keysmith: Keysmith;
let records: pg.Pool;
let azure: ReturnType<typeof encryptionIn>;
let thread: Thread;

beforeAll(async () => {
  keysmith = await startKeysmith({
    simulator: { timing: { wrapTime: 5000 } },
    policy: encryptionPolicy(people.map(({ name }) => name.toLowerCase())),
  });
  records = openRecords(keysmith.dataFolder);
  azure = encryptionIn(keysmith);
}, 60_000);
afterAll(async () => {
  await records.end();
  await keysmith.close();
}, 60_000);

const standsAt = (at: string) =>
  eventually(at, async () => {
    const { phase } = await rotationOf(records, thread.id);
    if (phase.at === 'halted') throw new Error(JSON.stringify(phase));
    return phase.at === at;
  });

/** The next requests of that kind to Azure fail like this, one after the other. */
const strike = (method: string, path: RegExp, ...faults: readonly Fault[]): void => {
  for (const fault of faults) keysmith.simulator.faults.next({ match: { method, path }, fault });
};

/** Resolves when a new request of that kind has come in and waits for its answer. */
function inFlight(method: string, path: RegExp): Promise<boolean> {
  const { requests } = keysmith.simulator;
  const before = requests.length;
  return eventually(`a request to ${String(path)}`, () =>
    requests.slice(before).some((one) => one.method === method && path.test(one.path) && one.status === 0),
  );
}

const never: Fault = 'hang';
/** What was asked for happens when whoever asked is dead. */
const afterDeath: Fault = { landsLate: 300, socket: 'hang' };

async function killed(then: () => void = () => undefined): Promise<void> {
  await keysmith.kill();
  then();
  await keysmith.start();
}

describe('a move to a new version, killed again and again', () => {
  const creation = /\/keys\/chat-cmk\/create$/;
  const change = /\/accounts\/contoso-chat$/;
  /** The next request in which it will be killed; listened for before the program runs again. */
  let next: Promise<unknown>;

  test('while it checks the chosen key', async () => {
    thread = await openMove(keysmith, 'contoso-chat');
    strike('GET', /\/keys\/chat-cmk\/rotationpolicy$/, never);
    const reading = inFlight('GET', /\/keys\/chat-cmk\/rotationpolicy$/);
    await thread.press(ada, 'Check this key', { option: 'newVersion' });
    await reading;
    await killed();
    await thread.shows(/approvals needed/);
  });

  test('inside the creation, which never happens', async () => {
    strike('POST', creation, never, afterDeath);
    next = inFlight('POST', creation);
    await thread.approve(bo, chen);
    await next;
    await killed(() => {
      next = inFlight('POST', creation);
    });
  });

  test('inside the creation, which happens after its death', async () => {
    await next;
    // long enough that the program is back and killed once more before Azure is done
    Object.assign(keysmith.simulator.timing, { wrapTime: 15_000 });
    strike('PATCH', change, never, afterDeath);
    await killed(() => {
      next = inFlight('PATCH', change);
    });
  });

  test('inside the change of the account, which never happens', async () => {
    await next;
    await killed(() => {
      next = inFlight('PATCH', change);
    });
  });

  test('inside the change of the account, which happens after its death', async () => {
    await next;
    await killed();
    await standsAt('wrapping');
  });

  test('inside the wait, once Azure has accepted', async () => {
    // the answer was lost and with it the operation's address: the account itself is asked
    strike('GET', change, never);
    await inFlight('GET', change);
    expect(azure.accountRow('contoso-chat').provisioningState).toBe('Accepted');
    await killed();
    await standsAt('settling');
  });

  test('while the last choice is open; and it is made', async () => {
    Object.assign(keysmith.simulator.timing, { wrapTime: 5000 });
    await killed();
    await thread.press(ada, 'Stay');
    await thread.shows(/Finished/);
  });

  test('made one version and one change of the account, and every vote counted once', async () => {
    expect(azure.done('contoso-chat', 'chat-cmk')).toEqual(['createKey', 'updateAccount', 'wrapData']);
    expect(azure.accountRow('contoso-chat').encryption?.version).toBe(
      azure.keyRow('chat-cmk').versions.at(-1)?.version,
    );
    expect(azure.keyRow('chat-cmk').versions).toHaveLength(3);
    expect((await votesOf(records, thread.id)).toSorted()).toEqual(['approve Bo', 'approve Chen']);
    await thread.says(/the rotation is finished/);
    expect(thread.replies().filter((one) => /the rotation is finished/.test(shown(one)))).toHaveLength(1);
  });

  test('and the versions are watched on after all that', async () => {
    azure.versionRow('chat-cmk', 'b1'.repeat(16)).enabled = false;
    await thread.says(/ALARM: chat-cmk, version b1b1b1b1…/);
  });
});

describe('an account that follows its key, where making the version is the switch', () => {
  const creation = /\/keys\/shared\/create$/;

  test('killed inside the creation, which happens after its death, makes one version and no change of the account', async () => {
    thread = await planMove(keysmith, 'lab-auto-one', { option: 'newVersion' });
    strike('POST', creation, afterDeath);
    const sent = inFlight('POST', creation);
    await thread.approve(bo, chen);
    await sent;
    await killed();
    await standsAt('settling');
    expect(azure.done('lab-auto-one', 'shared')).toEqual(['createKey', 'followKey', 'followKey']);
    expect((await rotationOf(records, thread.id)).remarks.join()).toMatch(/was lost.*it was not sent again/);
  });
});
