import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { type LogLevel, openLog } from '../../src/adapters/log/index.ts';
import type { Log } from '../../src/application/ports/ambient.ts';
import { Secret } from '../../src/config.ts';

const poison = 'hunter2poison';

test('an event is one line of JSON with its level, its time and its fields', () => {
  const [line] = lines((log) =>
    log.info({ event: 'step.finished', rotation: 'R-7K3FQ2', attempt: 2, ms: 12 }),
  );
  expect(line).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    event: 'step.finished',
    rotation: 'R-7K3FQ2',
    attempt: 2,
    ms: 12,
  });
});

test('what is below the level is not written', () => {
  const each = (log: Log) => {
    log.info({ event: 'a' });
    log.warn({ event: 'b' });
    log.error({ event: 'c' });
  };
  expect(lines(each, 'warn').map(({ event }) => event)).toEqual(['b', 'c']);
  expect(lines(each, 'silent')).toEqual([]);
});

test.each([
  ['a token', { token: poison }],
  ['a key far inside', { a: { b: [{ c: { 'api-key': poison } }] } }],
  ['an Authorization header', { Authorization: poison }],
  ['a password in another spelling', { client_secret: poison, MicrosoftAppPassword: poison }],
  ['both keys', { key1: poison, Key2: poison, keys: [poison] }],
  ['the value of a secret', { secret: { name: 'chat-web', value: poison } }],
  ['headers', { headers: { anything: poison } }],
  ['a body', { body: `{"x":"${poison}"}` }],
  ['a card', { card: { text: poison } }],
  ['a bearer token in a text', { note: `sent Bearer ${poison} away` }],
  ['a password in an address', { at: `postgresql://u:${poison}@h/d` }],
  ['a JSON web token in a text', { note: `eyJhbGciOiJIUzI1NiJ9.${poison}.x` }],
  ['a key of today’s length in a text', { note: `it is ${poison.padEnd(84, '0')}!` }],
  ['a wrapped secret', { setting: new Secret(poison) }],
  ['the message of an error', { error: new Error(poison) }],
  ['the message of an error under the name that the logger looks for', { err: new Error(poison) }],
  ['the message of an error’s cause', { error: new Error('x', { cause: new Error(poison) }) }],
  [
    'what hangs on an error',
    { error: Object.assign(new Error('x'), { response: { body: poison }, body: poison }) },
  ],
  ['an error of another realm', { error: runInNewContext(`new TypeError('${poison}')`) as unknown }],
])('hides %s', (_, fields) => {
  for (const level of ['info', 'debug'] as const) {
    expect(JSON.stringify(lines((log) => log.error({ event: 'x', ...fields }), level))).not.toContain(poison);
  }
});

test('leaves alone what is no secret', () => {
  const fields = {
    event: 'effect.started',
    key: 'R-7K3FQ2/regenerateIdleKey/1',
    card: 'living',
    secret: 'chat-web-api-key',
    version: '0a1b2c3d4e5f60718293a4b5c6d7e8f9',
    fingerprint: 'ab'.repeat(32),
    url: 'https://smba.trafficmanager.net/emea/',
    keys: 2,
  };
  expect(lines((log) => log.info(fields))[0]).toMatchObject(fields);
});

describe('an error', () => {
  const error = Object.assign(new TypeError('x', { cause: new RangeError('y') }), {
    code: 'ECONNRESET',
    statusCode: 503,
  });

  test('is its name, its code and its cause', () => {
    const [line] = lines((log) => log.error({ event: 'x', error }));
    expect(line?.['error']).toEqual({
      name: 'TypeError',
      code: 'ECONNRESET',
      status: 503,
      cause: { name: 'RangeError' },
    });
  });

  test('of another realm is one too', () => {
    const error: unknown = runInNewContext(`Object.assign(new TypeError('x'), { code: 'E' })`);
    expect(lines((log) => log.error({ event: 'x', error }))[0]?.['error']).toEqual({
      name: 'TypeError',
      code: 'E',
    });
  });

  test('says at debug where it was thrown', () => {
    const [line] = lines((log) => log.error({ event: 'x', error }), 'debug');
    expect(line?.['error']).toMatchObject({
      at: expect.arrayContaining([expect.stringMatching(/^at .*log\.test\.ts/)]),
    });
  });
});

test('a thing that contains itself ends somewhere', () => {
  const ring: Record<string, unknown> = {};
  ring['ring'] = ring;
  expect(JSON.stringify(lines((log) => log.info({ event: 'x', ring })))).toContain('[deeper]');
});

function lines(write: (log: Log) => void, level: LogLevel = 'info'): Record<string, unknown>[] {
  const written: string[] = [];
  write(openLog(level, { write: (text) => void written.push(text) }));
  return written.map((text) => JSON.parse(text) as Record<string, unknown>);
}
