import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from '../../src/simulator/client.ts';
import type { Simulator, SlotName } from '../../src/simulator/index.ts';
import { ask } from '../../src/simulator/request.ts';
import { emittedBy, leaksIn, secretsOf } from '../support/emitted.ts';
import { estateWith, keyOf } from '../support/estate.ts';
import { channelId, type Message, personalChatId, shown } from '../support/fakeTeams.ts';
import { inputsOf } from '../support/fakeTeams/actions.ts';
import {
  type Accounts,
  ada,
  type AddClient,
  bo,
  chatConsumers,
  chen,
  dana,
  eli,
  type Keysmith,
  startKeysmith,
  unhurried,
} from '../support/keysmith.ts';
import { rotate, type Thread } from '../support/thread.ts';

const vision = 'contoso-vision';
const naive = 'contoso-naive';

let keysmith: Keysmith;
/** Clients of contoso-vision, where both keys are in use. Dana switches the last one by hand. */
let clients: readonly Client[];
let nightBatch: Client;

/** The check that a rotation has to pass: steady traffic, and not one call that failed. */
function everyCallWentThrough(of: readonly Client[]): void {
  for (const { counts } of of) {
    expect(counts.calls).toBeGreaterThan(20);
    expect(counts).toMatchObject({ failed: 0, refreshFailures: 0 });
  }
}

const callsOf = (of: readonly Client[]): number => of.reduce((sum, { counts }) => sum + counts.calls, 0);

const clientOfSecret = (secret: string) =>
  ({ kind: 'keyVaultSecret', vault: 'contoso-apps', secret, refreshEvery: 200 }) as const;

async function accounts(simulator: Simulator, addClient: AddClient): Promise<Accounts> {
  const vault = simulator.vaultUrl('contoso-apps');
  const web = await addClient({
    account: vision,
    source: clientOfSecret('vision-web-api-key'),
    receiptPort: 0,
  });
  const batch = await addClient({ account: vision, source: clientOfSecret('vision-batch-api-key') });
  const pasted = () => simulator.currentKeys(vision).key2;
  nightBatch = await addClient({ account: vision, source: { kind: 'manual', read: pasted } });
  clients = [web, batch, nightBatch];
  const common = { kind: 'keyVaultSecret', vault };
  const { 'contoso-chat': chat } = await chatConsumers(simulator, addClient);
  const byHand = { kind: 'manual', name: 'report-builder', owners: ['eli'] };
  return {
    [vision]: [
      { ...common, name: 'vision-web', secret: 'vision-web-api-key', receipt: web.receiptUrl },
      { ...common, name: 'vision-batch', secret: 'vision-batch-api-key', pickupWithin: '1s' },
      { kind: 'manual', name: 'night-batch', owners: ['dana'] },
    ],
    'contoso-chat': [...chat, byHand],
  };
}

beforeAll(async () => {
  keysmith = await startKeysmith({
    accounts,
    environment: unhurried,
    simulator: { estate: estateWith(naive) },
  });
}, 60_000);
afterAll(() => keysmith.close(), 60_000);

const mentionedIn = ({ activity }: Message): readonly string[] =>
  ((activity['entities'] ?? []) as readonly { mentioned: { id: string } }[]).map(
    ({ mentioned }) => mentioned.id,
  );

const regenerated = (name: string): readonly (SlotName | undefined)[] =>
  keysmith.simulator.effects
    .filter(({ kind, target }) => kind === 'regenerateKey' && target === name)
    .map(({ slot }) => slot);

describe('an account where both keys are in use, under steady traffic', () => {
  let thread: Thread;
  let before: number;

  test('asks the owner of a consumer that nobody can see which key it holds, in her personal chat', async () => {
    before = callsOf(clients);
    thread = await rotate(keysmith, `${vision} yearly`);
    const asked = await thread.tells(
      dana,
      /night-batch\nuses an API key of contoso-vision\n.*\nWhich key does it hold\?/,
    );
    await thread.shows(/Nobody has said which key night-batch holds/);
    expect(regenerated(vision)).toEqual([]);
    await keysmith.teams.click(dana, asked, 'Key 2');
  }, 60_000);

  test('settles everybody on one key before anybody can approve', async () => {
    const asked = await thread.tells(dana, /Please switch it to Key 1/);
    nightBatch.switchTo('Key1');
    await keysmith.teams.click(dana, asked, 'I have switched');
    await thread.shows(/2 approvals needed/);
    expect(clients.map((client) => client.slot())).toEqual(['Key1', 'Key1', 'Key1']);
    expect(regenerated(vision)).toEqual([]);
  }, 60_000);

  test('calls the approvers to each gate in its thread, but not whoever asked', async () => {
    const called = await thread.says(/approving regenerates Key 2/);
    expect(mentionedIn(called)).toEqual([bo, chen, dana, eli].map(({ id }) => id));
    await thread.approve(bo, chen);
    const asked = await thread.tells(dana, /Please switch it to Key 2/);
    nightBatch.switchTo('Key2');
    await keysmith.teams.click(dana, asked, 'I have switched');
    const again = await thread.says(
      /Approving now retires Key 1 for good: whoever still holds it is refused/,
    );
    expect(mentionedIn(again)).toEqual([bo, chen, dana, eli].map(({ id }) => id));
  }, 60_000);

  test('says at the second gate of each consumer how well it is known to have moved', async () => {
    await thread.shows(/Key 1 dies/);
    expect(thread.text()).toMatch(/vision-web\n · proved: it uses the new key/);
    expect(thread.text()).toMatch(/vision-batch\n · asserted, not proved/);
    expect(thread.text()).toMatch(/night-batch\n · confirmed by Dana, not proved/);
    expect(thread.text()).toMatch(/quiet: [\d,]+ calls in .*, 0 refused \(401\)/);
    await thread.approve(dana, chen);
  }, 60_000);

  test('tells whoever asked that it is finished, and for how long the old key lived on', async () => {
    await thread.tells(ada, /finished after .*: both keys are new, and the consumers use Key 2/);
    await thread.says(/the old value of Key 1 is dead/);
    await thread.shows(/proved dead\nRefused \d+ s after it was retired/);
    expect(regenerated(vision)).toEqual(['Key2', 'Key1']);
  }, 60_000);

  test('ends with a card whose figures are those of the clients: no call failed', async () => {
    const made = callsOf(clients) - before;
    const figures = (): readonly number[] =>
      [/([\d,]+)\nclient calls meanwhile/, /([\d,]+)\nof them failed/].map((pattern) =>
        Number(pattern.exec(thread.text())?.[1]?.replaceAll(',', '')),
      );
    // Azure's figures come late: the card is drawn again with those of the last look
    const [calls = 0, failed] = await keysmith.teams.until(() => {
      const shownNow = figures();
      return (shownNow[0] ?? 0) >= made && shownNow;
    });
    expect(calls).toBeLessThanOrEqual(callsOf(clients));
    expect(failed).toBe(0);
    everyCallWentThrough(clients);
    expect(clients.map((client) => client.slot())).toEqual(['Key2', 'Key2', 'Key2']);
  }, 60_000);

  test('is told on one card, which is edited in place and holds nothing to type into', () => {
    const { teams } = keysmith;
    const cards = teams.messages(channelId).filter((message) => shown(message).includes('API key rotation'));
    expect(cards).toEqual([thread.card]);
    const edits = teams.asked('update').filter(({ activityId }) => activityId === thread.card.id);
    expect(edits.length).toBeGreaterThan(10);
    for (const { body } of edits) expect(inputsOf(body as Record<string, unknown>)).toEqual({});
  });
});

test.concurrent('regenerating both keys at once, as nobody should, fails the same check', async () => {
  const { simulator, addClient } = keysmith;
  const own = await Promise.all([1, 2].map(() => addClient({ account: naive, source: keyOf(naive) })));
  for (const slot of ['Key2', 'Key1'] as const) expect(await regenerateByScript(simulator, slot)).toBe(200);
  while (own.some(({ counts }) => counts.calls <= 20 || counts.failed === 0)) await wait(50);
  expect(() => {
    everyCallWentThrough(own);
  }).toThrow(/"failed": 0/);
});

/** What a script does that knows no consumers: asks Azure, and that is it. Gives the status. */
async function regenerateByScript(simulator: Simulator, slot: SlotName): Promise<number> {
  const { endpoint, header } = simulator.identityOf('keysmith');
  const query = new URLSearchParams({
    resource: 'https://management.azure.com',
    'api-version': '2019-08-01',
  });
  const signedIn = await fetch(`${endpoint}?${query.toString()}`, {
    headers: { 'x-identity-header': header },
  });
  const { access_token: token } = (await signedIn.json()) as { access_token: string };
  const { status } = await ask(
    `${simulator.url}${simulator.accountId(naive)}/regenerateKey?api-version=2025-06-01`,
    {
      method: 'POST',
      ca: simulator.ca,
      headers: { authorization: `Bearer ${token}` },
      body: { keyName: slot },
    },
  );
  return status;
}

test.concurrent(
  'a request from a personal chat is told in the home channel; an owner who can’t be reached is asked there',
  async () => {
    const { teams } = keysmith;
    // as an owner and as an approver
    teams.faults.plan('send', { status: 403, code: 'MessageWritesBlocked' }, 9, personalChatId(eli));
    const where = personalChatId(ada);
    const thread = await rotate(keysmith, 'contoso-chat yearly', { where, told: channelId });
    await teams.until(() =>
      teams.messages(where).find((message) => shown(message).includes('Its card is in the home channel')),
    );
    const mention = await thread.says(/I couldn't reach you by direct message, so I say it here/);
    expect(mentionedIn(mention)).toEqual([eli.id]);
    expect(shown(mention)).toMatch(/report-builder/);
    const asked = await teams.until(() =>
      teams.messages(channelId).find((message) => /Which key does it hold/.test(shown(message))),
    );
    await teams.click(bo, asked, 'Key 1');
    await thread.shows(/Nobody has said which key report-builder holds/);
    await teams.click(eli, asked, 'Key 1');
    await thread.shows(/2 approvals needed/);
    await thread.shows(/No direct message\n.*to Eli: mentioned in this thread instead/);
  },
  60_000,
);

test('nothing that the program emitted meanwhile holds a key, a token or a stack trace', async () => {
  const emitted = await emittedBy(keysmith);
  expect(emitted['log']).toMatch(/step\.finished/);
  expect(emitted['database']).toMatch(/night-batch/);
  const secrets = secretsOf(keysmith);
  expect(leaksIn(emitted, secrets)).toEqual([]);
  // the search finds what it looks for
  for (const planted of [...secrets, 'Bearer abcdefgh.12', `Error\n    at ${import.meta.filename}:1:2`])
    expect(leaksIn({ planted }, secrets)).not.toEqual([]);
});
