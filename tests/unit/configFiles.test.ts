import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { loadEnvironment, readSettings } from '../../src/config.ts';
import { schema, settingNames } from '../../src/config/schema.ts';

const env = resolve(import.meta.dirname, '../../env');
const dev = readFileSync(join(env, '.env.dev'), 'utf8').split('\n');

/** Each `NAME=value` or `#NAME=default` of .env.dev, with the line before it. */
const lines = dev.flatMap((line, n) => {
  const [, hash, name, value] = /^(#?)([A-Za-z_]+)=(.*)$/.exec(line) ?? [];
  return name === undefined || value === undefined
    ? []
    : [{ name, value, isDefault: hash === '#', above: dev[n - 1] ?? '' }];
});

/** The Teams app's own tools keep theirs in the same file. */
const entries = lines.filter(({ name }) => !/^(TEAMS_APP|APP|BOT)_/.test(name));

describe('env/.env.dev', () => {
  test('names every setting of the schema, and no other', () => {
    const named = entries.map(({ name }) => name);
    expect(named.toSorted()).toEqual([...settingNames].sort());
  });

  test.each(lines)('explains $name in the line above it', ({ above }) => {
    expect(above).toMatch(/^# \S.{10,}/);
  });

  test.each(entries.filter(({ isDefault, value }) => isDefault && value !== ''))(
    'tells the true default of $name',
    ({ name, value }) => {
      const field = schema.shape[name as keyof typeof schema.shape];
      expect(field.parse(undefined)).toEqual(field.parse(value));
    },
  );

  test.each(entries.filter(({ value }) => value === ''))('$name has no default that it hides', ({ name }) => {
    const field = schema.shape[name as keyof typeof schema.shape];
    expect(field.parse(undefined)).toBeUndefined();
  });

  test.each(['MicrosoftAppPassword', 'DATABASE_URL', 'DATABASE_DIRECT_URL', 'IDENTITY_HEADER'])(
    'holds no value of the secret %s',
    (name) => {
      expect(entries.find((entry) => entry.name === name)?.value).toBe('');
    },
  );

  test('lacks only what nobody else can know', () => {
    const result = readSettings(parseEnv(dev.join('\n')));
    expect(result.ok ? [] : result.error.map(({ setting }) => setting)).toEqual(['MicrosoftAppId']);
  });
});

test.each(Object.entries(schema.shape))('the schema says what to write for %s', (_, field) => {
  expect(field.description).toMatch(/\S/);
});

/** What a simulated Azure and a Playground add when they have started. */
const started = {
  AZURE_CLOUD: 'custom',
  AZURE_RESOURCE_MANAGER_ENDPOINT: 'https://127.0.0.1:7443',
  AZURE_METRICS_ENDPOINT: 'https://127.0.0.1:7443',
  AZURE_PORTAL_ENDPOINT: 'https://127.0.0.1:7443/portal',
  IDENTITY_ENDPOINT: 'http://127.0.0.1:7444/msi/token',
  IDENTITY_HEADER: 'x',
  KEYSMITH_POLICY: 'policy.yml',
  KEYSMITH_SERVICE_URLS: 'http://127.0.0.1:56150',
};

test.each(['demo', 'local'])('env/.env.%s and a simulated Azure are all that it takes', (name) => {
  const settings: NodeJS.ProcessEnv = { ...started };
  expect(loadEnvironment(name, settings, env)).toMatchObject({ ok: true });
  expect(readSettings(settings)).toMatchObject({ ok: true, value: { bot: { app: null }, lease: 15_000 } });
});

describe('loadEnvironment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keysmith-env-'));
  writeFileSync(join(folder, '.env.x'), 'A=file\nB=file\nC="file # not a comment" # a comment\nD=\n');
  writeFileSync(join(folder, '.env.x.user'), 'B=user\nD=user\n');
  writeFileSync(join(folder, '.env.y'), 'A=y\n');
  afterAll(() => rmSync(folder, { recursive: true }));

  test('what is set already wins, then the .user file, then the file', () => {
    const settings: NodeJS.ProcessEnv = { A: 'set' };
    const read = loadEnvironment('x', settings, folder);
    expect(read).toEqual({ ok: true, value: [join(folder, '.env.x.user'), join(folder, '.env.x')] });
    expect(settings).toEqual({ A: 'set', B: 'user', C: 'file # not a comment', D: 'user' });
  });

  test('the .user file need not exist', () => {
    const settings: NodeJS.ProcessEnv = {};
    expect(loadEnvironment('y', settings, folder)).toEqual({ ok: true, value: [join(folder, '.env.y')] });
    expect(settings).toEqual({ A: 'y' });
  });

  test('without a name nothing is read', () => {
    expect(loadEnvironment('', {}, folder)).toEqual({ ok: true, value: [] });
  });

  test.each(['z', '../x', 'X', '.'])('the name %s is refused, with the setting to change', (name) => {
    expect(loadEnvironment(name, {}, folder)).toMatchObject({
      ok: false,
      error: { setting: 'KEYSMITH_ENV' },
    });
  });
});
