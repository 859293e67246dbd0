import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { fuzz, type Report } from '../fuzz/run.ts';
import { startWorld, type World } from '../fuzz/world.ts';

/** The short set of `npm run fuzz`: the same thousand shots each time. */
const count = 1000;
const seed = 20261123;

let world: World;
let report: Report;
beforeAll(async () => {
  // the chat SDK writes about each bad token there
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  world = await startWorld();
  report = await fuzz(world, { count, seed });
}, 120_000);
afterAll(async () => {
  await world.close();
  jest.restoreAllMocks();
}, 30_000);

test('generated activities are answered or refused: nothing fails, hangs or is cut off', () => {
  expect(
    report.findings.map(
      ({ n, why, shot }) => `${why}: --seed ${seed} --count ${count} --only ${n}, ${shot.what}`,
    ),
  ).toEqual([]);
  expect(report.sent).toBeGreaterThanOrEqual(count);
});

test('none of them meets a mistake of ours', () => {
  expect(world.logged.bugs).toEqual([]);
});

test('none of them counts a vote that isn’t one, or has an effect without its quorum', () => {
  expect(report.harm).toEqual([]);
});

test('they come through the whole door: some are heard, and some are refused for each of its reasons', () => {
  expect([...report.statuses.keys()].sort()).toEqual(['200', '400', '401', '413', '415']);
  expect([...world.logged.events.keys()]).toEqual(
    expect.arrayContaining([
      'activity.heard',
      'activity.refused serviceUrl',
      'activity.refused unauthorized',
      'click.malformed',
      'person.refused stranger',
      'person.refused unknownPerson',
    ]),
  );
});
