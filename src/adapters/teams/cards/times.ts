const hour = 3_600_000;

/**
 * A point in time (epoch ms) that Teams shows in the reader's own time zone; with the day when it is not
 * near `now`. For a `TextBlock` only. The functions take no fraction of a second.
 * https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/text-features
 */
export function clock(at: number, now: number): string {
  const iso = `${new Date(at).toISOString().slice(0, 19)}Z`;
  const time = `{{TIME(${iso})}}`;
  return Math.abs(now - at) < 12 * hour ? time : `{{DATE(${iso}, SHORT)}} ${time}`;
}
