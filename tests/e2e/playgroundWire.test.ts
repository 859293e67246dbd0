import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startChat } from '../../src/demo/chat.ts';
import type { Chat } from '../../src/demo/chat.ts';
import { people } from '../../src/demo/people.ts';
import type { DemoPerson } from '../../src/demo/people.ts';
import { startPlayground } from '../../src/demo/playground.ts';
import { bot as botAccount } from '../../src/demo/team.ts';
import { card, connector, sentId, startFakeBot } from './playgroundFakeBot.ts';
import type { FakeBot } from './playgroundFakeBot.ts';

const [ada, bo] = people as [DemoPerson, DemoPerson];

const message = (text: string) => ({ type: 'message', text });

/** Whether anything answers at an address: bound to all interfaces, 127.0.0.2 would. */
const answers = (host: string, url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port: Number(new URL(url).port) });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** The status of a request whose headers a browser would set by itself. */
const statusOf = (url: string, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.once('error', reject);
    sent.end();
  });

describe('the wire of the demo', () => {
  let folder: string;
  let bot: FakeBot;
  let chat: Chat;
  const channel = (): string[] => ['conversations', chat.channelConversationId, 'activities'];
  const thread = (root: string): string[] => [
    'conversations',
    `${chat.channelConversationId};messageid=${root}`,
    'activities',
  ];

  /** A page of a person, in so far as it posts. */
  const pageOf = async (person: DemoPerson) => {
    const page = await fetch(`${chat.url}as/${person.name.toLowerCase()}/`);
    const base = /data-base="([^"]+)"/.exec(await page.text())?.[1] ?? '';
    const post = async (path: string, body: unknown): Promise<number> => {
      const { status } = await fetch(`${chat.url}${base.slice(1)}/_conversation/v1/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return status;
    };
    return {
      write: (text: string, from = person.id) =>
        post(`conversations/${encodeURIComponent(chat.channelConversationId)}/messages`, {
          type: 'text',
          text: `<at>Keysmith</at> ${text}`,
          textFormat: 'plain',
          from: { id: from },
          mentions: [{ mentioned: { id: botAccount.id }, text: '<at>Keysmith</at>' }],
        }),
      press: (root: string, from: string) =>
        post('invoke', {
          name: 'adaptiveCard/action',
          value: { action: { type: 'Action.Execute', verb: 'approve', data: {} } },
          from: { id: from },
          conversation: { id: `${chat.channelConversationId};messageid=${root}` },
          replyToId: root,
        }),
    };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-wire-'));
    bot = await startFakeBot(async () => undefined);
    chat = await startChat({
      folder: join(folder, 'playground'),
      botEndpoint: bot.endpoint,
      people,
      channelName: 'Key rotations',
      steps: [],
    });
  }, 60_000);

  afterAll(async () => {
    await (chat as Chat | undefined)?.stop();
    await (bot as FakeBot | undefined)?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('keeps the writers of simultaneous messages apart', async () => {
    const writers = await Promise.all(people.map(async (person) => ({ person, ...(await pageOf(person)) })));
    await Promise.all(
      writers.flatMap(({ person, write }) => [1, 2, 3].map((n) => write(`${person.name} ${n}`))),
    );
    for (const { name, id, objectId } of people) {
      for (const n of [1, 2, 3]) {
        const heard = await bot.hears(({ text }) => text === `<at>Keysmith</at> ${name} ${n}`);
        expect(heard.from).toMatchObject({ id, aadObjectId: objectId, name });
      }
    }
  });

  test('believes the page, not what it posts, about who writes and who presses a button', async () => {
    const { write, press } = await pageOf(bo);
    expect(await write('whoami', ada.id)).toBe(200);
    const heard = await bot.hears(({ text }) => text === '<at>Keysmith</at> whoami');
    expect(heard.from).toMatchObject({ id: bo.id, aadObjectId: bo.objectId });
    const offer = { type: 'message', attachments: [card('Approve?', 'Approve')] };
    const root = sentId(await connector(chat.connectorUrl, 'POST', channel(), offer));
    expect(await press(root, ada.id)).toBe(200);
    const pressed = await bot.hears(({ type }) => type === 'invoke');
    expect(pressed.from).toMatchObject({ id: bo.id, aadObjectId: bo.objectId });
  });

  test('tells the bot of exactly five people, and finds one by object id as Teams does', async () => {
    const where = ['conversations', chat.channelConversationId, 'pagedmembers'];
    const { body } = await connector(chat.connectorUrl, 'GET', where);
    expect((body as { members: { id: string }[] }).members.map(({ id }) => id)).toEqual(
      people.map(({ id }) => id),
    );
    const one = ['conversations', chat.channelConversationId, 'members', bo.objectId];
    expect((await connector(chat.connectorUrl, 'GET', one)).body).toMatchObject({
      id: bo.id,
      aadObjectId: bo.objectId,
      tenantId: bo.tenantId,
    });
  });

  test('a post opens a thread; a reply and an edit find it; an unknown thread is a 404', async () => {
    const root = sentId(await connector(chat.connectorUrl, 'POST', channel(), message('a post')));
    expect((await connector(chat.connectorUrl, 'POST', thread(root), message('a reply'))).status).toBe(201);
    const edit = await connector(chat.connectorUrl, 'PUT', [...channel(), root], message('edited'));
    expect(edit).toEqual({ status: 200, body: { id: root } });
    const inThread = await connector(chat.connectorUrl, 'PUT', [...thread(root), root], message('again'));
    expect(inThread.status).toBe(200);
    expect((await connector(chat.connectorUrl, 'POST', thread('1'), message('lost'))).status).toBe(404);
  });

  test('text and card are one message with one id, which can be edited', async () => {
    const both = { type: 'message', text: 'Look:', attachments: [card('A card', 'Go')] };
    const sent = await connector(chat.connectorUrl, 'POST', channel(), both);
    expect(sent.status).toBe(201);
    const edit = await connector(chat.connectorUrl, 'PUT', [...channel(), sentId(sent)], both);
    expect(edit.status).toBe(200);
  });

  test('gives a person always the same conversation, and a stranger none', async () => {
    const open = (id: string) =>
      connector(chat.connectorUrl, 'POST', ['conversations'], { members: [{ id }] });
    const byTeamsId = sentId(await open(bo.id));
    expect(sentId(await open(bo.objectId))).toBe(byTeamsId);
    expect((await open('29:somebody-else')).status).toBe(403);
  });

  test('answers neither the network nor the page of another site', async () => {
    expect(await answers('127.0.0.1', chat.url)).toBe(true);
    expect(await answers('127.0.0.2', chat.url)).toBe(false);
    const { host } = new URL(chat.url);
    expect(await statusOf(chat.url, { host })).toBe(200);
    expect(await statusOf(chat.url, { host, origin: `http://${host}` })).toBe(200);
    expect(await statusOf(chat.url, { host, origin: 'https://example.com' })).toBe(403);
    expect(await statusOf(chat.url, { host: 'example.com' })).toBe(403);
  });

  test('the Playground behind it is on loopback too, logs nothing, and leaves nothing behind', async () => {
    const own = join(folder, 'alone');
    const playground = await startPlayground({
      folder: own,
      botEndpoint: bot.endpoint,
      people,
      channelName: 'Key rotations',
    });
    try {
      expect(await answers('127.0.0.1', playground.url)).toBe(true);
      expect(await answers('127.0.0.2', playground.url)).toBe(false);
      const { port } = new URL(playground.url);
      const again = { folder: `${own}-2`, botEndpoint: bot.endpoint, people, channelName: 'Key rotations' };
      await expect(startPlayground({ ...again, port: Number(port) })).rejects.toThrow(
        `port ${port} is taken`,
      );
      expect(existsSync(join(own, 'devTools'))).toBe(false);
    } finally {
      await playground.stop();
    }
    expect(await answers('127.0.0.1', playground.url)).toBe(false);
    expect([existsSync(own), existsSync(`${own}-2`)]).toEqual([false, false]);
  });
});
