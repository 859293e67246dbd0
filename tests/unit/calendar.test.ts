import { expect, test } from '@jest/globals';
import { nextOpen } from '../../src/adapters/ambient/calendar.ts';
import type { Execution } from '../../src/domain/policy.ts';

const at = (iso: string): number => Date.parse(iso);
const execution = (change: Partial<Execution>): Execution => ({
  windows: [],
  freezes: [],
  within: 0,
  ...change,
});
const nights = { days: [1, 2, 3, 4, 5], from: '22:00', to: '04:00', zone: 'Europe/Berlin' };

test.each([
  // 2026-11-23 is a Monday; Berlin is an hour ahead of UTC then
  ['before the window', '2026-11-23T12:00:00Z', '2026-11-23T21:00:00Z'],
  ['in it', '2026-11-23T22:30:00Z', '2026-11-23T22:30:00Z'],
  ['in it, after midnight', '2026-11-24T02:59:00Z', '2026-11-24T02:59:00Z'],
  ['at its end', '2026-11-24T03:00:00Z', '2026-11-24T21:00:00Z'],
  ['early on Saturday: it is still Friday’s', '2026-11-28T01:00:00Z', '2026-11-28T01:00:00Z'],
  ['on Saturday evening: not before Monday', '2026-11-28T22:00:00Z', '2026-11-30T21:00:00Z'],
  ['early on Monday: Sunday’s night is none', '2026-11-23T01:00:00Z', '2026-11-23T21:00:00Z'],
  ['in summer, by the same clock on the wall', '2026-07-01T12:00:00Z', '2026-07-01T20:00:00Z'],
])('a window over midnight, asked %s', (_name, asked, opens) => {
  expect(new Date(nextOpen(execution({ windows: [nights] }), at(asked))).toISOString()).toBe(
    new Date(at(opens)).toISOString(),
  );
});

test('a freeze shuts a window that is open, and what it leaves of it counts', () => {
  const freezes = [{ from: at('2026-11-23T20:00:00Z'), to: at('2026-11-24T01:00:00Z'), says: 'sale' }];
  expect(nextOpen(execution({ windows: [nights], freezes }), at('2026-11-23T22:00:00Z'))).toBe(
    at('2026-11-24T01:00:00Z'),
  );
  const longer = [{ from: at('2026-11-23T20:00:00Z'), to: at('2026-11-24T10:00:00Z'), says: 'sale' }];
  expect(nextOpen(execution({ windows: [nights], freezes: longer }), at('2026-11-23T22:00:00Z'))).toBe(
    at('2026-11-24T21:00:00Z'),
  );
});

test('without windows it is open whenever nothing is frozen, and freezes that touch count as one', () => {
  const freezes = [
    { from: 1000, to: 2000, says: 'a' },
    { from: 2000, to: 3000, says: 'b' },
  ];
  expect(nextOpen(execution({ freezes }), 999)).toBe(999);
  expect(nextOpen(execution({ freezes }), 1000)).toBe(3000);
  expect(nextOpen(execution({}), 5)).toBe(5);
});

test('a window that begins in the hour that summer time leaves out begins when it is over', () => {
  const gap = { days: [7], from: '02:30', to: '05:00', zone: 'Europe/Berlin' };
  // on 2027-03-28 the clock goes from 02:00 to 03:00
  const opens = nextOpen(execution({ windows: [gap] }), at('2027-03-27T12:00:00Z'));
  expect(opens).toBeGreaterThanOrEqual(at('2027-03-28T01:00:00Z'));
  expect(opens).toBeLessThanOrEqual(at('2027-03-28T01:30:00Z'));
});

test('the sooner of several windows opens first', () => {
  const lunch = { days: [1, 2, 3, 4, 5, 6, 7], from: '12:00', to: '13:00', zone: 'America/New_York' };
  expect(nextOpen(execution({ windows: [nights, lunch] }), at('2026-11-23T12:00:00Z'))).toBe(
    at('2026-11-23T17:00:00Z'),
  );
});
