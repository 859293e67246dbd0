/** A span in words for people, from milliseconds: `40 s`, `1 min 40 s`, `25 min`, `2 h 5 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${String(seconds)} s`;
  if (seconds < 600) return withRest(`${String(Math.floor(seconds / 60))} min`, seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${String(minutes)} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return withRest(`${String(hours)} h`, minutes % 60, 'min');
  return withRest(`${String(Math.floor(hours / 24))} d`, hours % 24, 'h');
}

const withRest = (whole: string, rest: number, unit: string): string =>
  rest === 0 ? whole : `${whole} ${String(rest)} ${unit}`;
