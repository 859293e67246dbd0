import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { gun } from './fire.ts';
import { shots, type Shot } from './shots.ts';
import { harmDone } from './verdict.ts';
import type { World } from './world.ts';

export type Finding = Readonly<{ n: number; why: string; shot: Shot }>;

export type Report = Readonly<{
  sent: number;
  seconds: number;
  statuses: ReadonlyMap<string, number>;
  findings: readonly Finding[];
  /** What must not have come of it; see verdict.ts. */
  harm: readonly string[];
  /** Bytes of the heap after a collection, when a third was sent and at the end; absent without --expose-gc. */
  heap?: Readonly<{ warm: number; end: number }>;
}>;

/** What is answered, apart from 200: each is a refusal in the door, and 503 the one failure that is documented. */
const known = new Set<number | string>([200, 400, 401, 403, 413, 415, 503]);
const batch = 500;
const atOnce = 24;

/**
 * Sends `count` generated requests, the same ones for the same seed. `only`: that one of them alone.
 * `503` counts as a finding too: nothing is out of reach here.
 */
export async function fuzz(
  world: World,
  { count, seed, only }: Readonly<{ count: number; seed: number; only?: number }>,
): Promise<Report> {
  const arbitrary = shots(world, String(seed));
  const { fire, close } = gun(world.url);
  const statuses = new Map<string, number>();
  const findings: Finding[] = [];
  let sent = 0;
  let warm: number | undefined;
  const began = performance.now();

  async function one(n: number, shot: Shot): Promise<void> {
    for (const status of await fire(shot)) {
      sent += 1;
      const key = String(status);
      statuses.set(key, (statuses.get(key) ?? 0) + 1);
      const why =
        !known.has(status) || status === 503
          ? `answered ${key}`
          : shot.heard === 'never' && status === 200
            ? 'heard what must not be'
            : undefined;
      if (why !== undefined && findings.length < 20) findings.push({ n, why, shot });
    }
  }

  for (let first = 0; first < count; first += batch) {
    const made = fc.sample(arbitrary, {
      numRuns: Math.min(batch, count - first),
      seed: seed * 1_000_003 + first,
    });
    const queue = made
      .map((shot, index) => ({ n: first + index, shot }))
      .filter(({ n }) => only === undefined || n === only);
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) await one(next.n, next.shot);
      }),
    );
    world.forget();
    if (warm === undefined && first + batch >= count / 3) warm = heapUsed();
  }
  const seconds = (performance.now() - began) / 1000;
  const end = heapUsed();
  close();
  return {
    sent,
    seconds,
    statuses,
    findings,
    harm: await harmDone(world),
    ...(warm === undefined || end === undefined ? {} : { heap: { warm, end } }),
  };
}

/** After a full collection; undefined where none can be asked for. */
function heapUsed(): number | undefined {
  if (globalThis.gc === undefined) return undefined;
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
