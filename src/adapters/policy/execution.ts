import { z } from 'zod';
import type { Execution } from '../../domain/policy.ts';
import { clockTime, isZone, moment, weekdays } from './calendar.ts';
import { duration, strict, text } from './words.ts';

/** What applies where an entry has windows or freezes and says nothing of the rest. */
export const defaultExecution: Execution = { windows: [], freezes: [], within: 7 * 24 * 3_600_000 };

const zone = text
  .refine(isZone, 'is no time zone: write its IANA name, e.g. Europe/Berlin or UTC')
  .describe('IANA name, e.g. Europe/Berlin');

const time = text.regex(clockTime, 'is no time of day: write it like 08:00 or 22:30');

const days = z
  .array(z.enum(weekdays, { error: `write ${weekdays.join(', ')}` }))
  .min(1, 'names no day')
  .superRefine((all, context) => {
    for (const [index, day] of all.entries())
      if (all.indexOf(day) !== index)
        context.addIssue({ code: 'custom', path: [index], message: `${day} is named twice` });
  })
  .transform((all) => all.map((day) => weekdays.indexOf(day) + 1).sort());

const window = strict({ days, from: time, to: time, zone });

const freeze = strict({ from: text, to: text, zone, says: text.describe('Why, for the card') }).transform(
  ({ from, to, zone: named, says }, context) => {
    const begins = moment(from, named, 'from');
    const ends = moment(to, named, 'to');
    const say = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const advice = 'is no date: write it like 2026-12-24, or 2026-12-24 18:00';
    if (begins === undefined) say('from', advice);
    if (ends === undefined) say('to', advice);
    if (begins === undefined || ends === undefined) return z.NEVER;
    if (ends <= begins) say('to', 'is not after `from`');
    return { from: begins, to: ends, says };
  },
);

/** When what was approved may be carried out. */
export const execution = strict({
  windows: z
    .array(window)
    .exactOptional()
    .describe('Every week, from one time to another; a `to` that is not after `from` is on the next day'),
  freezes: z.array(freeze).exactOptional().describe('Nothing is carried out in these times'),
  within: duration.exactOptional().describe('How long an approval may wait for a window; 7d'),
} satisfies Record<keyof Execution, z.ZodType>);
