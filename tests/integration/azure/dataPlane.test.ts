import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { faultIn, salt, startBench, valueOf, type Bench } from './support.ts';
import { sendJson, startWireServer } from './wireServer.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({}, { callTimeout: 700, consumerTimeout: 300 });
});
afterEach(() => {
  bench.simulator.faults.clear();
  bench.probes.length = 0;
});
afterAll(async () => bench[Symbol.asyncDispose]());

const keysOf = async (name: string) => valueOf(await bench.azure.keys.listKeys(bench.account(name), salt));

describe('a probe', () => {
  test('answers 200 for a live key and 401 for one that cannot exist, and writes each try down', async () => {
    const chat = bench.account('contoso-chat');
    const from = Date.now();
    expect(await (await keysOf('contoso-chat')).probe('Key1', 3)).toEqual({ statuses: [200, 200, 200] });
    expect(await bench.azure.keys.probeRandomKey(chat)).toEqual({ statuses: [401] });
    expect(bench.probes.map(({ account, statuses }) => [account, ...statuses])).toEqual([
      [chat.id, 200],
      [chat.id, 200],
      [chat.id, 200],
      [chat.id, 401],
    ]);
    expect(bench.probes.every(({ at }) => at >= from && at <= Date.now())).toBe(true);
  });

  test('uses a fresh connection for each try, so it meets nodes that disagree', async () => {
    const { simulator } = bench;
    // one node knows the new key at once, the others in an hour
    simulator.timing.newKeyDelay = [0, 3_600_000, 3_600_000];
    const before = simulator.requests.length;
    const keys = valueOf(await bench.azure.keys.regenerateKey(bench.account('contoso-vision'), 'Key2', salt));
    const { statuses } = await keys.probe('Key2', 24);
    simulator.timing.newKeyDelay = 0;
    expect(new Set(statuses)).toEqual(new Set([200, 401]));
    const nodes = simulator.requests.slice(before).filter(({ surface }) => surface === 'dataPlane');
    expect(new Set(nodes.map(({ node }) => node)).size).toBe(3);
  });

  test('says what an answer means that is neither yes nor no', async () => {
    const random = (name: string) => bench.azure.keys.probeRandomKey(bench.account(name));
    expect(await random('contoso-noauth')).toEqual({
      statuses: [403],
      note: expect.stringContaining('Local authentication is off'),
    });
    expect((await random('contoso-private')).note).toContain('private endpoint or a firewall');
    expect(await random('contoso-forms')).toEqual({
      statuses: [],
      note: expect.stringContaining('FormRecognizer'),
    });
    bench.simulator.faults.next({ match: { path: '/openai/models' }, fault: { status: 503 } });
    expect(await random('contoso-chat')).toEqual({ statuses: [503], note: 'The data plane answered 503.' });
    const documented = { status: 401, code: 'AuthenticationTypeDisabled' };
    bench.simulator.faults.next({ match: { path: '/openai/models' }, fault: documented });
    expect((await random('contoso-chat')).note).toContain('Local authentication is off');
  });

  test('counts a try without an answer as 0, is not re-sent, and goes on', async () => {
    bench.simulator.faults.next({ match: { path: '/openai/models' }, fault: 'hang' });
    bench.simulator.faults.next({ match: { path: '/openai/models' }, fault: 'lostBefore' });
    const before = bench.simulator.requests.length;
    const probe = await (await keysOf('contoso-chat')).probe('Key1', 3);
    expect(probe.statuses).toEqual([0, 0, 200]);
    expect(probe.note).toContain('ECONNRESET');
    const tries = bench.simulator.requests.slice(before).filter(({ surface }) => surface === 'dataPlane');
    expect(tries).toHaveLength(3);
  });

  test('stops when it is aborted', async () => {
    const keys = await keysOf('contoso-chat');
    expect(await keys.probe('Key1', 5, AbortSignal.abort())).toEqual({ statuses: [] });
  });

  test('never takes a key to an address without https', async () => {
    const chat = { ...bench.account('contoso-chat'), endpoint: 'http://127.0.0.1:1/' };
    expect((await bench.azure.keys.probeRandomKey(chat)).statuses).toEqual([]);
  });
});

test('a retired key can be tried until it is forgotten, and only in this process', async () => {
  const chat = bench.account('contoso-chat');
  const keys = await keysOf('contoso-chat');
  keys.keepRetired('Key2', 'R-000001');
  expect(await bench.azure.keys.probeRetired('R-000001', chat, 1)).toEqual({ statuses: [200] });
  bench.simulator.regenerateByHand('contoso-chat', 'Key2');
  expect(await bench.azure.keys.probeRetired('R-000001', chat, 2)).toEqual({ statuses: [401, 401] });
  expect(await bench.open({}).keys.probeRetired('R-000001', chat, 1)).toBeNull();
  bench.azure.keys.forget('R-000001');
  expect(await bench.azure.keys.probeRetired('R-000001', chat, 1)).toBeNull();
});

test('keys in hand show fingerprints only, however they are printed', async () => {
  const keys = bench.keep(await keysOf('contoso-chat'));
  const sealed = bench.keep(keys.sealed('Key1'));
  expect(JSON.parse(JSON.stringify(keys))).toEqual({ picture: keys.picture });
  expect(JSON.parse(JSON.stringify(sealed))).toEqual({ fingerprint: keys.picture.Key1 });
  bench.keep(structuredClone({ ...keys }));
  bench.keep({ ...sealed });
});

test('traffic counts calls and refusals minute by minute', async () => {
  const odd = bench.account('contoso-odd');
  const from = Date.now();
  const keys = await keysOf('contoso-odd');
  await keys.probe('Key1', 3);
  await bench.azure.keys.probeRandomKey(odd);
  const minutes = valueOf(await bench.azure.traffic.minutes(odd, from, Date.now() + 1));
  const sum = (what: 'calls' | 'refused'): number => minutes.reduce((total, one) => total + one[what], 0);
  expect({ calls: sum('calls'), refused: sum('refused') }).toEqual({ calls: 4, refused: 1 });
  expect(minutes.every(({ minute }) => minute % 60_000 === 0)).toBe(true);
  expect(minutes[0]?.minute).toBe(Math.floor(from / 60_000) * 60_000);
  expect(
    valueOf(await bench.azure.traffic.minutes(bench.account('contoso-moving'), from, Date.now())),
  ).toEqual([]);
});

describe('a receipt', () => {
  const ask = async (status: number, body: unknown, headers: Record<string, string> = {}) => {
    await using server = await startWireServer(bench.simulator.certificate, (_request, response) =>
      sendJson(response, status, body, headers),
    );
    const result = await bench.azure.receipts.ask(`${server.url}/receipt`);
    return { result, requests: server.requests };
  };

  test('is the secret version that the consumer names; it is asked without any credential', async () => {
    const { result, requests } = await ask(200, { secretVersion: 'v7', more: true });
    expect(valueOf(result)).toEqual({ secretVersion: 'v7' });
    expect(requests).toEqual(['GET /receipt bare']);
  });

  test.each([
    ['something else', 200, { version: 'v7' }, 'NotAReceipt'],
    ['no JSON', 200, '<html>', 'NotAReceipt'],
    ['far too much', 200, { secretVersion: 'v7', filler: 'x'.repeat(10_000) }, 'TooLong'],
    ['an error', 500, {}, '500'],
  ])('that is %s is refused', async (_what, status, body, code) => {
    expect(faultIn((await ask(status, body)).result)).toMatchObject({ kind: 'refused', code });
  });

  test('is not looked for behind a redirect', async () => {
    const { result, requests } = await ask(302, {}, { location: '/elsewhere' });
    expect(faultIn(result).kind).toBe('refused');
    expect(requests).toHaveLength(1);
  });

  test('that drips for ever is given up after its time-out', async () => {
    await using server = await startWireServer(bench.simulator.certificate, (_request, response) => {
      response.writeHead(200);
      response.write('{');
    });
    const fault = faultIn(await bench.azure.receipts.ask(server.url));
    expect(fault).toMatchObject({ kind: 'unknownOutcome', code: 'TimeoutError' });
  });

  test('is only asked over https, and a closed port is unreachable', async () => {
    expect(faultIn(await bench.azure.receipts.ask('http://127.0.0.1:1/')).kind).toBe('refused');
    expect(faultIn(await bench.azure.receipts.ask('https://127.0.0.1:1/')).kind).toBe('unreachable');
  });
});

test('no key stood in anything that was given out', () => expect(bench.leaked()).toEqual([]));
