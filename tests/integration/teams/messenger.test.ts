import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createMessenger, type MessengerOptions } from '../../../src/adapters/teams/index.ts';
import type { Delivery, Outgoing, Target } from '../../../src/application/ports/messenger.ts';
import { crew, keptLog } from '../../support/chatBench.ts';
import {
  baseCard,
  channelId,
  groupChatId,
  personalChatId,
  shown,
  startFakeTeams,
  type FakeTeams,
  type FakeTeamsOptions,
} from '../../support/fakeTeams.ts';
import { rotations } from '../../support/sampleCards.ts';
import { now } from '../../support/sampleRotations.ts';

const { ada, bo, chidi, dana, eve } = crew;
const open: FakeTeams[] = [];
let log = keptLog();
beforeEach(() => {
  log = keptLog();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((teams) => teams.close()));
});

async function start(room: FakeTeamsOptions = {}, options: Partial<MessengerOptions> = {}) {
  const teams = await startFakeTeams({ people: Object.values(crew), tenantId: ada.tenantId, ...room });
  open.push(teams);
  const { credentials, allows } = teams;
  const clock = { now: () => Date.now() };
  const messenger = createMessenger({ credentials, allows, timeout: 400, log, clock, ...options });
  return { teams, messenger };
}

const text = (says: string, ...mentions: readonly (typeof ada)[]): Outgoing => ({
  kind: 'text',
  text: says,
  mentions,
});
const living: Outgoing = { kind: 'card', card: 'living', rotation: rotations.approval, now };
const inChannel = (teams: FakeTeams, thread?: string): Target => ({
  to: 'place',
  place: { ...teams.place(), tenantId: ada.tenantId },
  ...(thread === undefined ? {} : { thread }),
});
const toPerson = (teams: FakeTeams, person = eve): Target => ({
  to: 'person',
  person,
  via: { ...teams.place(), tenantId: ada.tenantId },
});

function ok(delivery: Delivery): Extract<Delivery, { ok: true }> {
  if (!delivery.ok) throw new Error(`not delivered: ${delivery.why}`);
  return delivery;
}

describe('a card', () => {
  test('is posted into the channel, and edited in place by its id', async () => {
    const { teams, messenger } = await start();
    const sent = ok(await messenger.send(inChannel(teams), living));
    expect(sent.conversation).toBe(channelId);
    expect(shown(teams.find(sent.activityId) ?? missing())).toContain('contoso-chat');
    const over: Outgoing = { ...living, rotation: rotations.finished, over: sent.activityId };
    const again = ok(await messenger.send(inChannel(teams, sent.activityId), over));
    expect(again.activityId).toBe(sent.activityId);
    expect(teams.messages()).toHaveLength(1);
    expect(teams.find(sent.activityId)).toMatchObject({ edits: 1 });
    expect(shown(teams.messages()[0] ?? missing())).toMatch(/finished/i);
  });

  test('that cannot be drawn is given up, so that nothing waits behind it for ever', async () => {
    const { teams, messenger } = await start();
    const broken = { ...rotations.approval, consumers: undefined as never };
    const delivery = await messenger.send(inChannel(teams), { ...living, rotation: broken });
    expect(delivery).toEqual({ ok: false, when: 'never', status: 0, why: 'the card could not be drawn' });
    expect(teams.messages()).toHaveLength(0);
  });

  test('names the people whose clients fetch a view of their own, by their Teams ids', async () => {
    const { teams, messenger } = await start({ inChannel: [ada, bo, chidi] });
    await messenger.send(inChannel(teams), living);
    const card = baseCard(teams.messages()[0] ?? missing());
    expect(card).toHaveProperty('refresh.userIds', expect.arrayContaining([ada.id, bo.id, chidi.id]));
    expect(card).not.toHaveProperty('refresh.userIds', expect.arrayContaining([dana.id]));
  });

  test('is sent without them when the roster can’t be read', async () => {
    const { teams, messenger } = await start();
    teams.faults.plan('member', { status: 503 }, 10);
    ok(await messenger.send(inChannel(teams), living));
    expect(baseCard(teams.messages()[0] ?? missing())).not.toHaveProperty('refresh');
  });

  test('of a rotation that is over is not refreshed', async () => {
    const { teams, messenger } = await start();
    await messenger.send(inChannel(teams), { ...living, rotation: rotations.finished });
    expect(baseCard(teams.messages()[0] ?? missing())).not.toHaveProperty('refresh');
    expect(teams.asked('member')).toEqual([]);
  });

  test('of a consumer goes to its owner’s personal chat, with a text, and no view of its own', async () => {
    const { teams, messenger } = await start();
    const card = `consumer:research-notebooks:${eve.objectId}` as const;
    const sent = ok(
      await messenger.send(toPerson(teams), {
        kind: 'card',
        card,
        rotation: rotations.moving,
        now,
        text: 'Please switch.',
      }),
    );
    expect(sent.conversation).toBe(personalChatId(eve));
    const [message] = teams.messages(personalChatId(eve));
    expect(shown(message ?? missing())).toMatch(/Please switch\.[^]*research/);
    expect(baseCard(message ?? missing())).not.toHaveProperty('refresh');
  });
});

describe('a text', () => {
  test('mentions people for real, once each in its entities', async () => {
    const { teams, messenger } = await start();
    await messenger.send(
      inChannel(teams),
      text('<at>0</at>, <at>1</at>: please decide. <at>0</at>!', bo, chidi),
    );
    const { activity } = teams.messages()[0] ?? missing();
    expect(activity.text).toBe('<at>Bo Chen</at>, <at>Chidi Okafor</at>: please decide. <at>Bo Chen</at>!');
    expect(activity['entities']).toEqual([
      { type: 'mention', text: '<at>Bo Chen</at>', mentioned: { id: bo.id, name: 'Bo Chen' } },
      { type: 'mention', text: '<at>Chidi Okafor</at>', mentioned: { id: chidi.id, name: 'Chidi Okafor' } },
    ]);
  });

  test('names people who are not in the conversation without a mention, and logs how many', async () => {
    const { teams, messenger } = await start({ inChannel: [ada] });
    await messenger.send(inChannel(teams), text('<at>0</at>: please decide.', bo));
    const { activity } = teams.messages()[0] ?? missing();
    expect(activity.text).toBe('Bo Chen: please decide.');
    expect(activity['entities'] ?? []).toEqual([]);
    expect(log.lines).toContainEqual({ level: 'warn', event: 'mention.notInRoster', people: 1 });
  });

  test('takes somebody of another tenant for somebody else', async () => {
    const { teams, messenger } = await start();
    await messenger.send(inChannel(teams), text('<at>0</at>', { ...bo, tenantId: 'elsewhere' }));
    expect(teams.messages()[0]?.activity.text).toBe('Bo Chen');
  });

  test('makes no tags and no links of what was typed', async () => {
    const { teams, messenger } = await start();
    const forged = { ...bo, name: 'Bo</at><at>Ada' };
    await messenger.send(
      inChannel(teams),
      text('<at>0</at>: [x](https://evil.example) <at>Eve</at> <b>', forged),
    );
    const said = teams.messages()[0]?.activity.text ?? '';
    expect(said.match(/<at>/g)).toHaveLength(1);
    const [mention] = teams.messages()[0]?.activity['entities'] as { mentioned: { name: string } }[];
    expect(mention?.mentioned.name).not.toMatch(/[<>&]/);
    expect(said).not.toContain('](');
    expect(said).not.toContain('<b>');
  });

  test('stands in the thread that it is for, in a channel; a group chat has none', async () => {
    const { teams, messenger } = await start();
    const root = ok(await messenger.send(inChannel(teams), living));
    const reply = ok(await messenger.send(inChannel(teams, root.activityId), text('news')));
    expect(reply.conversation).toBe(`${channelId};messageid=${root.activityId}`);
    expect(teams.messages()[1]?.thread).toBe(root.activityId);
    const group: Target = {
      to: 'place',
      place: { ...teams.place(groupChatId), tenantId: ada.tenantId },
      thread: '1',
    };
    expect(ok(await messenger.send(group, text('news'))).conversation).toBe(groupChatId);
  });

  test('to a person opens their chat once and uses it again', async () => {
    const { teams, messenger } = await start();
    ok(await messenger.send(toPerson(teams), text('one')));
    ok(await messenger.send(toPerson(teams), text('two')));
    expect(teams.asked('create')).toHaveLength(1);
    expect(teams.messages(personalChatId(eve)).map(shown)).toEqual(['one', 'two']);
  });

  test('reaches a person who is in no roster by their directory id', async () => {
    const { teams, messenger } = await start({ inChannel: [ada] });
    ok(await messenger.send(toPerson(teams), text('one')));
    expect(teams.messages(personalChatId(eve))).toHaveLength(1);
  });

  test('reads a roster of several pages, once for minutes', async () => {
    const { teams, messenger } = await start();
    teams.room.pageSize = 2;
    // as in the Playground, which finds members by their Teams id alone
    teams.faults.plan('member', { status: 404 }, 2);
    await messenger.send(inChannel(teams), text('<at>0</at> <at>1</at>', dana, eve));
    expect(teams.messages()[0]?.activity['entities']).toHaveLength(2);
    const pages = teams.asked('members').length;
    await messenger.send(inChannel(teams), text('<at>0</at> <at>1</at>', dana, eve));
    expect(teams.asked('members')).toHaveLength(pages);
    expect(teams.asked('member')).toHaveLength(2);
  });
});

describe('a send that fails', () => {
  test.each<[string, Parameters<FakeTeams['faults']['plan']>[1], object, number]>([
    ['429 with Retry-After', { status: 429, retryAfter: 7 }, { when: 'later', after: 7000 }, 0],
    ['429 without', { status: 429 }, { when: 'later' }, 0],
    ['412', { status: 412 }, { when: 'later' }, 0],
    ['502', { status: 502 }, { when: 'later' }, 0],
    ['503', { status: 503 }, { when: 'later' }, 0],
    ['504', { status: 504 }, { when: 'later' }, 0],
    ['401', { status: 401 }, { when: 'later' }, 0],
    ['500', { status: 500 }, { when: 'unknown' }, 0],
    ['a cut before it arrived', { does: 'resetBefore' }, { when: 'unknown' }, 0],
    ['a cut after it arrived', { does: 'resetAfter' }, { when: 'unknown' }, 1],
    ['no answer', { does: 'hang' }, { when: 'unknown' }, 0],
    ['no answer although it arrived', { does: 'hangAfter' }, { when: 'unknown' }, 1],
    ['an answer that can’t be read', { does: 'garbled' }, { when: 'unknown' }, 1],
    [
      'a person who blocked the bot',
      { status: 403, code: 'MessageWritesBlocked' },
      { when: 'never', status: 403, why: 'status 403, MessageWritesBlocked' },
      0,
    ],
    ['404', { status: 404 }, { when: 'never', status: 404 }, 0],
    ['413', { status: 413, code: 'MessageSizeTooBig' }, { when: 'never', status: 413 }, 0],
    ['400', { status: 400 }, { when: 'never', status: 400 }, 0],
    ['a redirect', { status: 302 }, { when: 'never', status: 302 }, 0],
  ])('with %s is told as what it is, after one POST', async (_what, fault, expected, arrived) => {
    const { teams, messenger } = await start();
    teams.faults.plan('send', fault, 9);
    const delivery = await messenger.send(inChannel(teams), text('hello'));
    expect(delivery).toMatchObject({ ok: false, ...expected });
    expect(teams.asked('send')).toHaveLength(1);
    expect(teams.messages()).toHaveLength(arrived);
    expect(JSON.stringify(delivery)).not.toContain('not for anybody to read');
  });

  test('takes no longer than it is given', async () => {
    const { teams, messenger } = await start();
    teams.faults.plan('send', { does: 'hang' });
    const before = Date.now();
    await messenger.send(inChannel(teams), text('hello'));
    // one time-out, and not the four of a whole send
    expect(Date.now() - before).toBeLessThan(1200);
  });

  test('in editing is told in the same way', async () => {
    const { teams, messenger } = await start();
    const sent = ok(await messenger.send(inChannel(teams), living));
    teams.faults.plan('update', { status: 429, retryAfter: 1 }, 9);
    expect(await messenger.send(inChannel(teams), { ...living, over: sent.activityId })).toMatchObject({
      when: 'later',
      after: 1000,
    });
    expect(teams.asked('update')).toHaveLength(1);
  });

  test('before the message was sent can be tried again without a doubt', async () => {
    const { teams, messenger } = await start();
    teams.faults.plan('create', { does: 'resetAfter' });
    expect(await messenger.send(toPerson(teams), text('one'))).toMatchObject({ ok: false, when: 'later' });
    teams.faults.plan('create', { status: 403, code: 'BotNotInConversationRoster' });
    expect(await messenger.send(toPerson(teams), text('one'))).toMatchObject({ when: 'never', status: 403 });
    teams.faults.plan('member', { status: 429, retryAfter: 3 });
    expect(await messenger.send(inChannel(teams), text('<at>0</at>', bo))).toMatchObject({
      when: 'later',
      after: 3000,
    });
    expect(teams.asked('send')).toEqual([]);
  });

  test('because nobody listens can be tried again', async () => {
    const { teams, messenger } = await start();
    const target = inChannel(teams);
    await teams.close();
    open.length = 0;
    expect(await messenger.send(target, text('hello'))).toMatchObject({
      ok: false,
      when: 'later',
      why: 'ECONNREFUSED',
    });
  });
});

describe('with an app id', () => {
  test('a token is got once and sent with everything', async () => {
    const { teams, messenger } = await start({ app: true });
    ok(await messenger.send(inChannel(teams), living));
    ok(await messenger.send(toPerson(teams), text('one')));
    expect(teams.asked('token')).toHaveLength(1);
  });

  test.each([
    ['refused', { status: 401 }],
    ['cut', { does: 'resetBefore' }],
    ['not answered', { does: 'hang' }],
  ] as const)('a token that is %s means: later, and nothing was sent', async (_how, fault) => {
    const { teams, messenger } = await start({ app: true });
    teams.faults.plan('token', fault);
    expect(await messenger.send(inChannel(teams), text('hello'))).toEqual({
      ok: false,
      when: 'later',
      why: 'no token for Teams',
    });
    expect(teams.asked('send')).toEqual([]);
    ok(await messenger.send(inChannel(teams), text('hello')));
  });

  test('it is never sent to a service URL that is not allowed', async () => {
    const { teams, messenger } = await start({ app: true }, { allows: () => false });
    expect(await messenger.send(inChannel(teams), text('hello'))).toMatchObject({ ok: false, when: 'never' });
    expect(teams.requests).toEqual([]);
  });
});

test('without an app id nothing is sent away from this machine', async () => {
  const { messenger } = await start({}, { allows: () => true });
  const place = { conversation: channelId, serviceUrl: 'https://smba.example', tenantId: ada.tenantId };
  expect(await messenger.send({ to: 'place', place }, text('hello'))).toMatchObject({
    ok: false,
    when: 'never',
  });
});

function missing(): never {
  throw new Error('there is nothing');
}

describe('what is for one approver alone', () => {
  const { approval } = rotations;

  test('an answer that came too late for the card is told in their personal chat, in the same words', async () => {
    const { teams, messenger } = await start();
    const answer = { answer: 'refused', rotation: approval.id, refusal: 'notAnApprover' } as const;
    ok(await messenger.send(toPerson(teams, dana), { kind: 'answer', rotation: approval, answer }));
    const [told] = teams.messages(personalChatId(dana));
    expect(told === undefined ? '' : shown(told)).toMatch(
      /^R-7K3FQ2 · contoso-chat: The policy doesn’t name you as an approver here\. The votes are as they were\./,
    );
  });

  test('a gate’s card is drawn for them, edited in place, and gives way to a newer one', async () => {
    const { teams, messenger } = await start();
    const card = { kind: 'card', card: `gate:prepare:${chidi.objectId}`, rotation: approval, now } as const;
    const { activityId: over } = ok(await messenger.send(toPerson(teams, chidi), card));
    const [message] = teams.messages(personalChatId(chidi));
    if (message === undefined) throw new Error('nothing was sent');
    expect(shown(message)).toMatch(/Your approval is asked for/);
    ok(await messenger.send(toPerson(teams, chidi), { ...card, rotation: rotations.moving, over }));
    expect(shown(message)).toMatch(/Approved by Bo Chen and Chidi Okafor/);
    ok(await messenger.send(toPerson(teams, chidi), { kind: 'replaced', rotation: approval, over }));
    expect(shown(message)).toMatch(/replaced by a newer one/);
    expect(teams.messages(personalChatId(chidi))).toHaveLength(1);
  });
});
