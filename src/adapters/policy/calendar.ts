import { DateTime, IANAZone } from 'luxon';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** `08:00`, and not `8:00`: the program compares them as text. */
export const clockTime = /^([01]\d|2[0-3]):[0-5]\d$/;

export const isZone = (name: string): boolean => IANAZone.isValidZone(name);

/**
 * Epoch ms at which a freeze begins or ends, of `2026-12-24` or `2026-12-24 18:00` in a time zone (IANA). A
 * day alone is the whole day: as an end it ends with it. Undefined for anything else.
 */
export function moment(text: string, zone: string, as: 'from' | 'to'): number | undefined {
  if (!isZone(zone)) return undefined;
  const day = /^\d{4}-\d\d-\d\d$/.test(text);
  if (!day && !/^\d{4}-\d\d-\d\d[ T]\d\d:\d\d$/.test(text)) return undefined;
  const at = DateTime.fromISO(text.replace(' ', 'T'), { zone });
  if (!at.isValid) return undefined;
  return (day && as === 'to' ? at.plus({ days: 1 }) : at).toMillis();
}
