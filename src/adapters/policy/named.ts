import { z } from 'zod';
import type { Person } from '../../domain/people.ts';
import type { Voters } from '../../domain/policy.ts';
import type { Groups } from './groups.ts';
import type { People } from './people.ts';
import { unknownName } from './words.ts';

/** Everything that has a short name in the file. */
export type Names = Readonly<{ people: People; groups: Groups }>;

/** A list of short names of people, each of whom is known and named once. Gives the people. */
export const peopleNamed = ({ people, groups }: Names) =>
  shortNames((alias) =>
    groups.has(alias)
      ? `\`${alias}\` is a group, and only people can be named here`
      : (people.get(alias) ?? unknownPerson(alias, people)),
  ).transform((all): readonly Person[] => all);

/** The same of people and groups. Gives both, apart. */
export const votersNamed = ({ people, groups }: Names) =>
  shortNames(
    (alias) =>
      people.get(alias) ??
      groups.get(alias) ??
      unknownPerson(alias, new Map<string, unknown>([...people, ...groups])),
  ).transform((all): Voters => ({
    people: all.flatMap((one) => ('objectId' in one ? [one] : [])),
    groups: all.flatMap((one) => ('objectId' in one ? [] : [one])),
  }));

/** `find` gives what a name stands for, or what is wrong with it. */
const shortNames = <T extends object>(find: (alias: string) => T | string) =>
  z
    .array(z.string())
    .min(1, 'names nobody')
    .transform((names, context): readonly T[] =>
      names.map((name, index) => {
        const found = find(name);
        const say = (message: string) => context.addIssue({ code: 'custom', path: [index], message });
        if (names.indexOf(name) !== index) say(`\`${name}\` is named twice, and counts once`);
        if (typeof found !== 'string') return found;
        say(found);
        return z.NEVER;
      }),
    );

/** What to say about a short name that nobody has. */
export const unknownPerson = (name: string, known: ReadonlyMap<string, unknown>): string =>
  unknownName(name, [...known.keys()]).replace('means nothing here', 'is nobody in `people`');
