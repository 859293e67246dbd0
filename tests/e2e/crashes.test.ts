import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type pg from 'pg';
import type { Client } from '../../src/simulator/client.ts';
import type { Fault, Simulator } from '../../src/simulator/index.ts';
import { buttonsOf, type Message, shown } from '../support/fakeTeams.ts';
import { startHeldReceipt } from '../support/heldReceipt.ts';
import {
  type Accounts,
  ada,
  type AddClient,
  bo,
  chen,
  dana,
  type Keysmith,
  startKeysmith,
} from '../support/keysmith.ts';
import {
  eventually,
  everythingSaid,
  openRecords,
  rotationOf,
  votesOf,
  withoutNames,
} from '../support/records.ts';
import { follow, rotate, type Thread, words } from '../support/thread.ts';

const account = 'contoso-chat';
let keysmith: Keysmith;
let records: pg.Pool;
let receipt: Awaited<ReturnType<typeof startHeldReceipt>>;
let nightBatch: Client;
let thread: Thread;

/** One that answers for itself, one that is given time, and one whose owner has to switch it. */
async function consumers(simulator: Simulator, addClient: AddClient): Promise<Accounts> {
  const vault = 'contoso-apps';
  const source = (secret: string) => ({ kind: 'keyVaultSecret', vault, secret, refreshEvery: 200 }) as const;
  const web = await addClient({ account, source: source('chat-web-api-key') });
  receipt = await startHeldReceipt(simulator, web.secretVersion);
  await addClient({ account, source: source('search-indexer-api-key') });
  const read = (): string => simulator.currentKeys(account).key1;
  nightBatch = await addClient({ account, source: { kind: 'manual', read } });
  const common = { kind: 'keyVaultSecret', vault: simulator.vaultUrl(vault) };
  return {
    [account]: [
      { ...common, name: 'chat-web', secret: 'chat-web-api-key', receipt: receipt.url },
      { ...common, name: 'search-indexer', secret: 'search-indexer-api-key', pickupWithin: '1s' },
      { kind: 'manual', name: 'night-batch', owners: ['dana'] },
    ],
  };
}

beforeAll(async () => {
  keysmith = await startKeysmith({ accounts: consumers, policy: { afterwards: 'ask' } });
  records = openRecords(keysmith.dataFolder);
}, 60_000);

afterAll(async () => {
  await records.end();
  await receipt.close();
  await keysmith.close();
}, 60_000);

/** A message without the names in it. */
const bare = (message: Message): string => withoutNames(shown(message));

const phase = async () => (await rotationOf(records, thread.id)).phase;
const standsAt = (at: string, stage: string) =>
  eventually(`${at} ${stage}`, async () => {
    const now = await phase();
    return now.at === at && now.stage === stage;
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

/** The next request of that kind to Teams is never answered, and isn't carried out; resolves when it comes in. */
async function onItsWay(on: 'send' | 'update', within: RegExp): Promise<unknown> {
  const { teams } = keysmith;
  const before = teams.asked(on).length;
  teams.faults.plan(on, { does: 'hang' }, 1, within);
  return teams.until(
    () =>
      teams
        .asked(on)
        .slice(before)
        .find(({ conversation }) => within.test(conversation))?.body,
  );
}

/** A conversation in the channel itself: what is sent there begins a thread, as the card does. */
const inChannel = /@thread\.tacv2$/;
const inThread = (): RegExp => new RegExp(`;messageid=${thread.card.id}$`);

const never: Fault = 'hang';
/** What was asked for happens when whoever asked is dead. */
const afterDeath: Fault = { landsLate: 300, socket: 'hang' };

type Moment = Readonly<{
  when: string;
  /** Brings the program there, and resolves when it stands there. */
  reach: () => Promise<unknown>;
  /** What is seen once it runs again. */
  then?: () => Promise<unknown>;
}>;

/** In the order of one rotation; what the next moment needs is arranged before the program runs again. */
let next: Promise<unknown>;
let approval: Parameters<Keysmith['teams']['invoke']>;

const moments: readonly Moment[] = [
  {
    when: 'while it posts its card and looks for the account',
    reach: async () => {
      strike('GET', /\/accounts$/, never);
      const reading = inFlight('GET', /\/accounts$/);
      const posting = onItsWay('send', inChannel);
      await Promise.all([reading, posting, teams().say(ada, `rotate ${account} yearly`)]);
      strike('POST', /\/listKeys$/, never);
      next = inFlight('POST', /\/listKeys$/);
    },
    then: async () => {
      const card = await teams().until(() => teams().find(/API key rotation/));
      thread = follow(keysmith, card);
    },
  },
  {
    when: 'while it lists the keys for the plan',
    reach: async () => {
      await next;
      next = onItsWay('send', inThread());
    },
  },
  {
    when: 'while the mention of the approvers is on its way',
    reach: async () => {
      const sent = await next;
      expect(JSON.stringify(sent)).toContain('night-batch');
    },
    then: async () => {
      await standsAt('awaitingApproval', 'approveFirst');
      await teams().click(dana, await thread.tells(dana, /Which key does it hold\?/), 'Key 1');
      await thread.shows(/Approve/);
    },
  },
  {
    when: 'when a vote is written down and not yet counted',
    reach: async () => {
      await eventually('a gate without blockers', async () =>
        buttonsOf(await teams().see(bo, thread.card)).some(({ title }) => title === 'Approve'),
      );
      const button = buttonsOf(await teams().see(bo, thread.card)).find(({ title }) => title === 'Approve');
      if (button === undefined) throw new Error('no button');
      approval = [bo, thread.card, button, button.data, 'manual', { activity: { id: 'f:bo-approves' } }];
      const holder = await records.connect();
      await holder.query('begin');
      await holder.query('select from keysmith.rotations for update');
      void teams()
        .invoke(...approval)
        .catch(() => undefined);
      await eventually('the click in the inbox', async () => {
        const said = "said ->> 'say' = 'approve' and answer is null";
        return (await records.query(`select from keysmith.inbox where ${said}`)).rowCount === 1;
      });
      await keysmith.kill();
      await holder.query('rollback');
      holder.release();
      next = onItsWay('update', inThread());
    },
    then: () => eventually('the vote', async () => (await votesOf(records, thread.id)).length === 1),
  },
  {
    when: 'while it edits its card',
    reach: () => next,
    then: async () => {
      await thread.shows(/1 of 2/);
      // Teams delivers the click again, since it was never answered; and Bo presses once more
      expect((await teams().invoke(...approval)).status).toBe(200);
      const again = await teams().invoke(...(approval.slice(0, 5) as typeof approval));
      expect(words(again)).toContain('You have approved this already');
      expect(await votesOf(records, thread.id)).toEqual(['approveFirst Bo']);
    },
  },
  {
    when: 'inside regenerateKey of the unused key, which never happens',
    reach: async () => {
      strike('POST', /\/regenerateKey$/, never, afterDeath);
      const sent = inFlight('POST', /\/regenerateKey$/);
      await thread.press(chen, 'Approve');
      await sent;
      next = inFlight('POST', /\/regenerateKey$/);
    },
  },
  {
    when: 'inside regenerateKey of the unused key, which happens after its death',
    reach: async () => {
      await next;
      keysmith.simulator.timing.newKeyDelay = 3_600_000;
    },
  },
  {
    when: 'while it proves the new key',
    reach: async () => {
      await standsAt('working', 'proveIdleKey');
      strike('PUT', /\/secrets\/chat-web-api-key$/, never, afterDeath);
      next = inFlight('PUT', /\/secrets\/chat-web-api-key$/);
    },
    then: async () => {
      keysmith.simulator.timing.newKeyDelay = 300;
    },
  },
  {
    when: 'inside the write of a secret, which never happens',
    reach: async () => {
      await next;
      next = inFlight('PUT', /\/secrets\/chat-web-api-key$/);
    },
  },
  {
    when: 'inside the write of a secret, which happens after its death',
    reach: async () => {
      await next;
      next = receipt.hold();
    },
  },
  { when: 'while it asks a consumer for its receipt', reach: () => next },
  {
    when: 'while it waits for an owner to switch',
    reach: () => thread.tells(dana, /I have switched/),
    then: async () => {
      nightBatch.switchTo('Key2');
      await teams().click(dana, await thread.tells(dana, /I have switched/), 'I have switched');
    },
  },
  {
    when: 'while it asks for the metrics of the traffic',
    reach: async () => {
      await standsAt('watching', 'watchTraffic');
      strike('POST', /metrics:getBatch$/, never);
      await inFlight('POST', /metrics:getBatch$/);
    },
  },
  {
    when: 'while it waits for the second vote on the retirement',
    reach: async () => {
      await standsAt('awaitingApproval', 'approveSecond');
      await thread.press(bo, 'Approve');
    },
  },
  {
    when: 'inside regenerateKey of the retired key, which never happens',
    reach: async () => {
      strike('POST', /\/regenerateKey$/, never, afterDeath);
      const sent = inFlight('POST', /\/regenerateKey$/);
      await thread.press(chen, 'Approve');
      await sent;
      next = inFlight('POST', /\/regenerateKey$/);
    },
  },
  {
    when: 'inside regenerateKey of the retired key, which happens after its death',
    reach: () => next,
  },
  {
    when: 'while it waits for the choice to stay or to switch back',
    reach: () => standsAt('choosing', 'switchBack'),
    then: async () => {
      await thread.press(bo, 'Stay on Key 2');
      await standsAt('completed', 'finished');
    },
  },
];

const teams = (): Keysmith['teams'] => keysmith.teams;

let stuck: string | undefined;

test.each(moments)('killed $when, it goes on from there', async ({ when, reach, then }) => {
  if (stuck !== undefined) throw new Error(`it is stuck since it was killed ${stuck}`);
  stuck = when;
  await reach();
  await keysmith.kill();
  await keysmith.start();
  await then?.();
  stuck = undefined;
});

test('after all that, each key was regenerated once and each secret has one new version', () => {
  const { effects } = keysmith.simulator;
  expect(effects.map(({ kind, slot, secret }) => [kind, slot ?? secret])).toEqual([
    ['regenerateKey', 'Key2'],
    ['setSecret', 'chat-web-api-key'],
    ['setSecret', 'search-indexer-api-key'],
    ['regenerateKey', 'Key1'],
  ]);
});

test('every vote was counted once', async () => {
  expect(await votesOf(records, thread.id)).toEqual([
    'approveFirst Bo',
    'approveFirst Chen',
    'approveSecond Bo',
    'approveSecond Chen',
  ]);
});

test('everything that was to be told was told, and everybody who has to act was named', async () => {
  const said = await eventually('an empty outbox', () => everythingSaid(records, thread.id));
  const told = teams().messages().map(bare);
  expect(said.filter((text) => !told.some((one) => one.includes(text)))).toEqual([]);
  for (const news of [/plan is ready/, /Approving now retires Key 1/, /finished/])
    expect(said.filter((text) => news.test(text)).length).toBeGreaterThan(0);
  expect(shown(await thread.says(/Approving now retires/))).toMatch(/<at>Bo<.*<at>Chen</);
});

test('the record says that the old key’s death could not be proved', async () => {
  await thread.says(/could not prove that the old value of Key 1 is dead: the process .* was restarted/);
  await thread.shows(/not proved dead/);
});

test('no client call failed', () => {
  for (const { counts } of keysmith.clients) expect(counts).toMatchObject({ failed: 0, refreshFailures: 0 });
});

/** Asks for a rotation; its card arrives, and the program is killed before it hears so. */
async function killedBeforeItHeard(): Promise<Thread> {
  teams().faults.plan('send', { does: 'hangAfter' }, 1, inChannel);
  const followed = await rotate(keysmith, 'contoso-vision yearly');
  await keysmith.kill();
  return followed;
}

/** The cards of a rotation that stand in the channel. */
const cardsOf = ({ id, card }: Thread): readonly Message[] =>
  teams()
    .messages(card.conversation)
    .filter((message) => message.thread === undefined && shown(message).includes(id));

const gateOpen = ({ id }: Thread) =>
  eventually('the first gate', async () => (await rotationOf(records, id)).phase.at === 'awaitingApproval');

test('a card that stands there twice: decisions count on both, and the first one on the older retires it', async () => {
  const older = await killedBeforeItHeard();
  await keysmith.start();
  const newer = await teams().until(() => cardsOf(older).find(({ id }) => id !== older.card.id));
  await gateOpen(older);
  await teams().until(() => /Approve/.test(shown(newer)));
  const answered = await older.press(bo, 'Approve');
  expect(words(answered)).toMatch(/1 of 2/);
  await older.shows(/This card was replaced by a newer one/);
  expect(buttonsOf(older.base())).toEqual([]);
  await teams().until(() => /1 of 2/.test(shown(newer)));
  await teams().click(chen, newer, 'Approve');
  await eventually('both votes', async () => (await votesOf(records, older.id)).length === 2);
  await eventually('a regeneration', () => keysmith.simulator.effects.at(-1)?.target === 'contoso-vision');
  await teams().until(() => /Regenerate|Prove|Watch/.test(shown(newer)));
  expect(cardsOf(older)).toHaveLength(2);
  await eventually('the watch', async () => (await rotationOf(records, older.id)).phase.at === 'watching');
  await teams().say(ada, `cancel ${older.id}`);
  await teams().until(() => /cancelled/i.test(shown(newer)));
});

test('a card that is clicked before it is sent again is adopted, and stands there once', async () => {
  const followed = await killedBeforeItHeard();
  // Teams takes no message for a while, so the click comes first
  teams().faults.plan('send', { status: 429, retryAfter: 3 }, 1, inChannel);
  await keysmith.start();
  await gateOpen(followed);
  await followed.press(bo, 'Approve');
  await followed.shows(/1 of 2/);
  await followed.says(/plan is ready/);
  expect(cardsOf(followed)).toHaveLength(1);
});
