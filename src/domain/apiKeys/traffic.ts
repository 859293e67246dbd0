import type { Plan } from './plan.ts';

/** What Azure Monitor showed since `from`; our own probes are already taken out. Times are epoch milliseconds. */
export type TrafficSample = Readonly<{
  from: number;
  to: number;
  /** Calls of every status. */
  calls: number;
  /** Calls answered 401. */
  refused: number;
  /**
   * Whether Azure showed us the 401s of our own probes. If it doesn't count refused calls,
   * zero refusals prove nothing. `unknown` while no probe of ours lies inside the window.
   */
  refusalsVisible: boolean | 'unknown';
}>;

export type TrafficVerdict = 'quiet' | 'rise' | 'noEvidence';

/**
 * One look: `window` since the newest change that could hurt somebody, `total` since the
 * request (for the summary), or why there was nothing to see.
 */
export type TrafficLook = Readonly<
  { at: number } & ({ window: TrafficSample; total: TrafficSample } | { unavailable: string })
>;

/** Azure counts whole minutes; those of the minute that has begun belong to what was before. Epoch ms. */
export const nextMinute = (at: number): number => Math.ceil(at / 60_000) * 60_000;

/**
 * Judges a sample against the time before the rotation. The refusals that the earlier rate leads one
 * to expect may vary by three standard deviations of a Poisson count; with no refusals before, a
 * single one is a rise: better to stop for a stranger's typing error than to miss a consumer.
 */
export function judgeTraffic(sample: TrafficSample, baseline: Plan['baseline']): TrafficVerdict {
  const minutes = Math.max(1, (sample.to - sample.from) / 60_000);
  const expected = baseline === null ? 0 : (baseline.refused / Math.max(1, baseline.minutes)) * minutes;
  if (sample.refused > expected + 3 * Math.sqrt(expected)) return 'rise';
  if (sample.calls - sample.refused <= 0 || sample.refusalsVisible === false) return 'noEvidence';
  return 'quiet';
}
