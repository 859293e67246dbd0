import { expect, jest, test } from '@jest/globals';
import { sum, tallyOfJest } from '../support/tally.ts';
import type { Ending, JestReport } from '../support/tally.ts';

const good: JestReport = {
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};
const ended: Ending = { code: 0, late: false };
const failed: Ending = { code: 1, late: false };

test('counts what passed', () => {
  expect(tallyOfJest(good, ended)).toEqual({ passed: 5, failed: 0, notes: [] });
});

test('counts what failed, once, though jest then exits with 1', () => {
  expect(tallyOfJest({ ...good, numFailedTests: 2 }, failed)).toEqual({ passed: 5, failed: 2, notes: [] });
});

test.each(['numPendingTests', 'numTodoTests', 'numRuntimeErrorTestSuites'] as const)(
  'counts %s as failures, and says so',
  (field) => {
    const tally = tallyOfJest({ ...good, [field]: 3 }, ended);
    expect(tally).toMatchObject({ passed: 5, failed: 3 });
    expect(tally.notes.join()).toContain('3 ');
  },
);

test('a run that was killed before it could report has failed', () => {
  expect(tallyOfJest(undefined, { code: null, late: false })).toMatchObject({ passed: 0, failed: 1 });
});

test('a run that ends badly although every test passed has failed', () => {
  expect(tallyOfJest(good, failed)).toMatchObject({ passed: 5, failed: 1 });
});

test('a run that never ended has failed, beside its tests', () => {
  expect(tallyOfJest(good, { code: null, late: true })).toMatchObject({ passed: 5, failed: 1 });
});

test('a run without tests has failed', () => {
  expect(tallyOfJest({ ...good, numPassedTests: 0 }, ended)).toMatchObject({ passed: 0, failed: 1 });
});

test('adds up what runs side by side, whoever ends first', async () => {
  const gate = Promise.withResolvers<undefined>();
  const slow = () => gate.promise.then(() => ({ passed: 0, failed: 1 }));
  const fast = async () => {
    gate.resolve(undefined);
    return { passed: 1, failed: 0 };
  };
  expect(await sum(2, [slow, fast, fast])).toEqual({ passed: 2, failed: 1 });
});

test('a job that throws has failed', async () => {
  const shown = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const broken = () => Promise.reject(new Error('planted'));
  expect(await sum(1, [broken])).toEqual({ passed: 0, failed: 1 });
  expect(shown).toHaveBeenCalledTimes(1);
  shown.mockRestore();
});
