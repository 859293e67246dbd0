/** One whole minute (epoch ms) of calls. */
export type Minute = Readonly<{ minute: number; calls: number; refused: number }>;

export const wholeMinute = (at: number): number => Math.floor(at / 60_000) * 60_000;

/**
 * Takes our own probes out of Azure Monitor's minutes. A probe is logged when it is sent and counted by
 * Azure when it arrives, so what isn't found in its own minute is looked for in the next one; no further,
 * since that would hide a real refusal.
 */
export function subtractProbes(metrics: readonly Minute[], own: readonly Minute[]): readonly Minute[] {
  const probes = new Map(own.map((minute) => [minute.minute, minute]));
  const seen = new Map(metrics.map((minute) => [minute.minute, minute]));
  let carried: Minute = { minute: 0, calls: 0, refused: 0 };
  return [...new Set([...seen.keys(), ...probes.keys()])]
    .sort((a, b) => a - b)
    .map((minute) => {
      const shown = seen.get(minute) ?? { minute, calls: 0, refused: 0 };
      const ours = probes.get(minute) ?? { minute, calls: 0, refused: 0 };
      const late = carried.minute === minute - 60_000 ? carried : { minute, calls: 0, refused: 0 };
      const calls = shown.calls - ours.calls - late.calls;
      const refused = shown.refused - ours.refused - late.refused;
      carried = {
        minute,
        calls: Math.min(ours.calls, Math.max(0, -calls)),
        refused: Math.min(ours.refused, Math.max(0, -refused)),
      };
      return { minute, calls: Math.max(0, calls), refused: Math.max(0, refused) };
    });
}
