import { expect, test } from '@jest/globals';
import { subtractProbes } from '../../../src/application/steps/apiKeys/traffic.ts';
import { judgeTraffic } from '../../../src/domain/apiKeys/traffic.ts';

const minute = 60_000;
const at = (count: number, calls: number, refused: number) => ({ minute: count * minute, calls, refused });

test('our own probes are taken out of the minute they were sent in', () => {
  expect(subtractProbes([at(1, 10, 3)], [at(1, 4, 3)])).toEqual([at(1, 6, 0)]);
});

test('a probe that Azure counted in the next minute is taken out there', () => {
  expect(subtractProbes([at(1, 5, 0), at(2, 5, 1)], [at(1, 1, 1)])).toEqual([at(1, 4, 0), at(2, 5, 0)]);
});

test('a probe that Azure counted in the minute before, because our clock is ahead, is taken out there', () => {
  expect(subtractProbes([at(1, 9, 5), at(2, 20, 3)], [at(2, 8, 8)])).toEqual([at(1, 9, 0), at(2, 12, 0)]);
});

test('while Azure does not show the minute of our probes, they hide no refusal of the one before', () => {
  expect(subtractProbes([at(1, 5, 1)], [at(2, 1, 1)])).toEqual([at(1, 5, 1)]);
});

test('a probe that Azure never counted does not hide a refusal two minutes later', () => {
  const metrics = [at(1, 5, 0), at(2, 5, 0), at(3, 5, 1)];
  expect(subtractProbes(metrics, [at(1, 1, 1)]).map(({ refused }) => refused)).toEqual([0, 0, 1]);
});

const sample = (calls: number, refused: number, refusalsVisible: boolean | 'unknown' = true) => ({
  from: 0,
  to: 10 * minute,
  calls,
  refused,
  refusalsVisible,
});

test.each([
  ['one refusal where there were none is a rise', sample(100, 1), null, 'rise'],
  ['as many refusals as before are not', sample(100, 12), { minutes: 60, calls: 600, refused: 60 }, 'quiet'],
  ['far more than before are', sample(100, 30), { minutes: 60, calls: 600, refused: 60 }, 'rise'],
  ['calls without a refusal are quiet', sample(100, 0), null, 'quiet'],
  ['no calls at all are no evidence', sample(0, 0), null, 'noEvidence'],
  [
    'an Azure that does not show our own refused probe gives no evidence',
    sample(100, 0, false),
    null,
    'noEvidence',
  ],
] as const)('%s', (_name, given, baseline, verdict) => {
  expect(judgeTraffic(given, baseline)).toBe(verdict);
});
