import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fill, templateNames, type TemplateName } from '../../../src/adapters/teams/cards/templates.ts';
import { validateCard } from '../../support/validateCard.ts';
import { objectsIn } from './walk.ts';

const folder = resolve(import.meta.dirname, '../../../adaptiveCards');
const read = (file: string) =>
  JSON.parse(readFileSync(resolve(folder, file), 'utf8')) as Record<string, unknown>;

test('every template has a file with sample data beside it, and every file is used', () => {
  const expected = templateNames.flatMap((name) => [`${name}.json`, `${name}.sample.json`]);
  expect(readdirSync(folder).sort()).toEqual(expected.sort());
});

describe.each(templateNames)('the template %s', (name) => {
  test('can be previewed with its sample data', () => {
    expect(validateCard(fill(name, read(`${name}.sample.json`)))).toEqual([]);
  });

  test('wraps every text, so that nothing is cut off on a phone', () => {
    const unwrapped = [...objectsIn(read(`${name}.json`))].filter(
      ({ type, wrap }) => type === 'TextBlock' && wrap !== true,
    );
    expect(unwrapped).toEqual([]);
  });
});

/** The engine has no way to include one template in another, so the parts that they share are copies. */
const rotationCards: readonly TemplateName[] = [
  'progress',
  'approval',
  'retirement',
  'held',
  'choice',
  'halted',
  'finished',
  'ended',
  'key-choice',
  'key-approval',
  'key-outcome',
];
const partOf = (name: TemplateName, id: string) =>
  [...objectsIn(read(`${name}.json`))].find((part) => part['id'] === id);

test.each(['header', 'status', 'warnings', 'stagesToggle', 'stages', 'detailsToggle', 'note'])(
  'the part %s is the same on every card of a rotation',
  (id) => {
    const [first, ...others] = rotationCards.map((name) => partOf(name, id));
    expect(first).toBeDefined();
    for (const other of others) expect(other).toEqual(first);
  },
);

test('both gates show blockers, what dies and the votes in the same way', () => {
  for (const id of ['blockers', 'dies', 'votes']) {
    expect(partOf('approval', id)).toBeDefined();
    expect(partOf('retirement', id)).toEqual(partOf('approval', id));
  }
  expect(partOf('key-approval', 'votes')).toEqual(partOf('approval', 'votes'));
});
