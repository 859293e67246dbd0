import ms, { type StringValue } from 'ms';

/** Node's timers count in 31 bits: a longer one would fire at once. */
const longest = 2 ** 31 - 1;

export const durationAdvice = 'a number with a unit, e.g. 30s, 10m or 2h, and no more than 24d';

/**
 * Milliseconds of a duration as people write it: `500ms`, `30s`, `10m`, `2h`, `1d`.
 * Undefined for anything else: a number without a unit, zero, a negative one, more than `most` milliseconds
 * (24 days unless said otherwise).
 */
export function parseDuration(text: string, most = longest): number | undefined {
  const written = text.trim().toLowerCase();
  if (!/^\d+(\.\d+)?\s?(ms|s|m|h|d)$/.test(written)) return undefined;
  const duration = ms(written as StringValue);
  return duration >= 1 && duration <= most ? Math.round(duration) : undefined;
}
