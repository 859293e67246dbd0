import { afterEach, describe, expect, test } from '@jest/globals';
import type { Answer } from '../../../src/application/conversation.ts';
import type { Worker } from '../../support/fakeRecords.ts';
import {
  baseCard,
  buttonsOf,
  channelId,
  groupChatId,
  personalChatId,
  shown,
} from '../../support/fakeTeams.ts';
import { crew, startBench, type Bench, type BenchOptions } from '../../support/chatBench.ts';
import { rotations } from '../../support/sampleCards.ts';

const { ada, bo } = crew;
let bench: Bench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

async function start(options: BenchOptions = {}): Promise<Bench> {
  bench = await startBench(options);
  return bench;
}

const answering =
  (answer: Answer | 'silence'): Worker =>
  () =>
    answer;
const id = rotations.approval.id;
/** What the bot said last. */
const last = (): string => {
  const message = bench?.teams.messages().at(-1);
  return message === undefined ? '' : shown(message);
};

describe('rotate', () => {
  const started = answering({ answer: 'started', rotation: id, inHomeChannel: false });

  test('is written down with who, what, why and where, and its card is left to the outbox', async () => {
    const { teams, records } = await start({ worker: started });
    expect(await teams.say(ada, 'rotate contoso-chat the quarter is over ticket:OPS-12')).toEqual(
      expect.objectContaining({ status: 200, body: undefined }),
    );
    expect(records.rows).toHaveLength(1);
    expect(records.rows[0]).toMatchObject({
      by: { objectId: ada.objectId, tenantId: ada.tenantId, name: ada.name },
      said: {
        say: 'rotate',
        account: 'contoso-chat',
        procedure: 'apiKeys',
        reason: 'the quarter is over',
        ticket: 'OPS-12',
        place: { conversation: channelId, serviceUrl: teams.serviceUrl, tenantId: ada.tenantId },
        personal: false,
      },
    });
    // the card comes from the outbox, in a post of its own: below the request stands where to look for it
    const [reply, ...more] = teams.messages();
    expect(more).toEqual([]);
    expect(reply?.thread).toBe(teams.room.messages[0]?.id);
    expect(last()).toMatch(/R-\w+ has begun: I check contoso-chat now\. Its card is a new post/);
  });

  test('takes a ticket written as #OPS-7, and an encryption key as its procedure', async () => {
    const { teams, records } = await start({
      worker: started,
    });
    await teams.say(ada, 'Rotate contoso-chat encryption yearly #OPS-7');
    expect(records.rows[0]?.said).toMatchObject({
      procedure: 'encryptionKey',
      reason: 'yearly',
      ticket: 'OPS-7',
    });
    expect(last()).toMatch(/R-\w+ has begun/);
  });

  test('without a reason gives the form with that account first, and says what is missing', async () => {
    const { teams } = await start({ worker: answering({ answer: 'reasonMissing' }) });
    await teams.say(ada, 'rotate contoso-vision');
    expect(last()).toMatch(/A reason is missing/);
    const card = baseCard(teams.messages().at(-1) ?? fail());
    expect(JSON.stringify(card)).toContain('"value":"contoso-vision"');
  });

  test('alone gives a form, whose answer is written down, account and reason', async () => {
    const { teams, records } = await start({ worker: started, rotations: [rotations.approval] });
    await teams.say(bo, 'rotate');
    const form = teams.messages().at(-1) ?? fail();
    const answered = await teams.click(bo, form, /Ask/, {
      otherAccount: 'contoso-chat',
      procedure: 'apiKeys',
      reason: 'Somebody has left',
    });
    expect(records.rows.map(({ said }) => said)).toEqual([
      expect.objectContaining({ say: 'rotate', account: 'contoso-chat', reason: 'Somebody has left' }),
    ]);
    expect(JSON.stringify(answered.card)).toContain(id);
  });

  test('in a personal chat says where it is told', async () => {
    const { teams, records } = await start({
      worker: answering({ answer: 'started', rotation: id, inHomeChannel: true }),
    });
    await teams.say(ada, 'rotate contoso-chat quarterly', { conversation: personalChatId(ada) });
    expect(records.rows[0]?.said).toMatchObject({ personal: true });
    expect(last()).toMatch(new RegExp(`${id} has begun.*home channel`));
  });

  test('in a group chat is told there', async () => {
    const { teams, records } = await start({ worker: started });
    await teams.say(ada, 'rotate contoso-chat quarterly', { conversation: groupChatId });
    expect(records.rows[0]?.said).toMatchObject({ personal: false, place: { conversation: groupChatId } });
  });

  test.each<[Answer | 'silence', RegExp]>([
    [
      { answer: 'alreadyRunning', rotation: id },
      new RegExp(`${id} is rotating that account already.*status ${id}`),
    ],
    [
      { answer: 'cannot', says: 'No channel is named.', remedy: 'Ask in a channel.' },
      /can’t be done\. No channel is named\. Ask in a channel\./,
    ],
    ['silence', /Written down\. I’m still working on it\. The card will show it\./],
  ])('tells %j in one sentence', async (answer, says) => {
    const { teams } = await start({ worker: answering(answer) });
    await teams.say(ada, 'rotate contoso-chat quarterly');
    expect(teams.messages()).toHaveLength(1);
    expect(last()).toMatch(says);
  });
});

describe('cancel', () => {
  test('is written down for the rotation it names', async () => {
    const { teams, records } = await start();
    await teams.say(ada, `cancel ${id.toLowerCase()}`);
    expect(records.rows[0]?.said).toEqual({ say: 'cancel', rotation: id });
  });

  test.each([
    ['cancel', /Cancel which rotation/],
    ['cancel R-IIIIII', /no id of a rotation/],
  ])('%s is answered and not written down', async (text, says) => {
    const { teams, records } = await start();
    await teams.say(ada, text);
    expect(last()).toMatch(says);
    expect(records.rows).toHaveLength(0);
  });

  test('tells why it was refused', async () => {
    const { teams } = await start({
      worker: answering({ answer: 'refused', rotation: id, refusal: 'notSafeNow' }),
    });
    await teams.say(ada, `cancel ${id}`);
    expect(last()).toMatch(/isn’t safe in this state/);
  });
});

describe('status and help', () => {
  test('status lists rotations, status with an id or an account shows one without buttons', async () => {
    const { teams } = await start({ rotations: [rotations.approval] });
    await teams.say(bo, 'status');
    expect(last()).toMatch(/under way/);
    await teams.say(bo, `status ${id}`);
    const one = baseCard(teams.messages().at(-1) ?? fail()) ?? fail();
    expect(buttonsOf(one)).toEqual([]);
    await teams.say(bo, 'status contoso-chat');
    expect(shown(teams.messages().at(-1) ?? fail())).toBe(shown(teams.messages().at(-2) ?? fail()));
  });

  test('status of something unknown says so', async () => {
    const { teams } = await start();
    await teams.say(bo, 'status R-ZZZZZZ');
    expect(last()).toMatch(/I know no rotation “R-ZZZZZZ”/);
  });

  test('help, and a mention alone, give the help card', async () => {
    const { teams } = await start();
    await teams.say(bo, 'help');
    await teams.say(bo, '');
    const [first, second] = teams.messages().map(shown);
    expect(first).toMatch(/rotate <account> <reason>/);
    expect(second).toBe(first);
  });

  test('an unknown command is answered with one sentence, which makes no link and no tag of what was typed', async () => {
    const { teams, records } = await start();
    await teams.say(bo, '[here](https://evil.example)<at>Ada</at> now');
    expect(teams.messages()).toHaveLength(1);
    expect(last()).toMatch(/I don’t know/);
    expect(last()).not.toContain('](');
    expect(last()).not.toContain('<at>');
    expect(records.rows).toHaveLength(0);
  });

  test('answers stand in the thread of the question', async () => {
    const { teams } = await start();
    const { message } = teams.write(bo, 'earlier', {});
    await teams.say(bo, 'help', { thread: message.id });
    expect(teams.messages().at(-1)?.thread).toBe(message.id);
  });
});

describe('a message', () => {
  test('that Teams delivers twice is one row and one answer', async () => {
    const { teams, records } = await start({ worker: answering({ answer: 'alreadyRunning', rotation: id }) });
    await teams.say(ada, 'rotate contoso-chat quarterly');
    await teams.repeat(ada);
    expect(records.rows).toHaveLength(1);
    expect(teams.messages()).toHaveLength(1);
  });

  test('that Teams delivers twice to two instances is one row and one answer all the same', async () => {
    const { teams, records, bot } = await start({
      worker: answering({ answer: 'alreadyRunning', rotation: id }),
    });
    await teams.say(ada, 'rotate contoso-chat quarterly');
    const other = await startBench();
    const { startTeamsServer } = await import('../../../src/adapters/teams/index.ts');
    const second = await startTeamsServer({
      host: '127.0.0.1',
      port: 0,
      credentials: teams.credentials,
      allows: teams.allows,
      inbox: records.inbox,
      rotations: records.reads,
      accounts: [],
      answerWithin: 500,
      timeout: 1000,
      log: other.log,
      clock: { now: () => 0 },
    });
    teams.botAt(`${second.url}/api/messages`);
    await teams.repeat(ada);
    await second.close();
    await other.close();
    expect(records.rows).toHaveLength(1);
    expect(teams.messages()).toHaveLength(1);
    teams.botAt(bot.url);
  });

  test('that is edited starts nothing', async () => {
    const { teams, records } = await start();
    await teams.say(ada, 'help');
    const before = teams.messages().length;
    expect((await teams.edit(ada, 'rotate contoso-chat quarterly')).status).toBe(200);
    expect(records.rows).toHaveLength(0);
    expect(teams.messages()).toHaveLength(before);
  });

  test('from another bot is not heard', async () => {
    const { teams, records } = await start();
    await teams.say(
      ada,
      'rotate contoso-chat quarterly',
      {},
      { activity: { from: { id: '28:other', name: 'Other' } } },
    );
    expect(records.rows).toHaveLength(0);
    expect(teams.messages()).toHaveLength(0);
  });

  test('ten at once in one conversation are all heard: nothing is kept between turns', async () => {
    const { teams, records, log } = await start();
    const texts = Array.from({ length: 10 }, (_, n) => `rotate account-${n} quarterly`);
    const answers = await Promise.all(texts.map((text) => teams.say(ada, text)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(records.rows).toHaveLength(10);
    expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('while the records are gone is answered, and nothing leaks', async () => {
    const { teams, records, log } = await start();
    records.down = new Error('password=hunter2 at /srv/db');
    expect(await teams.say(ada, 'rotate contoso-chat quarterly')).toMatchObject({ status: 200 });
    expect(last()).toMatch(/can’t reach my records/);
    await teams.say(ada, 'status');
    expect(last()).toMatch(/went wrong inside Keysmith/);
    expect(teams.messages().map(shown).join()).not.toContain('hunter2');
    expect(log.lines.map(({ event }) => event)).toContain('inbox.unreachable');
  });
});

describe('a Teams that is slow', () => {
  test('to take a reply holds the turn no longer than a request may take, and gets it once', async () => {
    const { teams } = await start({ server: { timeout: 300 } });
    teams.faults.plan('send', { does: 'hang' }, 5);
    const before = Date.now();
    expect((await teams.say(ada, 'cancel')).status).toBe(200);
    expect(Date.now() - before).toBeLessThan(1500);
    // the reply, and the word that something went wrong
    expect(teams.asked('send')).toHaveLength(2);
  });

  test('to show its roster costs a click a second at most', async () => {
    const { teams, records } = await start({ server: { timeout: 30_000 } });
    teams.faults.plan('member', { does: 'hang' }, 5);
    const before = Date.now();
    await teams.say(ada, `cancel ${id}`);
    expect(Date.now() - before).toBeLessThan(2500);
    expect(records.rows[0]?.by.objectId).toBe(ada.objectId);
  });
});

describe('being installed', () => {
  test('is greeted once a conversation, however often Teams tells', async () => {
    const { teams } = await start();
    await teams.install(ada);
    await teams.install(ada);
    await teams.install(bo, personalChatId(bo));
    expect(teams.messages(channelId)).toHaveLength(1);
    expect(teams.messages(personalChatId(bo))).toHaveLength(1);
  });

  test('a person who joins is not greeted', async () => {
    const { teams } = await start();
    const base = teams.frame(ada, channelId);
    await teams.post({ ...base, type: 'conversationUpdate', membersAdded: [{ id: bo.id }] });
    expect(teams.messages()).toHaveLength(0);
  });
});

describe('who acts', () => {
  test('is found in the roster when the activity holds no directory id', async () => {
    const { teams, records } = await start();
    await teams.say(bo, `cancel ${id}`, {}, { activity: { from: { id: bo.id, name: 'Ada Lindqvist' } } });
    expect(records.rows[0]?.by).toMatchObject({ objectId: bo.objectId, tenantId: bo.tenantId });
  });

  test('is refused when the roster does not know them either, whatever name they bear', async () => {
    const { teams, records } = await start();
    await teams.say(bo, `cancel ${id}`, {}, { activity: { from: { id: '29:stranger', name: ada.name } } });
    expect(records.rows).toHaveLength(0);
    expect(last()).toMatch(/can’t tell who you are/);
  });

  test('a guest has the tenant of the roster, not that of the conversation', async () => {
    const guest = { ...bo, tenantId: '00000000-0000-4000-8000-0000000000aa' };
    const { teams, records } = await start({ teams: { people: [ada, guest] } });
    await teams.say(guest, `cancel ${id}`);
    expect(records.rows[0]?.by.tenantId).toBe(guest.tenantId);
  });

  test('the tenant is the conversation’s when the roster can’t be read', async () => {
    const { teams, records } = await start();
    teams.faults.plan('member', { status: 503 });
    await teams.say(bo, `cancel ${id}`);
    expect(records.rows[0]?.by).toMatchObject({ objectId: bo.objectId, tenantId: bo.tenantId });
  });
});

function fail(): never {
  throw new Error('there is nothing');
}
