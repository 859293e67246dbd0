import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createConnection } from 'node:net';
import { request } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { startTeamsServer, UnprotectedAddress } from '../../../src/adapters/teams/index.ts';
import { crew, startBench, type Bench } from '../../support/chatBench.ts';
import { channelId } from '../../support/fakeTeams.ts';

let bench: Bench;
let endpoint = '';
beforeAll(async () => {
  bench = await startBench();
  endpoint = `${bench.bot.url}/api/messages`;
});
afterAll(async () => {
  await bench.close();
});

const json = { 'content-type': 'application/json' };
const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = json) =>
  fetch(endpoint, { method: 'POST', headers, body });
const message = () => ({
  ...bench.teams.frame(crew.ada, channelId),
  type: 'message',
  id: '1',
  text: 'rotate a b',
});

describe('the messaging endpoint', () => {
  test.each<[string, () => string, number]>([
    ['{}', () => '{}', 400],
    ['broken JSON', () => '{"type": "message", "text": "rotate', 400],
    ['nothing', () => '', 400],
    ['a list', () => '[]', 400],
    ['null', () => 'null', 400],
    ['an activity without a type', () => JSON.stringify({ ...message(), type: undefined }), 400],
    ['an activity whose type is an object', () => JSON.stringify({ ...message(), type: {} }), 400],
    ['a message from nobody', () => JSON.stringify({ ...message(), from: undefined }), 400],
    ['a message without an id', () => JSON.stringify({ ...message(), id: undefined }), 400],
    ['a message whose text is an object', () => JSON.stringify({ ...message(), text: { a: 1 } }), 400],
    ['a message of another channel', () => JSON.stringify({ ...message(), channelId: 'AseChannel' }), 400],
    ['a service URL that is none', () => JSON.stringify({ ...message(), serviceUrl: 'x' }), 400],
    [
      'a service URL of a stranger',
      () => JSON.stringify({ ...message(), serviceUrl: 'https://evil.example' }),
      403,
    ],
    ['1 MB', () => JSON.stringify({ ...message(), text: 'x'.repeat(1024 * 1024) }), 413],
  ])('answers %s without a word', async (_what, body, status) => {
    const response = await post(body());
    expect(response.status).toBe(status);
    expect(await response.text()).toBe('');
  });

  test('takes 200 KB', async () => {
    const response = await post(JSON.stringify({ ...message(), text: `hello ${'x'.repeat(200 * 1024)}` }));
    expect(response.status).toBe(200);
  });

  test('refuses a body that is packed, or is no JSON', async () => {
    const packed = new Uint8Array(gzipSync(JSON.stringify(message())));
    expect((await post(packed, { ...json, 'content-encoding': 'gzip' })).status).toBe(415);
    expect((await post('type=message', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(
      400,
    );
    expect((await post(JSON.stringify(message()), { 'content-type': 'text/plain' })).status).toBe(400);
  });

  test('answers GET with 405 and other paths with 404, without a word', async () => {
    const get = await fetch(endpoint);
    expect([get.status, await get.text()]).toEqual([405, '']);
    const other = await fetch(`${bench.bot.url}/../etc/passwd?<script>`);
    expect([other.status, await other.text()]).toEqual([404, '']);
  });

  test('an entity of any shape in a message breaks nothing', async () => {
    const entities = [
      null,
      3,
      { type: 'mention' },
      { type: 'mention', mentioned: null, text: 5 },
      { type: 'mention', mentioned: { id: message().recipient.id }, text: '' },
    ];
    const response = await post(JSON.stringify({ ...message(), id: '2', text: 'help', entities }));
    expect(response.status).toBe(200);
    expect(bench.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('an unknown invoke is answered 400, and one with strange data with a card', async () => {
    const invoke = { ...message(), type: 'invoke', id: '3' };
    expect((await post(JSON.stringify({ ...invoke, name: 'task/fetch' }))).status).toBe(400);
    const strange = await post(JSON.stringify({ ...invoke, name: 'adaptiveCard/action', value: 'x' }));
    expect(strange.status).toBe(200);
    expect(await strange.json()).toHaveProperty('type', 'application/vnd.microsoft.card.adaptive');
  });

  test('a connection that is dropped in the middle of a body harms nobody', async () => {
    const { hostname, port } = new URL(endpoint);
    const socket = createConnection(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(
      `POST /api/messages HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"type"`,
    );
    socket.destroy();
    expect((await post(JSON.stringify({ ...message(), id: '4', text: 'help' }))).status).toBe(200);
  });
});

describe('without an app id', () => {
  test('only this machine is served: another address is refused at the start', async () => {
    const { teams, records, log } = bench;
    const start = (host: string) =>
      startTeamsServer({
        host,
        port: 0,
        credentials: { app: null, cloud: {} },
        allows: teams.allows,
        inbox: records.inbox,
        rotations: records.reads,
        accounts: [],
        answerWithin: 10,
        timeout: 100,
        log,
        clock: { now: () => 0 },
      });
    await expect(start('0.0.0.0')).rejects.toThrow(UnprotectedAddress);
    await expect(start('::')).rejects.toThrow(UnprotectedAddress);
    await expect(start('localhost.example.com')).rejects.toThrow(UnprotectedAddress);
    await (await start('localhost')).close();
  });

  test.each<[string, Record<string, string>]>([
    ['under another name', { host: 'keysmith.example.com' }],
    ['through a proxy', { 'x-forwarded-for': '203.0.113.9' }],
    ['by a page in a browser', { origin: 'http://localhost:3000' }],
  ])('what comes %s is not heard', async (_how, headers) => {
    const before = bench.records.rows.length;
    const body = JSON.stringify({ ...message(), id: '5' });
    // fetch sets no Host of one's own
    const asked = request(endpoint, { method: 'POST', headers: { ...json, ...headers } });
    asked.end(body);
    const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
    expect([response.statusCode, await text(response)]).toEqual([403, '']);
    expect(bench.records.rows).toHaveLength(before);
  });
});

test('a port that is taken is told, and not only logged', async () => {
  const port = Number(new URL(bench.bot.url).port);
  await expect(startBench({ server: { port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

describe('/healthz', () => {
  test('says yes, and no when what it asks says no or fails', async () => {
    expect((await fetch(`${bench.bot.url}/healthz`)).status).toBe(200);
    for (const healthy of [() => Promise.resolve(false), () => Promise.reject(new Error('secret'))]) {
      const other = await startBench({ server: { healthy } });
      const response = await fetch(`${other.bot.url}/healthz`);
      expect([response.status, await response.json()]).toEqual([503, { ok: false }]);
      await other.close();
    }
  });
});
