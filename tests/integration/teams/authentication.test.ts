import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { SignJWT, UnsecuredJWT } from 'jose';
import { crew, startBench, type Bench } from '../../support/chatBench.ts';
import {
  channelClaims,
  channelId,
  newKey,
  sign,
  type FakeApp,
  type SigningKey,
} from '../../support/fakeTeams.ts';

const minute = 60;
let bench: Bench;
let app: FakeApp;
let plain: SigningKey;
let webchat: SigningKey;

beforeAll(async () => {
  // the SDK writes public keys and errors to the console, whatever the log is
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  bench = await startBench({ teams: { app: true } });
  if (bench.teams.app === undefined) throw new Error('no app');
  app = bench.teams.app;
  plain = await newKey();
  webchat = await newKey('RS256', ['webchat']);
  bench.teams.keys.push(plain, webchat);
});
afterAll(async () => {
  await bench.close();
  jest.restoreAllMocks();
});

const seconds = (): number => Math.floor(Date.now() / 1000);
const claims = (change = {}) => channelClaims(app, bench.teams.serviceUrl, change);
const token = (change = {}): Promise<string> => bench.teams.token(change);
let asked = 0;
const message = () => {
  asked += 1;
  return {
    ...bench.teams.frame(crew.ada, channelId),
    type: 'message',
    id: `auth-${asked}`,
    text: 'cancel R-7K3FQ2',
  };
};
const send = (bearer: string | null, body: unknown = message()) => bench.teams.post(body, { token: bearer });

describe('a token of Teams', () => {
  test.each<[string, () => Promise<string>]>([
    ['as it is sent', () => token()],
    ['that ended two minutes ago: clocks differ', () => token({ exp: seconds() - 2 * minute })],
    ['signed by a key without endorsements', () => sign(plain, claims())],
  ])('%s is heard', async (_what, make) => {
    const before = bench.records.rows.length;
    expect(await send(await make())).toMatchObject({ status: 200 });
    expect(bench.records.rows).toHaveLength(before + 1);
  });

  test.each<[string, () => Promise<string | null>]>([
    ['none', () => Promise.resolve(null)],
    ['garbage', () => Promise.resolve('garbage')],
    ['garbage in three parts', () => Promise.resolve('a.b.c')],
    ['another audience', () => token({ aud: 'somebody-else' })],
    ['another issuer', () => token({ iss: 'https://evil.example' })],
    ['ended ten minutes ago', () => token({ exp: seconds() - 10 * minute })],
    ['without an end', () => token({ exp: undefined })],
    ['valid in the future', () => token({ nbf: seconds() + 60 * minute })],
    ['another service URL', () => token({ serviceurl: 'https://evil.example' })],
    ['no service URL', () => token({ serviceurl: undefined })],
    ['an unknown key', async () => sign(await newKey(), claims())],
    ['a key of another channel', () => sign(webchat, claims())],
    [
      'a foreign signature',
      async () => sign(await newKey(), claims(), { kid: bench.teams.keys[0]?.kid ?? '' }),
    ],
    ['no signature', () => Promise.resolve(new UnsecuredJWT(claims()).encode())],
    [
      'an HMAC',
      () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: 'HS256', kid: plain.kid })
          .sign(new TextEncoder().encode('any secret will do')),
    ],
    [
      'of an Emulator',
      () =>
        token({
          iss: 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/',
          ver: '1.0',
          appid: app.id,
        }),
    ],
  ])('%s is refused with 401, without a word, and nothing is written down', async (_what, make) => {
    const before = bench.records.rows.length;
    const answered = await send(await make());
    expect(answered).toEqual({ status: 401, body: undefined });
    expect(bench.records.rows).toHaveLength(before);
    expect(bench.teams.messages()).toHaveLength(bench.teams.messages().length);
  });

  test('does not vouch for a service URL other than its own', async () => {
    const body = { ...message(), serviceUrl: 'https://evil.example' };
    expect(await send(await token({ serviceurl: 'https://evil.example' }), body)).toEqual({
      status: 401,
      body: undefined,
    });
  });
});

describe('keys that can’t be had', () => {
  test.each([
    ['an error', { status: 500 }],
    ['no JSON', { does: 'garbled' }],
    ['a cut connection', { does: 'resetBefore' }],
    ['no answer', { does: 'hang' }],
  ] as const)('%s: 503 without a word, and heard again when they can', async (_what, fault) => {
    const other = await startBench({ teams: { app: true }, server: { timeout: 300 } });
    other.teams.faults.plan('keys', fault);
    const body = {
      ...other.teams.frame(crew.ada, channelId),
      type: 'message',
      id: '1',
      text: 'cancel R-7K3FQ2',
    };
    expect(await other.teams.post(body)).toEqual({ status: 503, body: undefined });
    expect(other.records.rows).toHaveLength(0);
    expect(await other.teams.post(body)).toMatchObject({ status: 200 });
    expect(other.records.rows).toHaveLength(1);
    await other.close();
  });
});

test('the bot’s own requests carry a token that it got with its secret, once', async () => {
  const logins = bench.teams.asked('token');
  expect(logins).toHaveLength(1);
  expect(logins[0]?.body).toMatchObject({
    grant_type: 'client_credentials',
    client_id: app.id,
    scope: 'https://api.botframework.com/.default',
  });
  expect(bench.teams.asked('member').every(({ authorization }) => authorization?.startsWith('Bearer '))).toBe(
    true,
  );
});

test('no log line holds the secret or a token', () => {
  const logged = JSON.stringify(bench.log.lines, (_key, value: unknown) =>
    value instanceof Error ? `${value.message} ${value.stack ?? ''}` : value,
  );
  expect(logged).not.toContain(app.password);
  expect(logged).not.toContain('eyJ');
});
