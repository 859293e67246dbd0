import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isLoopback } from '../../../src/adapters/azure/settings.ts';
import { makeCertificate } from '../../../src/simulator/certificates.ts';
import { faultIn, salt, startBench, valueOf, vaultName, type Bench } from './support.ts';
import { challenge, sendJson, startWireServer } from './wireServer.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({}, { callTimeout: 800 });
});
afterAll(async () => bench[Symbol.asyncDispose]());

const regenerateAt = (url: string) =>
  bench
    .open({ resourceManagerEndpoint: url })
    .keys.regenerateKey(bench.account('contoso-chat'), 'Key2', salt);

test('a redirect of regenerateKey is not followed', async () => {
  await using server = await startWireServer(bench.simulator.certificate, (request, response) =>
    sendJson(response, 307, {}, { location: `${request.url ?? ''}&again=1` }),
  );
  expect(faultIn(await regenerateAt(server.url)).kind).toBe('unknownOutcome');
  expect(server.requests).toHaveLength(1);
});

test('an answer of 200 that is cut JSON is an unknown outcome, and shows nothing of it', async () => {
  await using server = await startWireServer(bench.simulator.certificate, (_request, response) =>
    sendJson(response, 200, '{"key1":"0123456789abcdef","key2":"fedc'),
  );
  const fault = faultIn(await regenerateAt(server.url));
  expect(fault).toMatchObject({ kind: 'unknownOutcome', code: 'UnreadableAnswer' });
  expect(JSON.stringify(fault)).not.toContain('0123456789abcdef');
  expect(server.requests).toHaveLength(1);
});

test('a body that never ends is ended by the time-out', async () => {
  await using server = await startWireServer(bench.simulator.certificate, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"key1":');
  });
  expect(faultIn(await regenerateAt(server.url)).kind).toBe('unknownOutcome');
  expect(server.requests).toHaveLength(1);
});

test('x-ms-retry-after-ms is milliseconds', async () => {
  await using server = await startWireServer(bench.simulator.certificate, (_request, response) =>
    sendJson(response, 429, {}, { 'x-ms-retry-after-ms': '300' }),
  );
  expect(faultIn(await regenerateAt(server.url))).toMatchObject({ kind: 'throttled', retryAfter: 300 });
  expect(server.requests).toHaveLength(1);
});

test('an error body that holds anything else than a code is not repeated', async () => {
  const planted = 'k'.repeat(84);
  await using server = await startWireServer(bench.simulator.certificate, (_request, response) =>
    sendJson(response, 400, { error: { code: `<b>${planted}</b>`, message: planted } }),
  );
  const fault = faultIn(await regenerateAt(server.url));
  expect(fault).toMatchObject({ kind: 'refused', code: '400' });
  expect(JSON.stringify(fault)).not.toContain(planted);
});

test('a page that leads to another host is not followed, so the token stays here', async () => {
  await using stranger = await startWireServer(bench.simulator.certificate, (_request, response) =>
    sendJson(response, 200, { value: [] }),
  );
  await using server = await startWireServer(bench.simulator.certificate, (_request, response) =>
    sendJson(response, 200, { value: [], nextLink: `${stranger.url}/subscriptions?page=2` }),
  );
  const result = await bench.open({ resourceManagerEndpoint: server.url }).accounts.find('contoso-chat');
  expect(result.ok).toBe(false);
  expect(stranger.requests).toEqual([]);
});

test('a redirect of a secret write is not followed, and its token and body go out once', async () => {
  await using server = await startWireServer(bench.simulator.certificate, (request, response) => {
    if (request.headers.authorization === undefined) sendJson(response, 401, {}, challenge);
    else if (request.method === 'GET') {
      sendJson(response, 200, {
        value: 'old',
        id: `${server.url}/secrets/s/v1`,
        attributes: { enabled: true },
      });
    } else sendJson(response, 307, {}, { location: request.url ?? '' });
  });
  const keys = valueOf(await bench.azure.keys.listKeys(bench.account('contoso-chat'), salt));
  const result = await bench.azure.secrets.give(server.url, 's', keys.sealed('Key2'), 'v1');
  expect(faultIn(result).kind).toBe('unknownOutcome');
  expect(server.requests.filter((one) => one.endsWith('authorised') && one.startsWith('PUT'))).toHaveLength(
    1,
  );
});

test('a vault that asks for a token of another service is given none', async () => {
  await using server = await startWireServer(bench.simulator.certificate, (_request, response) =>
    sendJson(response, 401, {}, challenge),
  );
  const checking = bench.open({ vaultChallengeCheck: true });
  expect(faultIn(await checking.secrets.read(server.url, 's', salt))).toMatchObject({
    kind: 'refused',
    says: expect.stringContaining('another service'),
  });
  expect(server.requests.every((one) => one.endsWith('bare'))).toBe(true);
});

/** A port that takes connections and knows nothing of TLS. */
async function startRawServer(
  connected: (socket: Socket) => void,
): Promise<{ url: string } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    connected(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      for (const socket of sockets) socket.destroy();
      server.close();
      await closed;
    },
  };
}

test('a closed port is unreachable', async () => {
  const server = await startRawServer(() => {});
  await server[Symbol.asyncDispose]();
  expect(faultIn(await regenerateAt(server.url))).toMatchObject({
    kind: 'unreachable',
    code: 'ECONNREFUSED',
    says: expect.stringContaining('nothing was sent'),
  });
});

test('a connection lost in the handshake is unreachable: nothing was sent', async () => {
  await using server = await startRawServer((socket) => socket.once('data', () => socket.destroy()));
  expect(faultIn(await regenerateAt(server.url)).kind).toBe('unreachable');
});

test('a handshake that never ends is unreachable after the time-out', async () => {
  await using server = await startRawServer(() => {});
  expect(faultIn(await regenerateAt(server.url))).toMatchObject({
    kind: 'unreachable',
    code: 'TimeoutError',
  });
});

test('a certificate that nobody trusts is unreachable, and no request arrives', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stranger-'));
  await using server = await startWireServer(await makeCertificate(folder), (_request, response) =>
    sendJson(response, 200, {}),
  );
  expect(faultIn(await regenerateAt(server.url)).kind).toBe('unreachable');
  expect(server.requests).toEqual([]);
  await rm(folder, { recursive: true });
});

test('only loopback addresses may do without the check of a vault', () => {
  const loopback = ['https://localhost:1', 'https://127.0.0.1', 'https://127.8.9.1:2/x', 'https://[::1]:3'];
  const others = [
    'https://localhost.example',
    'https://127.0.0.1.example',
    'https://10.0.0.1',
    'https://v.vault.azure.net',
  ];
  expect(loopback.filter(isLoopback)).toEqual(loopback);
  expect(others.filter(isLoopback)).toEqual([]);
});

test('an endpoint without https is refused at once', () => {
  expect(() => bench.open({ resourceManagerEndpoint: 'http://127.0.0.1:1' })).toThrow('not https');
  expect(() => bench.open({ metricsEndpoint: 'http://{region}.example' })).toThrow('not https');
});

test('the SDK trusts what NODE_EXTRA_CA_CERTS names, and nothing without it', async () => {
  const program = `
    import { openAzure } from './src/adapters/azure/index.ts';
    const azure = openAzure({ resourceManagerEndpoint: process.env.AZURE_RESOURCE_MANAGER_ENDPOINT,
      vaultChallengeCheck: false, callTimeout: 5000, consumerTimeout: 5000, now: Date.now,
      readRetries: { maxRetries: 0 },
      log: { info() {}, warn() {}, error() {} }, probes: { async add() {}, async minutes() { return [] } } });
    const found = await azure.accounts.find('contoso-chat');
    const read = await azure.secrets.read('${bench.simulator.vaultUrl(vaultName)}', 'stranger', '00');
    console.log(found.ok ? found.value.found.length : found.error.kind, read.ok ? 'read' : read.error.kind);
  `;
  const run = async (more: Record<string, string>): Promise<string> => {
    const { NODE_EXTRA_CA_CERTS: _left, ...environment } = bench.simulator.environment;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program],
      { env: { ...process.env, NODE_EXTRA_CA_CERTS: '', NODE_OPTIONS: '', ...environment, ...more } },
    );
    return stdout.trim();
  };
  expect(await run({ NODE_EXTRA_CA_CERTS: bench.simulator.caFile })).toBe('1 read');
  expect(await run({})).toBe('unreachable unreachable');
}, 60_000);

test('no key stood in anything that was given out', () => expect(bench.leaked()).toEqual([]));
