import type { HttpHeaders } from '@azure/core-rest-pipeline';

/** Milliseconds that an answer asked us to wait; undefined when it said nothing readable. `now`: epoch ms. */
export function retryAfter(headers: Pick<HttpHeaders, 'get'>, now: number): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const ms = wholeNumber(headers.get(name));
    if (ms !== undefined) return ms;
  }
  const text = headers.get('retry-after');
  const seconds = wholeNumber(text);
  if (seconds !== undefined) return seconds * 1000;
  const date = Date.parse(text ?? '');
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;
