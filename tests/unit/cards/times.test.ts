import { expect, test } from '@jest/globals';
import { clock } from '../../../src/adapters/teams/cards/times.ts';
import { counted, listed } from '../../../src/adapters/teams/cards/words.ts';

test('a time of today is shown in the reader’s own zone, without a fraction of a second', () => {
  const at = Date.UTC(2026, 2, 4, 10, 42, 7, 123);
  expect(clock(at, at)).toBe('{{TIME(2026-03-04T10:42:07Z)}}');
});

test('a time of another day comes with its day', () => {
  const at = Date.UTC(2026, 2, 4, 10, 42);
  expect(clock(at, at + 86_400_000)).toBe(
    '{{DATE(2026-03-04T10:42:00Z, SHORT)}} {{TIME(2026-03-04T10:42:00Z)}}',
  );
});

test('lists read as a person would say them', () => {
  expect(listed([])).toBe('');
  expect(listed(['a'])).toBe('a');
  expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
  expect(listed(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
});

test('numbers agree with their noun', () => {
  expect(counted(1, 'call')).toBe('1 call');
  expect(counted(1204, 'call')).toBe('1,204 calls');
});
