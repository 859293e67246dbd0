import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sendAllowedAt } from '../../../src/application/sendLimits.ts';

const teams = [
  { sends: 7, within: 1000 },
  { sends: 8, within: 2000 },
  { sends: 60, within: 30_000 },
  { sends: 1800, within: 3_600_000 },
];

test('sends that wait as long as they are told never break a limit of Teams', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 100, maxLength: 200 }), (gaps) => {
      const sent: number[] = [];
      let now = 0;
      for (const gap of gaps) {
        now = sendAllowedAt(sent.toReversed(), now + gap);
        sent.push(now);
      }
      for (const { sends, within } of teams)
        for (const start of sent)
          expect(sent.filter((time) => time >= start && time < start + within).length).toBeLessThanOrEqual(
            sends,
          );
    }),
    { numRuns: 20 },
  );
});
