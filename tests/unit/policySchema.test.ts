import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { parse } from 'yaml';
import { policyJsonSchema } from '../../src/adapters/policy/index.ts';
import { demoDurations } from '../../src/demo/durations.ts';
import { policyText } from '../support/policyText.ts';

const env = resolve(import.meta.dirname, '../../env');
const published = JSON.parse(readFileSync(`${env}/policy.schema.json`, 'utf8')) as object;

const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true });
formats.default(ajv);
const validate = ajv.compile(published);

const faultsOf = (text: string): string[] => {
  validate(parse(text, { merge: true }));
  return (validate.errors ?? []).map(({ instancePath }) => instancePath);
};

test('the published schema is the one by which the program reads: otherwise run `npm run policy:schema`', () => {
  expect(published).toEqual(policyJsonSchema());
});

describe('both policy files', () => {
  const files = ['policy.example.yml', 'policy.demo.yml'].map((name) =>
    readFileSync(`${env}/${name}`, 'utf8'),
  );

  test('name the schema, in the first line, for editors', () => {
    for (const text of files)
      expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./policy.schema.json');
  });

  test('keep to it', () => {
    const durations: Readonly<Record<string, string>> = demoDurations({});
    for (const text of files)
      expect(
        faultsOf(
          text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => durations[name] ?? 'https://127.0.0.1:7445'),
        ),
      ).toEqual([]);
  });
});

test('a policy that the program takes keeps to the schema', () => {
  expect(faultsOf(policyText())).toEqual([]);
});

test.each([
  ['an unknown name', 'gates:', 'gatez: 1\ngates:', ''],
  ['half a person', 'need: 2', 'need: 1.5', '/gates/prepare/need'],
  ['a person without a GUID', '00000000-0000-4000-8000-0000000000a1', 'ada', '/people/ada'],
  [
    'a wait without a unit',
    'pickupWithin: 10m',
    'pickupWithin: "10"',
    '/accounts/0/consumers/0/pickupWithin',
  ],
  ['an unknown kind', 'kind: manual', 'kind: manul', '/accounts/0/consumers/1/kind'],
  ['a rule without a match', 'accounts:', 'rules: [{ afterwards: stay }]\naccounts:', '/rules/0'],
])('an editor sees %s', (_, good, bad, where) => {
  expect(faultsOf(policyText({ [good]: bad }))).toContain(where);
});
