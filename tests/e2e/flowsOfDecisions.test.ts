import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Simulator } from '../../src/simulator/index.ts';
import { emittedBy, leaksIn, secretsOf } from '../support/emitted.ts';
import { app, estateWith, keyOf } from '../support/estate.ts';
import {
  baseCard,
  buttonsOf,
  type Card,
  type FakePerson,
  type Message,
  shown,
} from '../support/fakeTeams.ts';
import { inputsOf } from '../support/fakeTeams/actions.ts';
import {
  type Accounts,
  type AddClient,
  type Keysmith,
  startKeysmith,
  unhurried,
} from '../support/keysmith.ts';
import { ada, bo, chen, dana, eli } from '../support/keysmith.ts';
import { newChannel, rotate, type Thread, words } from '../support/thread.ts';

const account = {
  votes: 'contoso-votes',
  held: 'contoso-held',
  waived: 'contoso-waived',
  back: 'contoso-back',
  ended: 'contoso-ended',
  cancelled: 'contoso-cancelled',
  untouched: 'contoso-untouched',
  hurried: 'contoso-hurried',
} as const;

/** Eli is nobody's approver here, and owns a consumer. */
const three = { need: 3, from: ['ada', 'bo', 'chen', 'dana'] };
const two = { need: 2, from: ['ada', 'bo', 'chen', 'dana'] };
const byHand = { kind: 'manual', name: 'night-batch', owners: ['dana'] };

async function accounts(simulator: Simulator, addClient: AddClient): Promise<Accounts> {
  for (const name of [account.votes, account.held, account.back, account.hurried])
    await addClient({ account: name, source: keyOf(name), every: 60 });
  const vault = simulator.vaultUrl('contoso-apps');
  return {
    [account.votes]: {
      gates: { prepare: three, retire: two },
      afterwards: 'ask',
      consumers: [app(vault, account.votes)],
    },
    [account.held]: { consumers: [app(vault, account.held), byHand] },
    [account.waived]: { consumers: [byHand] },
    [account.back]: { consumers: [app(vault, account.back), byHand] },
    [account.cancelled]: { gates: { prepare: two, retire: two } },
    [account.hurried]: {
      gates: { prepare: two, retire: two, breakGlass: { need: 1, from: ['bo', 'eli'] } },
      consumers: [app(vault, account.hurried)],
    },
  };
}

let keysmith: Keysmith;
beforeAll(async () => {
  keysmith = await startKeysmith({
    accounts,
    environment: unhurried,
    simulator: {
      estate: estateWith(...Object.values(account)),
      timing: { newKeyDelay: 100, oldKeyDelay: 200 },
    },
    policy: {
      timing: {
        soak: '700ms',
        metricsLag: '100ms',
        watchEvery: '200ms',
        receiptEvery: '200ms',
        remindEvery: '1m',
        choiceWithin: '1m',
        deadEvery: '300ms',
        deadWithin: '30s',
      },
    },
  });
}, 60_000);
afterAll(() => keysmith.close(), 60_000);

const regenerated = (name: string): readonly (string | undefined)[] =>
  keysmith.simulator.effects
    .filter(({ kind, target }) => kind === 'regenerateKey' && target === name)
    .map(({ slot }) => slot);
const keyInUse = (name: string): string | undefined =>
  keysmith.simulator.currentSecret('contoso-apps', `${name}-key`)?.value;

/** Presses a button of the card that everybody sees, as a client that doesn't refresh it. */
function pressUnrefreshed(person: FakePerson, thread: Thread, title: string) {
  const button = buttonsOf(thread.base()).find((one) => one.title === title);
  if (button === undefined) throw new Error(`no button ${title}`);
  return keysmith.teams.invoke(person, thread.card, button, button.data, 'manual');
}

describe('votes at the gates', () => {
  let thread: Thread;
  let firstGate: Card;

  test('a request opens the first gate, and the card says what dies and who may approve', async () => {
    thread = await rotate(keysmith, `${account.votes} leaked in a screenshot #SEC-7`, {
      where: newChannel(keysmith, 'votes'),
    });
    await thread.shows(/3 approvals needed/);
    firstGate = thread.base();
    expect(thread.text()).toMatch(/Key 2 dies\n+.*refused \(401\)/);
    expect(thread.text()).toMatch(/May approve: Bo, Chen and Dana/);
    expect(thread.text()).toMatch(/SEC-7/);
  }, 60_000);

  test('whoever asked can’t approve their own request, and is told so', async () => {
    expect(words(await pressUnrefreshed(ada, thread, 'Approve'))).toMatch(
      /You asked for this yourself, so your decision doesn’t count/,
    );
  });

  test('somebody whom the gate doesn’t name can’t approve, and is told so', async () => {
    expect(words(await pressUnrefreshed(eli, thread, 'Approve'))).toMatch(
      /The policy doesn’t name you as an approver here/,
    );
    expect(buttonsOf(await keysmith.teams.see(eli, thread.card)).map(({ title }) => title)).not.toContain(
      'Approve',
    );
  });

  test('an approval that Teams delivers twice is one vote, and so is a second click', async () => {
    const once = { activity: { id: 'f:the-same-click' } };
    const { teams } = keysmith;
    const both = await Promise.all([1, 2].map(() => teams.click(bo, thread.card, 'Approve', {}, once)));
    for (const answered of both) expect(words(answered)).not.toMatch(/already/);
    expect(words(await pressUnrefreshed(bo, thread, 'Approve'))).toMatch(/You have approved this already/);
    await thread.shows(/Approvals: 1 of 3/);
  });

  test('an approver decides in a direct message as well, and every copy tells the same after each vote', async () => {
    const { teams } = keysmith;
    const copies = await Promise.all([bo, chen, dana].map((one) => thread.tells(one, /approvals? needed/)));
    const [ofBo, ofChen] = copies;
    if (ofBo === undefined || ofChen === undefined) throw new Error('nobody was asked');
    const all = (pattern: RegExp) =>
      Promise.all([
        thread.shows(pattern),
        ...copies.map((copy) => teams.until(() => pattern.test(shown(copy)))),
      ]);
    await all(/Approvals: 1 of 3/);
    expect(shown(ofBo)).toMatch(/You approved at/);
    expect(words(await teams.click(chen, ofChen, 'Approve'))).toMatch(/You approved at/);
    await all(/Approvals: 2 of 3/);
    expect(words(await teams.click(chen, ofChen, 'Take back'))).toMatch(/Your approval is asked for/);
    await all(/Approvals: 1 of 3/);
    await thread.says(/a vote was taken back\. 1 of 3 approvals now/);
    expect(thread.direct(ada).filter((message) => /approvals? needed/.test(shown(message)))).toEqual([]);
  });

  test('an edited message starts nothing', async () => {
    const { teams } = keysmith;
    await teams.edit(ada, `rotate ${account.untouched} something else`);
    await teams.say(ada, 'status', { conversation: thread.card.conversation });
    const status = await teams.until(() =>
      teams.messages(thread.card.conversation).find((message) => /under way/.test(shown(message))),
    );
    expect(shown(status)).toMatch(/contoso-votes/);
    expect(shown(status)).not.toMatch(/contoso-untouched/);
  });

  test('two who approve at the same instant both count, and the key is regenerated once', async () => {
    await Promise.all([thread.press(chen, 'Approve'), thread.press(dana, 'Approve')]);
    await thread.shows(/approved by Bo, (Chen and Dana|Dana and Chen)/);
    await thread.shows(/2 approvals needed/);
    expect(regenerated(account.votes)).toEqual(['Key2']);
    // the card that asked is over, and another one asks about the second gate
    for (const person of [bo, chen, dana]) {
      const over = await thread.tells(person, /✔.*Approved by Bo, /s);
      expect(buttonsOf(baseCard(over) ?? {})).toEqual([]);
      await thread.tells(person, /Key 1 dies/);
    }
  }, 60_000);

  test('a click on the card of an earlier stage is answered with the card as it is now', async () => {
    const [approve] = buttonsOf(firstGate);
    if (approve === undefined) throw new Error('the first gate had no button');
    const answered = words(await keysmith.teams.invoke(chen, thread.card, approve, approve.data, 'manual'));
    expect(answered).toMatch(/That button belongs to an earlier stage/);
    expect(answered).toMatch(/Key 1 dies/);
    expect(thread.text()).toMatch(/Approvals: 0 of 2/);
  });

  test('a client that only knows Action.Submit approves with the same button', async () => {
    await keysmith.teams.submit(bo, thread.card, 'Approve');
    await thread.says(/Done\. The card of R-\w+ shows it\./);
    await thread.shows(/Approvals: 1 of 2/);
    await thread.press(chen, 'Approve');
    await thread.shows(/Both keys are new\. Stay on Key 2\?/);
  }, 60_000);

  test('by choice the consumers go back to Key 1, and no key is regenerated a third time', async () => {
    await thread.press(ada, 'Switch back');
    await thread.shows(/Consumers are back on Key 1/);
    expect(regenerated(account.votes)).toEqual(['Key2', 'Key1']);
    expect(keyInUse(account.votes)).toBe(keysmith.simulator.currentKeys(account.votes).key1);
  }, 60_000);
});

/** Opens the form that asks why, as a message of its own, and sends it. */
async function rejectBecause(thread: Thread, person: FakePerson, reason: string): Promise<string> {
  await thread.press(person, 'Reject…');
  const form = await thread.says(/Reject the (plan|retirement)/);
  return words(await keysmith.teams.click(person, form, 'Reject', { reason }));
}

/** Dana says which key her program holds, on the card in her personal chat. */
async function declare(thread: Thread, key: string): Promise<void> {
  const asked = await thread.tells(dana, /Which key does it hold\?/);
  await keysmith.teams.click(dana, asked, key);
}

/** Dana says that she has switched her program. */
async function switched(thread: Thread, to: string): Promise<Message> {
  const asked = await thread.tells(dana, new RegExp(`Please switch it to ${to}`));
  await keysmith.teams.click(dana, asked, 'I have switched');
  return asked;
}

const ask = (name: string, channel: string): Promise<Thread> =>
  rotate(keysmith, `${name} yearly`, { where: newChannel(keysmith, channel) });

test.concurrent(
  'rejected at the first gate, with a reason given on a form: the rotation ends and no key is changed',
  async () => {
    const thread = await ask(account.ended, 'rejected');
    await thread.shows(/2 approvals needed/);
    expect(inputsOf(thread.base())).toEqual({});
    await rejectBecause(thread, chen, 'not during the fair');
    await thread.shows(/Rejected by Chen/);
    expect(thread.text()).toMatch(/not during the fair/);
    expect(thread.text()).toMatch(/No key was changed/);
    await thread.says(/the plan was rejected by Chen/);
    await thread.tells(ada, /the plan was rejected by Chen/);
    expect(buttonsOf(thread.base())).toEqual([]);
    expect(regenerated(account.ended)).toEqual([]);
  },
);

test.concurrent('cancelled by a message or by a button, but not by somebody who isn’t involved', async () => {
  const channel = newChannel(keysmith, 'cancelled');
  const where = { conversation: channel };
  const { teams } = keysmith;
  const first = await rotate(keysmith, `${account.cancelled} yearly`, { where: channel });
  await first.shows(/2 approvals needed/);
  await teams.say(eli, `cancel ${first.id}`, where);
  await teams.until(() => teams.find(/Only whoever asked for this rotation and its approvers decide/));
  await teams.say(bo, `cancel ${first.id}`, where);
  await first.shows(/Cancelled by Bo/);
  await teams.say(bo, `cancel ${first.id}`, where);
  await teams.until(() => teams.find(/This rotation is over/));
  const second = await rotate(keysmith, `${account.cancelled} yearly`, { where: channel });
  await second.shows(/2 approvals needed/);
  await second.press(ada, 'Cancel');
  await second.shows(/Cancelled by Ada/);
  await second.tells(ada, /was cancelled by Ada\. Nothing was changed in Azure\./);
  expect(regenerated(account.cancelled)).toEqual([]);
});

test.concurrent(
  'rolled back while the consumers move: they are on the old key again, which never changed',
  async () => {
    const before = keysmith.simulator.currentKeys(account.back).key1;
    const thread = await ask(account.back, 'back');
    await declare(thread, 'Key 1');
    await thread.says(/the plan is ready/);
    await thread.approve(bo, chen);
    await thread.tells(dana, /Please switch it to Key 2/);
    await thread.shows(/1 of 2 moved/);
    await thread.press(ada, 'Roll back');
    await thread.says(/rolling back/);
    await switched(thread, 'Key 1');
    await thread.shows(/Rolled back/);
    expect(thread.text()).toMatch(/Consumers are on Key 1 again/);
    expect(regenerated(account.back)).toEqual(['Key2']);
    expect(keyInUse(account.back)).toBe(before);
    expect(keysmith.simulator.currentKeys(account.back).key1).toBe(before);
  },
);

test.concurrent('waived with a reason by two others: the card of the second gate names it', async () => {
  const { teams } = keysmith;
  const thread = await ask(account.waived, 'waived');
  await thread.shows(/Can’t be approved yet/);
  await thread.press(bo, 'Waive…');
  const form = await thread.says(/A waiver lets the rotation go on without a proof/);
  expect(words(await teams.click(dana, form, 'Ask for the waiver', { reason: ' ' }))).toMatch(
    /A reason is missing/,
  );
  await teams.click(dana, form, 'Ask for the waiver', { reason: 'night-batch was switched off in May' });
  const waiver = await thread.says(/Approve the waiver/);
  const [, byDana] = [await teams.see(dana, waiver), buttonsOf(await teams.see(dana, waiver))];
  expect(byDana).toEqual([]);
  for (const person of [bo, chen]) await teams.click(person, waiver, 'Approve the waiver');
  await thread.says(/the waiver for night-batch is granted/);
  await thread.says(/the plan is ready/);
  await thread.approve(bo, chen);
  await thread.shows(/No evidence of traffic/);
  await thread.press(chen, 'Waive…');
  const second = await thread.says(/Evidence of the traffic/);
  await teams.click(chen, second, 'Ask for the waiver', { reason: 'nobody calls it at night' });
  const evidence = await thread.says(/Waiver 2/);
  for (const person of [bo, dana]) await teams.click(person, evidence, 'Approve the waiver');
  await thread.shows(/Key 1 dies/);
  expect(thread.text()).toMatch(/“night-batch was switched off in May” \(Dana\)/);
  expect(thread.text()).toMatch(/“nobody calls it at night” \(Chen\)/);
});

test.concurrent(
  'rejected at the second gate: held with both keys alive, asked again, and closed with the old key alive',
  async () => {
    const { teams, simulator } = keysmith;
    const before = simulator.currentKeys(account.held).key1;
    const thread = await ask(account.held, 'held');
    await declare(thread, 'Key 1');
    await thread.says(/the plan is ready/);
    await thread.approve(bo, chen);
    const confirmed = await switched(thread, 'Key 2');
    await thread.shows(/Key 1 dies/);
    // an owner finds out that it isn't so: what was asked is off until she has switched after all
    await teams.click(dana, confirmed, 'Take it back');
    await thread.says(/the confirmation for night-batch was taken back/);
    await thread.shows(/1 of 2 moved/);
    await switched(thread, 'Key 2');
    await thread.shows(/Key 1 dies/);
    await rejectBecause(thread, eli, 'the auditors are here');
    await thread.shows(/Held: Eli rejected the retirement/);
    expect(thread.text()).toMatch(/“the auditors are here”/);
    await thread.press(ada, 'Ask again');
    await thread.shows(/earlier approvals are void/);
    await rejectBecause(thread, bo, '');
    await thread.shows(/Held: Bo rejected/);
    await thread.press(ada, 'Close');
    await thread.shows(/Closed with the old key alive/);
    expect(thread.text()).toMatch(/Deviation: Ada closed the rotation with Key 1 alive/);
    expect(regenerated(account.held)).toEqual(['Key2']);
    expect(simulator.currentKeys(account.held).key1).toBe(before);
  },
);

test.concurrent(
  'an emergency: one person decides, the others are told at once, and one of them reviews it when it is over',
  async () => {
    const { teams } = keysmith;
    const thread = await rotate(keysmith, `${account.hurried} --emergency it is on the internet`, {
      where: newChannel(keysmith, 'hurried'),
    });
    await thread.shows(/EMERGENCY[^]*1 approval needed/);
    await thread.tells(chen, /Ada began an emergency rotation, so .*Chen.* not asked this time/);
    await thread.tells(dana, /Ada began an emergency rotation/);
    await teams.click(bo, await thread.tells(bo, /1 approval needed/), 'Approve');
    await thread.shows(/Key 1 dies/);
    await thread.press(bo, 'Approve');
    await thread.shows(/Finished: both keys are new[^]*Review owed/);
    await teams.click(chen, await thread.tells(chen, /A review is owed/), 'Write a review…');
    const form = await thread.tells(chen, /Review the emergency rotation/);
    await teams.click(chen, form, 'Send the review', { says: 'It had to be.' });
    await thread.shows(/Reviewed\n · Chen: “It had to be\.”/);
    await thread.tells(dana, /Reviewed by Chen/);
    await thread.says(/Chen has reviewed the emergency: It had to be\./);
  },
);

test('no client call failed, whatever was decided', () => {
  for (const { counts } of keysmith.clients) expect(counts).toMatchObject({ failed: 0, refreshFailures: 0 });
});

test('nothing that the program emitted meanwhile holds a key, a token or a stack trace', async () => {
  const emitted = await emittedBy(keysmith);
  expect(emitted['log']).toMatch(/step\.finished/);
  expect(emitted['database']).toMatch(/contoso-waived/);
  expect(leaksIn(emitted, secretsOf(keysmith))).toEqual([]);
});
