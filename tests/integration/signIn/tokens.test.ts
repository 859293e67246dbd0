import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openSignIns, type SignInSettings } from '../../../src/adapters/signIn/index.ts';
import type { SignInRefusal, SignIns } from '../../../src/application/ports/signIns.ts';
import { type Authority, type Claims, personClaims, startAuthority } from '../../support/authority.ts';

const tenantId = '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e00ff';
const elsewhere = '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e00ee';
const appId = '0b0700ed-0000-4000-8000-000000000001';
const uri = `api://bot.contoso.example/botid-${appId}`;
const bo = { name: 'Bo', tenantId, objectId: 'bbbbbbbb-0000-4000-8000-000000000000' };
const at = Date.parse('2026-11-23T12:00:00Z');
const seconds = at / 1000;

let authority: Authority;
let logged: string[] = [];

beforeAll(async () => {
  authority = await startAuthority();
});
afterAll(() => authority.close());
beforeEach(() => {
  authority.set('up');
  logged = [];
});

const note = (fields: object): void => void logged.push(JSON.stringify(fields));

const open = (more: Partial<SignInSettings> = {}): SignIns =>
  openSignIns({
    authority: authority.url,
    issuers: [`${authority.url}/{tenant}/v2.0`, 'https://sts.windows.net/{tenant}/'],
    audiences: [appId, uri],
    tenants: [tenantId],
    time: 'auth_time',
    log: { info: note, warn: note, error: note },
    now: () => at,
    ...more,
  });

const claims = (): Claims => personClaims(bo, { url: authority.url, audience: appId, uti: 'u-1' }, at);
const without = (name: string): Claims =>
  Object.fromEntries(Object.entries(claims()).filter(([key]) => key !== name));
const sign = (changed: Claims = {}): Promise<string> => authority.sign({ ...claims(), ...changed });
const soon = (): AbortSignal => AbortSignal.timeout(5_000);

const refusalOf = async (token: string, signIns = open()): Promise<SignInRefusal | 'none'> => {
  const answer = await signIns.verify(token, bo, soon());
  // whatever comes, nothing of the token is in the log
  const [, payload = 'nothing', signature = 'nothing'] = token.split('.');
  for (const part of [payload, signature]) if (part !== '') expect(logged.join()).not.toContain(part);
  return answer.ok ? 'none' : answer.error;
};

describe('a sign-in counts', () => {
  test('with the time at which its person signed in, and an id that isn’t the token', async () => {
    const answer = await open().verify(await sign(), bo, soon());
    expect(answer).toEqual({
      ok: true,
      value: { at: at - 60_000, expires: at + 3_600_000, id: expect.stringMatching(/^[\da-f]{64}$/) },
    });
  });

  test.each<[string, Claims]>([
    ['meant for the application ID URI', { aud: uri }],
    ['of version 1', { iss: `https://sts.windows.net/${tenantId}/`, ver: '1.0', aud: uri }],
    ['with ids in capitals', { oid: bo.objectId.toUpperCase() }],
    ['that is a few seconds too old or too new', { exp: seconds - 30, nbf: seconds + 30 }],
  ])('%s', async (_name, changed) => {
    expect(await refusalOf(await sign(changed))).toBe('none');
  });

  test('signed with a key that was published later', async () => {
    const signIns = open({ cooldown: 0 });
    expect(await refusalOf(await sign(), signIns)).toBe('none');
    await authority.addKey('second');
    expect(await refusalOf(await authority.sign(claims(), { kid: 'second' }), signIns)).toBe('none');
  });

  test('by when it was made, only where a setting says so', async () => {
    const token = await authority.sign(without('auth_time'));
    const answer = await open({ time: 'iat' }).verify(token, bo, soon());
    expect(answer).toMatchObject({ ok: true, value: { at: at - 30_000 } });
  });
});

describe('a sign-in counts for nothing', () => {
  const secret = new TextEncoder().encode('x'.repeat(32));
  const unsigned = (): string => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ alg: 'none', typ: 'JWT', kid: 'first' })}.${part(claims())}.`;
  };
  const tampered = async (): Promise<string> => {
    const [header = '', , signature = ''] = (await sign({ oid: 'somebody' })).split('.');
    return `${header}.${Buffer.from(JSON.stringify(claims())).toString('base64url')}.${signature}`;
  };

  test.each<[string, () => Promise<string> | string, SignInRefusal]>([
    ['that is empty', () => '', 'notASignIn'],
    ['that is no token', () => 'hello', 'notASignIn'],
    ['that is larger than any token', async () => `${await sign()}${'A'.repeat(20_000)}`, 'notASignIn'],
    ['without a signature', unsigned, 'notASignIn'],
    ['whose words were changed', tampered, 'notASignIn'],
    ['signed with a shared secret', () => authority.sign(claims(), { alg: 'HS256' }, secret), 'notASignIn'],
    ['signed with RS512', () => authority.sign(claims(), { alg: 'RS512' }), 'notASignIn'],
    [
      'signed by somebody else under a known key’s name',
      async () => authority.sign(claims(), {}, await authority.addKey('first', false)),
      'notASignIn',
    ],
    [
      'signed with a key that nobody publishes',
      async () => authority.sign(claims(), { kid: 'own' }, await authority.addKey('own', false)),
      'notASignIn',
    ],
    ['for another app', () => sign({ aud: '00000003-0000-0000-c000-000000000000' }), 'signInForAnotherApp'],
    ['for nobody', () => authority.sign(without('aud')), 'signInForAnotherApp'],
    ['of another tenant', () => sign({ tid: elsewhere }), 'signInOfAnotherTenant'],
    ['without a tenant', () => authority.sign(without('tid')), 'signInOfAnotherTenant'],
    [
      'from another tenant’s issuer',
      () => sign({ iss: `${authority.url}/${elsewhere}/v2.0` }),
      'signInOfAnotherTenant',
    ],
    ['from an issuer of its own', () => sign({ iss: 'https://evil.example/' }), 'signInOfAnotherTenant'],
    ['of somebody else', () => sign({ oid: 'aaaaaaaa-0000-4000-8000-000000000000' }), 'signInOfSomebodyElse'],
    ['of nobody', () => authority.sign(without('oid')), 'signInOfSomebodyElse'],
    ['of an app', () => sign({ idtyp: 'app' }), 'notASignIn'],
    ['that has expired', () => sign({ exp: seconds - 61 }), 'signInExpired'],
    ['that never expires', () => authority.sign(without('exp')), 'notASignIn'],
    ['that isn’t valid yet', () => sign({ nbf: seconds + 61 }), 'signInNotValidYet'],
    ['that doesn’t say when', () => authority.sign(without('auth_time')), 'signInWithoutTime'],
    ['that says a time to come', () => sign({ auth_time: seconds + 61 }), 'signInNotValidYet'],
    ['that says no time but a word', () => sign({ auth_time: 'now' }), 'notASignIn'],
  ])('%s', async (_name, token, refusal) => {
    expect(await refusalOf(await token())).toBe(refusal);
  });

  test('of a person of a tenant that isn’t served, whose keys aren’t even asked for', async () => {
    const stranger = { ...bo, tenantId: elsewhere };
    const token = await sign({ tid: elsewhere, iss: `${authority.url}/${elsewhere}/v2.0` });
    expect(await open().verify(token, stranger, soon())).toEqual({
      ok: false,
      error: 'signInOfAnotherTenant',
    });
    expect(authority.seen.join()).not.toContain(elsewhere);
  });

  test.each(['refuses', 'hangs'] as const)('while the authority %s', async (state) => {
    authority.set(state);
    const answer = await open().verify(await sign(), bo, AbortSignal.timeout(300));
    expect(answer).toEqual({ ok: false, error: 'signInUnverifiable' });
  });
});

test('the keys are fetched once, and not again for every unknown key', async () => {
  const signIns = open();
  const before = authority.seen.length;
  const unknown = await authority.sign(claims(), { kid: 'own' }, await authority.addKey('own', false));
  for (const token of [await sign(), unknown, unknown, await sign()]) await refusalOf(token, signIns);
  expect(authority.seen.length - before).toBe(1);
});

test('one token has one id, however its signature is spelt; another has another', async () => {
  const idOf = async (token: string): Promise<string> => {
    const answer = await open().verify(token, bo, soon());
    if (!answer.ok) throw new Error(answer.error);
    return answer.value.id;
  };
  const token = await authority.sign(without('uti'));
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  // 2048 bits leave four of the last character's six unused
  const respelt = token.slice(0, -1) + (digits[digits.indexOf(token.at(-1) ?? '') ^ 1] ?? '');
  expect(respelt).not.toBe(token);
  const spelt = await open().verify(respelt, bo, soon());
  if (spelt.ok) expect(spelt.value.id).toBe(await idOf(token));
  expect(await idOf(await sign({ uti: 'u-2' }))).not.toBe(await idOf(await sign()));
  expect(await idOf(await sign({ auth_time: seconds - 5 }))).toBe(await idOf(await sign()));
});
