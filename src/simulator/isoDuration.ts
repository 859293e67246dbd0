const pattern = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?$/;

/** `from` (epoch seconds) plus a duration such as `P2Y` or `P90D`; undefined when it isn't one. */
export function plus(from: number, duration: string): number | undefined {
  const found = pattern.exec(duration);
  if (!found || duration === 'P') return undefined;
  const [years = 0, months = 0, days = 0] = found.slice(1).map((text) => Number(text || 0));
  const date = new Date(from * 1000);
  date.setUTCFullYear(date.getUTCFullYear() + years, date.getUTCMonth() + months, date.getUTCDate() + days);
  return Math.floor(date.getTime() / 1000);
}

/** Whether a duration is at least so many days; false when it isn't a duration. */
export const atLeastDays = (duration: string, days: number): boolean =>
  (plus(0, duration) ?? -1) >= days * 86_400;
