import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { faultIn, salt, startBench, type Bench } from './support.ts';

let bench: Bench;
/** Whether the identity endpoint answers at all; @azure/identity keeps its address for the life of the module. */
let answers = false;
const held: ServerResponse[] = [];
const identity = createServer((_request, response) => {
  if (answers) response.writeHead(401).end('{}');
  else held.push(response);
});

beforeAll(async () => {
  bench = await startBench();
  identity.listen(0, '127.0.0.1');
  await once(identity, 'listening');
  process.env['IDENTITY_ENDPOINT'] = `http://127.0.0.1:${(identity.address() as AddressInfo).port}/msi/token`;
});
afterAll(async () => {
  identity.close();
  identity.closeAllConnections();
  await bench[Symbol.asyncDispose]();
});

const regenerate = async (callTimeout: number) => {
  const azure = bench.open({ callTimeout });
  return faultIn(await azure.keys.regenerateKey(bench.account('contoso-chat'), 'Key2', salt));
};

test('a token that never comes ends with the time-out, and nothing is sent', async () => {
  expect(await regenerate(500)).toMatchObject({ kind: 'unreachable', code: 'TimeoutError' });
  expect(held).toHaveLength(1);
  // else @azure/identity tries again behind our back
  for (const response of held) response.writeHead(401).end('{}');
});

test('a refused sign-in says so, and nothing is sent', async () => {
  answers = true;
  const fault = await regenerate(20_000);
  expect(fault.kind).toBe('unreachable');
  expect(fault.says).toContain('could not sign in');
  expect(bench.simulator.requests).toEqual([]);
}, 30_000);
