const pattern = /^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})D)?$/;

/** `from` (epoch ms) plus or minus a duration of the kind that Key Vault takes (`P90D`, `P1Y6M`); null when it isn't one. */
export function plus(from: number, duration: string, sign: 1 | -1 = 1): number | null {
  const found = pattern.exec(duration);
  if (!found) return null;
  const [years = 0, months = 0, days = 0] = found.slice(1).map((text) => sign * Number(text || 0));
  const date = new Date(from);
  date.setUTCFullYear(date.getUTCFullYear() + years, date.getUTCMonth() + months, date.getUTCDate() + days);
  return date.getTime();
}
