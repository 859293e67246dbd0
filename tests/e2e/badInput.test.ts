import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Estate, Simulator } from '../../src/simulator/index.ts';
import { emittedBy, leaksIn, secretsOf } from '../support/emitted.ts';
import { estateWith } from '../support/estate.ts';
import { buttonsOf, type Message, personalChatId, shown } from '../support/fakeTeams.ts';
import {
  type Accounts,
  ada,
  bo,
  chen,
  type Keysmith,
  startKeysmith,
  unhurried,
} from '../support/keysmith.ts';
import { newChannel, rotate, words } from '../support/thread.ts';

const guarded = '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e0003';

/** With a subscription in which the program may see accounts, and in one of its groups even its own rights. */
function estate(): Estate {
  const all = estateWith('contoso-guarded', 'contoso-listed', 'contoso-running', 'contoso-forged');
  const place = { subscription: guarded, resourceGroup: 'guarded' };
  all.subscriptions.push({ id: guarded, name: 'Contoso Guarded' });
  all.accounts = all.accounts.map((account) =>
    account.name === 'contoso-guarded'
      ? { ...account, ...place }
      : account.name === 'contoso-listed'
        ? { ...account, ...place, resourceGroup: 'listed' }
        : account,
  );
  const read = [
    'Microsoft.Resources/subscriptions/read',
    'Microsoft.CognitiveServices/accounts/read',
    'Microsoft.Authorization/locks/read',
  ];
  all.principals[0]?.grants.push(
    { scope: `/subscriptions/${guarded}`, actions: read },
    {
      scope: `/subscriptions/${guarded}/resourceGroups/listed`,
      actions: [
        'Microsoft.Authorization/permissions/read',
        'Microsoft.CognitiveServices/accounts/listKeys/action',
      ],
    },
  );
  return all;
}

const accounts = (simulator: Simulator): Promise<Accounts> =>
  Promise.resolve({
    'contoso-odd': [
      {
        kind: 'keyVaultSecret',
        name: 'odd-app',
        vault: simulator.vaultUrl('contoso-apps'),
        secret: 'odd-connection-string',
        pickupWithin: '1s',
      },
    ],
  });

let keysmith: Keysmith;
let channels = 0;
const ownChannel = (): string => newChannel(keysmith, `bad-${String((channels += 1))}`);

beforeAll(async () => {
  keysmith = await startKeysmith({ accounts, environment: unhurried, simulator: { estate: estate() } });
}, 60_000);
afterAll(() => keysmith.close(), 60_000);

/** What is said back to a message, in its thread. */
async function answerTo(text: string, conversation = ownChannel()): Promise<Message> {
  const { teams } = keysmith;
  const before = new Set(teams.messages(conversation));
  await teams.say(ada, text, { conversation });
  return teams.until(() => teams.messages(conversation).find((message) => !before.has(message)));
}

const nothingChangedIn = (account: string): void => {
  expect(keysmith.simulator.effects.filter(({ target }) => target === account)).toEqual([]);
};

test.concurrent.each([
  {
    what: 'an unknown command',
    said: 'frobnicate',
    answered: /^I don’t know “frobnicate”\. Nothing was changed\. Say rotate, status, cancel or help\.$/,
  },
  {
    what: 'a cancel with an id that no rotation has',
    said: 'cancel R-ZZZZZZ',
    answered: /^There is no rotation with that id\. Nothing was changed\. Say: status, to see/,
  },
  {
    what: 'a cancel without an id',
    said: 'cancel',
    answered: /^Cancel which rotation\? .*Say: cancel R-7K3FQ2, with the id that stands on the card\.$/,
  },
  {
    what: 'a cancel of something that is no id',
    said: 'cancel everything',
    answered: /^“everything” is no id of a rotation\. Nothing was changed\./,
  },
  {
    what: 'a question about a rotation that nobody knows',
    said: 'status R-ZZZZZZ',
    answered: /^I know no rotation “R-ZZZZZZ”\. .*Say: status, to see them all\.$/,
  },
  {
    what: 'a reason that is too long to be kept',
    said: `rotate contoso-chat ${'x'.repeat(1001)}`,
    answered: /^The reason is too long\. Nothing was written down\. Keep it to 1000 characters\.$/,
  },
])('$what is answered with one clear message', async ({ said, answered }) => {
  const conversation = ownChannel();
  const answer = await answerTo(said, conversation);
  expect(shown(answer)).toMatch(answered);
  expect(keysmith.teams.messages(conversation)).toEqual([answer]);
});

test.concurrent('a request without a reason is answered with a form that asks for it', async () => {
  const { teams } = keysmith;
  const conversation = ownChannel();
  const form = await answerTo('rotate contoso-chat', conversation);
  expect(shown(form)).toMatch(/A reason is missing/);
  expect(words(await teams.click(ada, form, 'Ask for it', { reason: '  ' }))).toMatch(/A reason is missing/);
  expect(teams.messages(conversation)).toEqual([form]);
});

test.concurrent.each([
  {
    what: 'an account that isn’t there',
    account: 'contoso-chta',
    says: /There is no account named contoso-chta in the subscriptions that I can read\./,
    remedy: /Check the name.* Did you mean contoso-chat or/,
  },
  {
    what: 'a name that two accounts have',
    account: 'contoso-twin',
    says: /2 accounts are named contoso-twin: .*\/contoso-ai\/contoso-twin; .*\/contoso-ai-east\/contoso-twin\./,
    remedy: /Name the one you mean with its resource group: rotate contoso-ai\/contoso-twin …/,
  },
  {
    what: 'an account that takes no keys',
    account: 'contoso-noauth',
    says: /local authentication switched off \(disableLocalAuth\).* there is nothing to rotate\./,
    remedy: /Clients sign in with Microsoft Entra ID there.* set disableLocalAuth to false first/,
  },
  {
    what: 'an account under a read-only lock',
    account: 'contoso-locked',
    says: /The read-only lock "freeze" on contoso-locked \(or above it\)/,
    remedy: /Remove the lock for the time of the rotation, then ask again\./,
  },
  {
    what: 'an account that Azure is moving',
    account: 'contoso-moving',
    says: /contoso-moving is in the state "Moving"/,
    remedy: /Wait until its state is Succeeded .*then ask again\./,
  },
  {
    what: 'an account whose keys may be listed but not regenerated',
    account: 'contoso-listed',
    says: /My identity lacks Microsoft\.CognitiveServices\/accounts\/regenerateKey\/action on contoso-listed\./,
    remedy: /Grant it there .*then ask again\./,
  },
  {
    what: 'an account where Azure answers 403',
    account: 'contoso-guarded',
    says: /the identity lacks Microsoft\.CognitiveServices\/accounts\/listKeys\/action \(403 AuthorizationFailed\)\./,
    remedy: /Grant it.* and ask again\./,
  },
])('$what is refused with the reason and the remedy, and nothing is changed', async (row) => {
  const { account, says, remedy } = row;
  const thread = await rotate(keysmith, `${account} leaked`, { where: ownChannel() });
  await thread.shows(/Not started/);
  // long names are given places to break at
  const card = thread.text().replaceAll('\u200b', '');
  const reply = shown(await thread.says(/Nothing was changed\.$/));
  for (const text of [card, reply]) {
    expect(text).toMatch(says);
    expect(text).toMatch(remedy);
    expect(text).not.toMatch(/Retry/);
  }
  expect(card).toMatch(/No key was changed/);
  expect(buttonsOf(thread.base())).toEqual([]);
  nothingChangedIn(account);
});

test.concurrent.each([
  {
    what: 'an account that isn’t there',
    account: 'contoso-chta',
    says: /There is no account named contoso-chta in the subscriptions that I can read\./,
  },
  {
    what: 'a name that two accounts have',
    account: 'contoso-twin',
    says: /2 accounts are named contoso-twin/,
  },
])(
  'a move to another encryption key of $what is refused, and nothing is changed',
  async ({ account, says }) => {
    const thread = await rotate(keysmith, `${account} encryption leaked`, { where: ownChannel() });
    await thread.shows(/Not started/);
    expect(thread.text()).toMatch(says);
    expect(thread.text()).toMatch(/Nothing was changed in Azure/);
    expect(buttonsOf(thread.base())).toEqual([]);
    nothingChangedIn(account);
  },
);

test.concurrent('a second rotation of an account is refused and points at the one that runs', async () => {
  const thread = await rotate(keysmith, 'contoso-running leaked', { where: ownChannel() });
  await thread.shows(/2 approvals needed/);
  const answer = shown(await answerTo('rotate contoso-running once more'));
  expect(answer).toMatch(new RegExp(`^${thread.id} is rotating that account already\\.`));
  expect(answer).toMatch(new RegExp(`See it with: status ${thread.id}$`));
  // spelt in another way, so that only the plan finds out
  const other = await rotate(keysmith, 'contoso-ai/contoso-running once more', { where: ownChannel() });
  await other.shows(new RegExp(`contoso-running is being rotated already, by ${thread.id}`));
});

test.concurrent(
  'a secret with a connection string in it can’t be rotated before somebody sees to it',
  async () => {
    const before = keysmith.simulator.currentSecret('contoso-apps', 'odd-connection-string');
    const thread = await rotate(keysmith, 'contoso-odd leaked', { where: ownChannel() });
    await thread.shows(/Can’t be approved yet/);
    expect(thread.text()).toMatch(/odd-app holds a value that is neither Key 1 nor Key 2/);
    expect(words(await keysmith.teams.click(bo, thread.card, /Waive/))).toMatch(/odd-app/);
    expect(keysmith.simulator.currentSecret('contoso-apps', 'odd-connection-string')).toEqual(before);
  },
);

test.concurrent(
  'an account behind a private endpoint: the gate says that no key can be proved from here',
  async () => {
    const thread = await rotate(keysmith, 'contoso-private leaked', { where: ownChannel() });
    await thread.shows(/2 approvals needed/);
    expect(thread.text()).toMatch(
      /Keys cannot be tried from here: .*a private endpoint or a firewall\. Approve only if/,
    );
  },
);

test.concurrent('forged card data changes nothing and is answered with a sentence', async () => {
  const { teams } = keysmith;
  const thread = await rotate(keysmith, 'contoso-forged leaked', { where: ownChannel() });
  await thread.shows(/2 approvals needed/);
  const approve = buttonsOf(thread.base()).find(({ title }) => title === 'Approve');
  if (approve === undefined) throw new Error('the gate has no button');
  const send = (data: unknown) => teams.invoke(chen, thread.card, approve, data, 'manual');
  const forged = async (change: Readonly<Record<string, unknown>>): Promise<string> =>
    words(await send({ ...approve.data, ...change }));
  expect(await forged({ rotation: 'R-ZZZZZZ' })).toMatch(/There is no rotation with that id/);
  expect(await forged({ stage: 'approveSecond' })).toMatch(/That button belongs to an earlier stage/);
  expect(await forged({ digest: '0'.repeat(64) })).toMatch(/What you decided on has changed/);
  for (const change of [
    { verb: 'regenerate' },
    { verb: 'approve', by: ada.objectId },
    { stage: 'sudo' },
    { rotation: { $gt: '' } },
    { digest: 12 },
    { rotation: `R-${'0'.repeat(100_000)}` },
  ])
    expect(await forged(change)).toMatch(/I can’t read what that button sent\n.*Nothing was changed/s);
  const tooLarge = await send({ ...approve.data, digest: 'x'.repeat(1_000_000) });
  expect(tooLarge).toEqual({ status: 413, body: undefined });
  await teams.say(ada, 'status contoso-forged', { conversation: personalChatId(ada) });
  const status = await teams.until(() =>
    teams
      .messages(personalChatId(ada))
      .find((message) => shown(message).includes('This is how it stands now')),
  );
  expect(shown(status)).toMatch(/Approvals: 0 of 2/);
  nothingChangedIn('contoso-forged');
});

test('nothing that the program emitted meanwhile holds a key, a token or a stack trace', async () => {
  const emitted = await emittedBy(keysmith);
  expect(emitted['log']).toMatch(/step\.finished/);
  expect(emitted['database']).toMatch(/contoso-guarded/);
  expect(leaksIn(emitted, secretsOf(keysmith))).toEqual([]);
});
