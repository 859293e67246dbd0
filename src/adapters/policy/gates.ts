import { z } from 'zod';
import { type People, peopleNamed } from './people.ts';
import { count, strict } from './words.ts';

/**
 * A gate: how many of whom. Who asks for a rotation never counts, and may be one of the people named. So
 * `need` must leave room for one: with two of two, nobody of the two could ever ask, and it would be found
 * out on the day of the leak.
 */
const gate = (people: People) =>
  strict({ need: count, from: peopleNamed(people) }).superRefine(({ need, from }, context) => {
    const say = (message: string) => context.addIssue({ code: 'custom', path: ['need'], message });
    if (need < 1 || from.length === 0) return;
    if (need > from.length) say(`can never be reached: ${need} are needed and ${from.length} named`);
    if (need === from.length)
      say('needs everybody who is named, but who asks never counts: name one more person');
  });

/** Both gates. */
export const gates = (people: People) => strict({ prepare: gate(people), retire: gate(people) });

/** Those that an account has for itself; the others are the file's. */
export const ownGates = (people: People) =>
  strict({ prepare: gate(people).exactOptional(), retire: gate(people).exactOptional() });

export const afterwards = z.enum(['stay', 'ask', 'switchBack'], { error: 'write stay, ask or switchBack' });
