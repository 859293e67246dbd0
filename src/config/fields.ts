import { z } from 'zod';
import { parseDuration } from './duration.ts';
import { isHttpsUrl, isSafeUrl } from './loopback.ts';
import { Secret } from './secret.ts';

/*
 * What a setting's text can be. Each message goes behind the setting's name ("PORT is not …") and
 * never repeats what was written: it may be a secret that went into the wrong line.
 */

const text = z.string({ error: 'is missing' });

/** Text that `read` understands; `refusal` is said when it answers undefined. */
const reading = <T>(read: (written: string) => T | undefined, refusal: string) =>
  text.transform((written, context): T => {
    const value = read(written);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: refusal });
    return z.NEVER;
  });

export const words = text;

export const guid = text.pipe(z.guid({ error: 'is not a GUID' })).transform((id) => id.toLowerCase());

/** GUIDs with a comma between them, in lower case. */
export const guids = reading((written) => {
  const all = written.split(',').map((one) => z.guid().safeParse(one.trim().toLowerCase()));
  return all.every((one) => one.success) ? all.map(({ data }) => data) : undefined;
}, 'holds something that is not a GUID');

/** One of these words; case doesn't matter. */
export const oneOf = <const Word extends string>(...known: readonly Word[]) =>
  reading(
    (written) => known.find((word) => word.toLowerCase() === written.toLowerCase()),
    `is none of ${known.join(', ')}`,
  );

export const wholeNumber = (least: number, most: number) =>
  reading((written) => {
    const number = /^\d{1,9}$/.test(written) ? Number(written) : NaN;
    return number >= least && number <= most ? number : undefined;
  }, `is not a whole number from ${least} to ${most}`);

/** Milliseconds. */
export const duration = reading(parseDuration, 'is not a duration');

const trimmed = (url: string): string => url.replace(/\/+$/, '');

/** An absolute URL without a slash at its end: https, or plain http to this machine alone. */
export const address = reading(
  (written) => (isSafeUrl(written) ? trimmed(written) : undefined),
  'is no https address (plain http is for this machine only)',
);

/** An https URL without a slash at its end: tokens travel there, and the SDKs send none over plain http. */
export const secureAddress = reading(
  (written) => (isHttpsUrl(written) ? trimmed(written) : undefined),
  'is no https address',
);

/** One that may hold `{region}` in its host, which the caller fills in. */
export const regionalAddress = reading(
  (written) => (isHttpsUrl(written.replaceAll('{region}', 'region')) ? trimmed(written) : undefined),
  'is no https address',
);

/** Addresses with a comma between them. */
export const addresses = reading((written) => {
  const all = written.split(',').map((one) => one.trim());
  return all.every(isSafeUrl) ? all.map(trimmed) : undefined;
}, 'holds something that is no https address (plain http is for this machine only)');

export const secret = text.transform((value) => new Secret(value));

/** `postgresql://…`, wrapped because it can hold a password: one with a `#` or `/` in it has to be escaped. */
export const databaseUrl = reading(
  (written) =>
    /^postgres(ql)?:\/\/\S+$/.test(written) && URL.canParse(written) ? new Secret(written) : undefined,
  'is no address of a PostgreSQL database',
);
