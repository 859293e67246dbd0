import { z } from 'zod';
import { durationAdvice, parseDuration } from '../../config/duration.ts';
import { isHttpsUrl } from '../../config/loopback.ts';
import { nearest } from '../../config/nearest.ts';

/** An object that knows all its keys. Several unknown ones make one issue, with a line of text for each. */
export const strict = <Shape extends z.core.$ZodShape>(shape: Shape) => {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => unknownName(key, known)).join('\n');
      if (issue.input === undefined || issue.input === null) return plainWords(issue);
      return `write lines of the form \`name: value\` here, with these names: ${known.join(', ')}`;
    },
  });
};

/** What to say about a name that isn't one of the known ones. */
export function unknownName(name: string, known: readonly string[]): string {
  const [near] = nearest(name, known);
  return near === undefined
    ? `\`${name}\` means nothing here; known are ${known.join(', ')}`
    : `\`${name}\` means nothing here; did you mean \`${near}\`?`;
}

/** What the schema library says by itself, in plain words. */
export function plainWords(issue: z.core.$ZodRawIssue): string {
  if (issue.code !== 'invalid_type') return 'is not what can stand here';
  if (issue.input === undefined) return 'is missing';
  if (issue.input === null) return 'is empty: write a value, or delete the line';
  if (issue.expected === 'array') return 'write a list: `[a, b]`, or a line with `- ` for each';
  if (issue.expected === 'string') return 'write text; a number that is meant as text stands in quotes';
  return `write a ${issue.expected}`;
}

export const text = z.string().trim().min(1, 'is empty');

export const guid = z
  .guid({ error: (issue) => (typeof issue.input === 'string' ? 'is not a GUID' : undefined) })
  .transform((id) => id.toLowerCase());

export const count = z
  .number({ error: (issue) => (issue.input === undefined ? undefined : 'write a whole number') })
  .int('write a whole number')
  .min(1, 'must be 1 or more: a gate that needs nobody is no gate');

const day = 24 * 3_600_000;

/** What no timer waits for may be longer than the timers' 24 days. */
const longestSpan = 3650 * day;
const spanAdvice = 'a number with a unit, e.g. 12h, 30d or 365d, and no more than 3650d';

/** Milliseconds of a span as people write it; undefined for what is none. */
export const parseSpan = (written: string): number | undefined => parseDuration(written, longestSpan);

const time = (parse: (written: string) => number | undefined, advice: string) =>
  z
    .string({ error: (issue) => (issue.input === undefined ? undefined : `write ${advice}`) })
    // for editors
    .meta({ pattern: '^\\s*\\d+(\\.\\d+)?\\s?(ms|s|m|h|d)\\s*$' })
    .transform((written, context): number => {
      const value = parse(written);
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: `is not a duration: write ${advice}` });
      return z.NEVER;
    });

/** Milliseconds between two events of a rotation. */
export const duration = time((written) => parseDuration(written), durationAdvice);

/** Milliseconds between two dates. */
export const span = time(parseSpan, spanAdvice);

export const url = z
  .string()
  .refine(isHttpsUrl, 'is no https address, or has a password in it')
  .transform((written) => written.replace(/\/+$/, ''));
