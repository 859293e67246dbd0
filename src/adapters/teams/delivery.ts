import type { Delivery } from '../../application/ports/messenger.ts';
import { NoToken } from './clientSecret.ts';
import { TooLate, type Wire } from './connector.ts';

type Failure = Extract<Delivery, { ok: false }>;

/** Codes of connections that were never made. */
const notSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'CERT_HAS_EXPIRED',
]);

/**
 * What an error of the connector means for a message. Teams names 429, 412, 502 and 504 as those to try
 * again ("Rate limiting for bots", Microsoft Learn). Nothing of the answer's text is passed on, only its
 * code: it can quote what was sent.
 */
export function failureOf(error: unknown, wire: Wire): Failure {
  if (error instanceof NoToken) return { ok: false, when: 'later', why: 'no token for Teams' };
  if (error instanceof TooLate || !wire.sent) return { ok: false, when: 'later', why: 'not sent' };
  const { status, code, retryAfter } = readError(error);
  const why = code === undefined ? `status ${status ?? 'none'}` : `status ${status ?? 'none'}, ${code}`;
  const after = retryAfter === undefined ? {} : { after: retryAfter };
  if (status === undefined)
    return {
      ok: false,
      when: code !== undefined && notSent.has(code) ? 'later' : 'unknown',
      why: code ?? 'no answer',
    };
  // a 2xx that can't be read: the message stands there
  if (status < 300) return { ok: false, when: 'unknown', why: 'unreadable answer' };
  // a wrong secret is mended by people, and then the message is still wanted
  if ([401, 412, 429, 502, 503, 504].includes(status)) return { ok: false, when: 'later', ...after, why };
  if (status === 408 || status >= 500) return { ok: false, when: 'unknown', ...after, why };
  return { ok: false, when: 'never', status, why };
}

type Read = Readonly<{ status?: number; code?: string; retryAfter?: number }>;

/** The SDK's RestError, as far as it is of use: its status, the code in the answer's body, the header. */
function readError(error: unknown): Read {
  if (!isRecord(error)) return {};
  const status = error['statusCode'];
  const response = isRecord(error['response']) ? error['response'] : {};
  const code = codeIn(response['bodyAsText']) ?? codeOf(error['code']);
  const retryAfter = retryAfterOf(response['headers']);
  return {
    ...(typeof status === 'number' ? { status } : {}),
    ...(code === undefined ? {} : { code }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

/** Only a plain word: a code never holds what somebody wrote. */
const codeOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z0-9_]{1,60}$/.test(value) ? value : undefined;

function codeIn(body: unknown): string | undefined {
  if (typeof body !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(body);
    return isRecord(parsed) && isRecord(parsed['error']) ? codeOf(parsed['error']['code']) : undefined;
  } catch {
    return undefined;
  }
}

/** Retry-After in milliseconds, from seconds or a date (RFC 9110 §10.2.3). */
function retryAfterOf(headers: unknown): number | undefined {
  if (!isRecord(headers) || typeof headers['get'] !== 'function') return undefined;
  const get = headers['get'] as (this: unknown, name: string) => unknown;
  const text = get.call(headers, 'retry-after');
  if (typeof text !== 'string') return undefined;
  if (/^\d{1,6}$/.test(text.trim())) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
