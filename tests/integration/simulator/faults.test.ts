import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fault } from '../../../src/simulator/index.ts';
import { group, startAzure, type Azure } from './support.ts';

const account = 'contoso-chat';
let azure: Azure;
beforeEach(async () => {
  azure = await startAzure();
});
afterEach(async () => {
  await azure[Symbol.asyncDispose]();
});

const fault = (kind: Fault, times = 1): void =>
  azure.simulator.faults.next({ match: { method: 'POST', path: /regenerateKey$/ }, times, fault: kind });
const sends = (): number =>
  azure.simulator.requests.filter(({ path }) => path.endsWith('/regenerateKey')).length;
const effects = (): number => azure.simulator.effects.length;
const regenerate = (client: 'default' | 'once'): Promise<unknown> =>
  (client === 'default' ? azure.accounts : azure.once.accounts).regenerateKey(group, account, 'Key2');
const until = (done: () => boolean): Promise<void> =>
  new Promise((resolve) => {
    const stop = azure.simulator.onEffect(() => {
      if (!done()) return;
      stop();
      resolve();
    });
  });

describe('an answer lost after the effect', () => {
  test('makes the default client regenerate twice without a word', async () => {
    fault('lostAfter');
    await expect(regenerate('default')).resolves.toBeDefined();
    expect(effects()).toBe(2);
  });

  test('makes the default client regenerate four times before it gives up', async () => {
    fault('lostAfter', 4);
    await expect(regenerate('default')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(effects()).toBe(4);
  });

  test('reaches a client that does not re-send as ECONNRESET, with one effect that listKeys shows', async () => {
    const before = azure.simulator.currentKeys(account);
    fault('lostAfter');
    await expect(regenerate('once')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(effects()).toBe(1);
    const after = await azure.accounts.listKeys(group, account);
    expect(after.key1).toBe(before.key1);
    expect(after.key2).not.toBe(before.key2);
  });
});

test('a request lost before the effect changes nothing', async () => {
  fault('lostBefore');
  await expect(regenerate('once')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(effects()).toBe(0);
});

test('a status strikes before the effect, or after it when told so', async () => {
  fault({ status: 500, code: 'InternalServerError' });
  await expect(regenerate('once')).rejects.toMatchObject({ statusCode: 500, code: 'InternalServerError' });
  expect(effects()).toBe(0);
  fault({ status: 500, afterEffect: true }, 4);
  await expect(regenerate('default')).rejects.toMatchObject({ statusCode: 500 });
  expect(effects()).toBe(4);
});

test('429 with Retry-After is re-sent by the default client after that time, without it never', async () => {
  fault({ status: 429, retryAfter: 1 });
  const start = Date.now();
  await regenerate('default');
  expect(Date.now() - start).toBeGreaterThanOrEqual(990);
  expect([sends(), effects()]).toEqual([2, 1]);
  fault({ status: 429 });
  await expect(regenerate('default')).rejects.toMatchObject({ statusCode: 429 });
  expect(sends()).toBe(3);
});

test('half an answer has had its effect, and is not re-sent', async () => {
  fault('partialBody');
  await expect(regenerate('default')).rejects.toMatchObject({ code: 'PARSE_ERROR' });
  expect([sends(), effects()]).toEqual([1, 1]);
});

test('a request that hangs ends with the time-out of the client, without an effect', async () => {
  fault('hang');
  const call = azure.accounts.regenerateKey(group, account, 'Key2', { requestOptions: { timeout: 200 } });
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  expect(effects()).toBe(0);
});

test('a slow answer has had its effect before the client gives up', async () => {
  fault({ delay: 5_000 });
  const call = azure.accounts.regenerateKey(group, account, 'Key2', { requestOptions: { timeout: 200 } });
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  expect(effects()).toBe(1);
});

describe('an effect that lands late', () => {
  test('comes after the client was cut off and has looked in vain', async () => {
    const before = azure.simulator.currentKeys(account);
    fault({ landsLate: 300 });
    const landed = until(() => effects() === 1);
    await expect(regenerate('once')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await azure.accounts.listKeys(group, account)).toMatchObject(before);
    await landed;
    expect((await azure.accounts.listKeys(group, account)).key2).not.toBe(before.key2);
  });

  test('comes after the client has timed out by itself', async () => {
    fault({ landsLate: 400, socket: 'hang' });
    const landed = until(() => effects() === 1);
    const call = azure.accounts.regenerateKey(group, account, 'Key2', { requestOptions: { timeout: 100 } });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(effects()).toBe(0);
    await landed;
  });
});

test('a fault strikes only what it matches, and as often as it was told to', async () => {
  azure.simulator.faults.next({
    match: { method: 'POST', path: 'listkeys' },
    times: 2,
    fault: { status: 403 },
  });
  await regenerate('once');
  await expect(azure.accounts.listKeys(group, account)).rejects.toMatchObject({ statusCode: 403 });
  await expect(azure.accounts.listKeys(group, account)).rejects.toMatchObject({ statusCode: 403 });
  expect(azure.simulator.faults.pending()).toBe(0);
  await expect(azure.accounts.listKeys(group, account)).resolves.toBeDefined();
});

test('a fault can be kept to one principal', async () => {
  azure.simulator.faults.next({
    match: { path: '/secrets/', principal: 'consumers' },
    fault: { status: 403 },
  });
  await expect(azure.secrets.getSecret('stranger')).resolves.toBeDefined();
  expect(azure.simulator.faults.pending()).toBe(1);
});

test('a fault on a secret is not used up by the challenge that precedes the real request', async () => {
  azure.simulator.faults.next({ match: { method: 'PUT', path: '/secrets/' }, fault: 'lostAfter' });
  // the default client sends again, and so makes a second version
  await azure.secrets.setSecret('chat-web-api-key', 'a value');
  expect(azure.simulator.effects.map(({ kind }) => kind)).toEqual(['setSecret', 'setSecret']);
});
