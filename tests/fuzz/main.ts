/**
 * `npm run fuzz -- --count 100000 --seed 7`: generated activities against the real endpoint. A finding is
 * printed with its number; `--seed 7 --count 100000 --only 4711` sends that one alone.
 */
import { parseArgs } from 'node:util';
import { fuzz } from './run.ts';
import { startWorld } from './world.ts';

/** The heap may grow by this much between a third and the end: caches that fill up, until they are full. */
const mostGrowth = 1.5;
/** Below it they have only begun to. */
const enoughForGrowth = 50_000;

const { values } = parseArgs({
  options: { count: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
});
const count = Number(values.count ?? '100000');
const seed = Number(values.seed ?? String(Date.now() % 100_000));
if (!(count >= 1) || !Number.isSafeInteger(seed)) throw new Error('--count and --seed are whole numbers');
const only = values.only === undefined ? {} : { only: Number(values.only) };

const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const sorted = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([key, n]) => `${key}: ${n}`)
    .join(', ');

console.log(`seed ${seed}, ${count} shots`);
const world = await startWorld();
const unhandled: string[] = [];
const keep = (error: unknown): void => {
  unhandled.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
};
process.on('unhandledRejection', keep);
process.on('uncaughtException', keep);
// the chat SDK writes about each bad token there
console.error = () => undefined;

let fine = false;
try {
  const { sent, seconds, statuses, findings, harm, heap } = await fuzz(world, { count, seed, ...only });
  const { bugs, events } = world.logged;
  console.log(`${sent} requests in ${seconds.toFixed(0)} s, ${(sent / seconds).toFixed(0)} a second`);
  console.log(`statuses   ${sorted(statuses)}`);
  console.log(`log events ${sorted(events)}`);
  const growth = heap === undefined ? 1 : heap.end / heap.warm;
  if (heap !== undefined)
    console.log(
      `heap       ${mb(heap.warm)} after a third, ${mb(heap.end)} at the end: ${growth.toFixed(2)} times`,
    );
  for (const { n, why, shot } of findings)
    console.log(
      `FINDING ${why}: --seed ${seed} --count ${count} --only ${n}\n  ${shot.what}\n  ${shot.body.slice(0, 600)}`,
    );
  for (const one of new Set(bugs.map((bug) => bug.slice(0, 800)))) console.log(`BUG ${one}`);
  for (const one of harm) console.log(`HARM ${one}`);
  for (const one of unhandled) console.log(`UNHANDLED ${one}`);
  const found = findings.length + bugs.length + harm.length + unhandled.length;
  fine = found === 0 && (count < enoughForGrowth || growth <= mostGrowth);
  console.log(fine ? 'nothing found' : 'found something');
} catch (error) {
  console.log(error);
}
await world.close();
process.exit(fine ? 0 : 1);
