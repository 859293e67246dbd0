import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { exportSPKI, importJWK, SignJWT } from 'jose';
import { crew, startBench, type Bench } from '../../support/chatBench.ts';
import { channelClaims, channelId } from '../../support/fakeTeams.ts';

/** What authentication.test.ts leaves out: the shapes of the header, and tokens that were tampered with. */
let bench: Bench;
let good: string;
beforeAll(async () => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  bench = await startBench({ teams: { app: true } });
  good = await bench.teams.token();
});
afterAll(async () => {
  await bench.close();
  jest.restoreAllMocks();
});

let sent = 0;
const send = (headers: Readonly<Record<string, string>>) => {
  sent += 1;
  const activity = {
    ...bench.teams.frame(crew.ada, channelId),
    type: 'message',
    id: `bad-${sent}`,
    text: 'cancel R-7K3FQ2',
  };
  return fetch(`${bench.bot.url}/api/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(activity),
  });
};
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const parts = (): [string, string, string] => good.split('.') as [string, string, string];
const claims = (change = {}) => {
  const { app, serviceUrl } = bench.teams;
  if (app === undefined) throw new Error('no app');
  return channelClaims(app, serviceUrl, change);
};
const kid = () => bench.teams.keys[0]?.kid ?? '';

describe('is refused with 401, without a word:', () => {
  test.each<[string, () => string | Promise<string>]>([
    ['an empty header', () => ''],
    ['the scheme alone', () => 'Bearer'],
    ['an empty token', () => 'Bearer '],
    ['another scheme', () => `Basic ${good}`],
    ['a token without its scheme', () => good],
    ['two tokens', () => `Bearer ${good} ${good}`],
    ['empty parts', () => 'Bearer ..'],
    ['a token without its signature', () => `Bearer ${parts()[0]}.${parts()[1]}.`],
    ['a token cut in two', () => `Bearer ${good.slice(0, good.length / 2)}`],
    [
      'a signature that was changed',
      () => `Bearer ${parts()[0]}.${parts()[1]}.${parts()[2].slice(0, -8)}AAAAAAAA`,
    ],
    ['claims that were changed', () => `Bearer ${parts()[0]}.${encoded(claims({ exp: 4e9 }))}.${parts()[2]}`],
    [
      'claims that are no JSON',
      () => `Bearer ${parts()[0]}.${Buffer.from('{').toString('base64url')}.${parts()[2]}`,
    ],
    ['claims that are null', () => `Bearer ${parts()[0]}.${encoded(null)}.${parts()[2]}`],
    [
      'the algorithm none, with the signature left on',
      () => `Bearer ${encoded({ alg: 'none', kid: kid() })}.${parts()[1]}.${parts()[2]}`,
    ],
    ['the algorithm NONE', () => `Bearer ${encoded({ alg: 'NONE', kid: kid() })}.${parts()[1]}.`],
    [
      'no key id',
      () =>
        bench.teams
          .token()
          .then((token) => `Bearer ${encoded({ alg: 'RS256' })}.${token.split('.').slice(1).join('.')}`),
    ],
    [
      'an HMAC made with the public key',
      async () => {
        const key = await importJWK({ ...bench.teams.keys[0]?.jwk, ext: true }, 'RS256');
        if (key instanceof Uint8Array) throw new Error('no public key');
        const secret = new TextEncoder().encode(await exportSPKI(key));
        return `Bearer ${await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: kid() }).sign(secret)}`;
      },
    ],
    ['an end that is a word', async () => `Bearer ${await bench.teams.token({ exp: 'never' })}`],
    ['an audience that is empty', async () => `Bearer ${await bench.teams.token({ aud: '' })}`],
    ['an issuer that is empty', async () => `Bearer ${await bench.teams.token({ iss: '' })}`],
    [
      'an issuer that begins alike',
      async () => `Bearer ${await bench.teams.token({ iss: 'https://api.botframework.com.evil.example' })}`,
    ],
    [
      'a service URL that begins alike',
      async () =>
        `Bearer ${await bench.teams.token({ serviceurl: `${bench.teams.serviceUrl}.evil.example` })}`,
    ],
  ])('%s', async (_what, header) => {
    const response = await send({ authorization: await header() });
    expect([response.status, await response.text()]).toEqual([401, '']);
    expect(bench.records.rows).toEqual([]);
  });
});

test('no header at all is refused the same way', async () => {
  expect((await send({})).status).toBe(401);
});

test('a header of 100 KB is refused before it is looked at', async () => {
  expect((await send({ authorization: `Bearer ${'a'.repeat(100_000)}` })).status).toBe(431);
});

test('the true token is heard, so the ones above were refused for what they are', async () => {
  expect((await send({ authorization: `Bearer ${good}` })).status).toBe(200);
  expect(bench.records.rows).toHaveLength(1);
});
