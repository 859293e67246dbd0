/** One whole minute (epoch ms) of calls. */
export type Minute = Readonly<{ minute: number; calls: number; refused: number }>;

export const wholeMinute = (at: number): number => Math.floor(at / 60_000) * 60_000;

/**
 * Takes our own probes out of Azure Monitor's minutes. A probe is logged by our clock when it is sent and
 * counted by Azure's when it arrives. So what isn't found in its own minute is looked for in the next one
 * (it arrived late), then in the one before (our clock is ahead), if Azure shows its own minute at all:
 * else it may still be on its way there. No further, since that would hide a real refusal.
 */
export function subtractProbes(metrics: readonly Minute[], own: readonly Minute[]): readonly Minute[] {
  const clients = new Map(metrics.map((minute) => [minute.minute, { ...minute }]));
  const unfound = own.map((probes) => ({ ...probes }));
  for (const shift of [0, 1, -1]) {
    for (const probes of unfound) {
      const counted = clients.get(probes.minute + shift * 60_000);
      if (counted === undefined || (shift < 0 && !clients.has(probes.minute))) continue;
      for (const what of ['calls', 'refused'] as const) {
        const found = Math.min(counted[what], probes[what]);
        counted[what] -= found;
        probes[what] -= found;
      }
    }
  }
  return [...clients.values()].sort((a, b) => a.minute - b.minute);
}
