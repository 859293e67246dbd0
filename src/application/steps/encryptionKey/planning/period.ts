const units = [
  ['year', /(\d+)Y/],
  ['month', /(\d+)M/],
  ['week', /(\d+)W/],
  ['day', /(\d+)D/],
] as const;

/**
 * A period of a vault's rotation policy in words: `2 years`, `1 year 6 months`. Such a policy counts in days or
 * more (ISO 8601, e.g. `P90D`; Key Vault, "Configure key auto-rotation"); anything else stays as it is.
 */
export function period(iso: string): string {
  const days = iso.split('T')[0] ?? '';
  const parts = units.flatMap(([unit, pattern]) => {
    const count = pattern.exec(days)?.[1];
    return count === undefined ? [] : [`${count} ${unit}${count === '1' ? '' : 's'}`];
  });
  return parts.length === 0 ? iso : parts.join(' ');
}
