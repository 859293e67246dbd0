import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { banner, walkthrough } from '../../src/demo/banner.ts';
import { startChat } from '../../src/demo/chat.ts';
import type { Chat } from '../../src/demo/chat.ts';
import { people } from '../../src/demo/people.ts';
import type { DemoPerson } from '../../src/demo/people.ts';
import { openBrowser } from '../support/browser.ts';
import { card, connector, sentId, startFakeBot } from './playgroundFakeBot.ts';
import type { Activity, FakeBot } from './playgroundFakeBot.ts';
import {
  actAs,
  cardWith,
  frameOf,
  openChannel,
  openDirectMessages,
  postToBot,
  press,
  writeDirectly,
} from './playgroundPage.ts';

const [ada, bo, chen, dana] = people as [DemoPerson, DemoPerson, DemoPerson, DemoPerson];

const steps = walkthrough({
  channelName: 'Key rotations',
  account: 'contoso-chat',
  reason: 'quarterly rotation',
  requester: 'Ada',
  approvers: ['Bo', 'Chen'],
  owner: 'Dana',
  buttons: { approve: 'Approve', switched: 'I have switched', stay: 'Stay on Key 2' },
});

/** Answers a request with a card and a reply that mentions the approvers, a button with the next card. */
async function answer({ type, text, serviceUrl, conversation, from, value }: Activity): Promise<unknown> {
  const thread = ['conversations', conversation.id, 'activities'];
  if (type === 'message' && text?.includes('rotate') === true) {
    await connector(serviceUrl, 'POST', thread, {
      type: 'message',
      attachments: [card('Rotate contoso-chat', 'Approve')],
    });
    await connector(serviceUrl, 'POST', thread, {
      type: 'message',
      text: '<at>Bo</at>, <at>Chen</at>: please look at the plan.',
      entities: [bo, chen].map(({ id, name }) => ({
        type: 'mention',
        mentioned: { id, name },
        text: `<at>${name}</at>`,
      })),
    });
  }
  if (type !== 'invoke') return undefined;
  const { trigger } = value as { trigger?: string };
  const said = trigger === 'automatic' ? `Only for ${from.name ?? ''}` : `Pressed by ${from.name ?? ''}`;
  return {
    statusCode: 200,
    type: 'application/vnd.microsoft.card.adaptive',
    value: card(said, 'Approve').content,
  };
}

describe('the chat of the demo', () => {
  let folder: string;
  let bot: FakeBot;
  let chat: Chat;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let page: Page;
  const failures: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-chat-'));
    bot = await startFakeBot(answer);
    chat = await startChat({
      folder: join(folder, 'playground'),
      botEndpoint: bot.endpoint,
      people,
      channelName: 'Key rotations',
      steps,
    });
    browser = await openBrowser();
    page = await browser.browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on('pageerror', (error) => failures.push(error.message));
    page.on('console', (message) => {
      if (message.text().includes('Saga error')) failures.push(message.text());
    });
    await page.goto(chat.url);
  }, 60_000);

  afterAll(async () => {
    await (browser as typeof browser | undefined)?.close();
    await (chat as Chat | undefined)?.stop();
    await (bot as FakeBot | undefined)?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('opens with the channel, as the first person, and says what to do', async () => {
    await frameOf(page, 'Ada').getByText('Start a new post').waitFor();
    expect(await page.getByRole('radio', { name: 'Ada' }).isChecked()).toBe(true);
    expect(await page.locator('#steps code').textContent()).toBe(
      '@Keysmith rotate contoso-chat quarterly rotation',
    );
    expect(banner(chat.url, steps)).toContain(`open ${chat.url}`);
  });

  test('a post reaches the bot as its writer, and the answer stands below it', async () => {
    const frame = await actAs(page, 'Ada');
    await postToBot(page, frame, 'rotate contoso-chat');
    await cardWith(frame, 'Rotate contoso-chat').waitFor();
    const [request] = bot.heard.filter(({ type }) => type === 'message');
    expect(request).toMatchObject({
      text: '<at>Keysmith</at> rotate contoso-chat',
      from: { id: ada.id, aadObjectId: ada.objectId, name: 'Ada' },
      conversation: { conversationType: 'channel', tenantId: ada.tenantId },
    });
    // as in Teams, and unlike the Playground alone: the thread is named after the activity
    expect(request?.conversation.id).toBe(`${chat.channelConversationId};messageid=${request?.id ?? ''}`);
  });

  test('the bar shows whom a mention calls, and another person sees who wrote and presses the button', async () => {
    await page.getByRole('radio', { name: 'Chen, 1 new' }).waitFor();
    const frame = await actAs(page, 'Bo');
    await frame.getByText('rotate contoso-chat').first().waitFor();
    // the page's own person is Bo: this name can only be that of the post's writer
    await frame.getByText('Ada', { exact: true }).waitFor();
    await press(frame, 'Rotate contoso-chat', 'Approve');
    await cardWith(frame, 'Pressed by Bo').waitFor();
    const [pressed] = bot.heard.filter(({ type }) => type === 'invoke');
    expect(pressed).toMatchObject({
      name: 'adaptiveCard/action',
      from: { id: bo.id, aadObjectId: bo.objectId, name: 'Bo' },
      value: { action: { verb: 'approve', data: { stage: 'approveFirst' } } },
    });
    expect(await page.getByRole('radio', { name: 'Bo, 1 new' }).count()).toBe(0);
    // an answer to a button is for the person who pressed it alone
    expect(await cardWith(frameOf(page, 'Ada'), 'Pressed by Bo').count()).toBe(0);
  });

  test('an edited card changes for everybody', async () => {
    const pressed = bot.heard.find(({ type }) => type === 'invoke');
    const { serviceUrl = '', replyToId = '' } = pressed ?? {};
    const where = ['conversations', chat.channelConversationId, 'activities', replyToId];
    const edit = { type: 'message', attachments: [card('Approved by one of two', 'Approve')] };
    expect((await connector(serviceUrl, 'PUT', where, edit)).status).toBe(200);
    await cardWith(frameOf(page, 'Ada'), 'Approved by one of two').waitFor({ state: 'attached' });
    await cardWith(frameOf(page, 'Bo'), 'Approved by one of two').waitFor();
  });

  test('a direct message waits for its person, whose button and words reach the bot as theirs', async () => {
    const { status } = await connector(chat.connectorUrl, 'POST', ['conversations'], {
      members: [{ id: dana.objectId }],
      activity: { type: 'message', attachments: [card('Switch contoso-web', 'I have switched')] },
    });
    expect(status).toBe(201);
    await page.getByRole('radio', { name: 'Dana, 1 new' }).waitFor();
    const frame = await actAs(page, 'Dana');
    await openDirectMessages(page);
    await press(frame, 'Switch contoso-web', 'I have switched');
    await cardWith(frame, 'Pressed by Dana').waitFor();
    expect(bot.heard.at(-1)).toMatchObject({
      from: { id: dana.id, aadObjectId: dana.objectId },
      conversation: { conversationType: 'personal' },
    });
    await writeDirectly(page, frame, 'status');
    const { from } = await bot.hears(({ text }) => text === 'status');
    expect(from).toMatchObject({ id: dana.id, aadObjectId: dana.objectId, name: 'Dana' });
    expect(await page.getByRole('radio', { name: 'Dana, 1 new' }).count()).toBe(0);
    await openChannel(page);
  });

  test("a card's view for one person is fetched for that person alone", async () => {
    const base = card('For everybody', 'Approve');
    const refresh = { action: { type: 'Action.Execute', verb: 'view' }, userIds: [bo.id] };
    const sent = await connector(
      chat.connectorUrl,
      'POST',
      ['conversations', chat.channelConversationId, 'activities'],
      { type: 'message', attachments: [{ ...base, content: { ...base.content, refresh } }] },
    );
    expect(sentId(sent)).not.toBe('');
    await cardWith(frameOf(page, 'Bo'), 'Only for Bo').waitFor({ state: 'attached' });
    const frame = await actAs(page, 'Ada');
    await cardWith(frame, 'For everybody').waitFor();
    expect(await frame.getByText('not supported').count()).toBe(0);
  });

  test('@Keysmith is a mention even when it was not chosen from the list', async () => {
    const frame = await actAs(page, 'Ada');
    await frame.getByRole('textbox').first().click();
    await page.keyboard.type('@Keysmith status of everything');
    await frame.getByRole('button', { name: 'Post' }).click();
    const { text, from } = await bot.hears((one) => one.text?.includes('of everything') === true);
    expect({ text, from: from.name }).toEqual({
      text: '<at>Keysmith</at> status of everything',
      from: 'Ada',
    });
  });

  test('loading the page again keeps the person and all that was said', async () => {
    await actAs(page, 'Chen');
    await page.reload();
    expect(await page.getByRole('radio', { name: 'Chen' }).isChecked()).toBe(true);
    const frame = frameOf(page, 'Chen');
    await cardWith(frame, 'Approved by one of two').waitFor();
    await frame.getByText('status of everything').waitFor();
    // the bot was installed once in each place, whoever opened it and however often
    const places = bot.heard
      .filter(({ type }) => type === 'installationUpdate')
      .map((one) => one.conversation.id);
    expect(new Set(places).size).toBe(places.length);
  });

  test('no page stumbled', () => {
    expect(failures).toEqual([]);
    expect(bot.failures).toEqual([]);
  });
});
