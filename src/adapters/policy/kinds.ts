import { z } from 'zod';
import type { ConsumerKind, RegisteredConsumer } from '../../domain/apiKeys/consumers.ts';
import { type Names, peopleNamed } from './named.ts';
import { duration, strict, text, unknownName, url } from './words.ts';

/** The name stands on cards and in their ids, where a colon would divide it. */
const name = text.regex(
  /^[\w][\w .-]{0,63}$/,
  'write letters, digits, spaces, dots, hyphens and underscores, at most 64',
);

/** May be left out, but not be an empty list. */
const maybe = (names: Names) => peopleNamed(names).default([]);

/** How each kind of consumer is written in the file. A kind without an entry here doesn't compile. */
const kinds = {
  keyVaultSecret: (names: Names) =>
    strict({
      kind: z.literal('keyVaultSecret'),
      name,
      vault: url,
      secret: text.regex(
        /^[0-9A-Za-z-]{1,127}$/,
        'is no name of a secret: letters, digits and hyphens, at most 127',
      ),
      receipt: url.exactOptional(),
      pickupWithin: duration.exactOptional(),
      owners: maybe(names),
      deputies: maybe(names),
    }).refine(
      ({ receipt, pickupWithin, owners }) =>
        receipt !== undefined || pickupWithin !== undefined || owners.length > 0,
      'nothing could ever show that it uses the new key: add `receipt`, `pickupWithin` or `owners`',
    ),
  manual: (names: Names) =>
    strict({
      kind: z.literal('manual'),
      name,
      owners: peopleNamed(names),
      deputies: maybe(names),
    }),
} satisfies Record<ConsumerKind, (names: Names) => z.ZodType<RegisteredConsumer>>;

/** One registered consumer, of any kind. */
export function consumer(names: Names) {
  const known = Object.keys(kinds);
  return z.discriminatedUnion('kind', [kinds.keyVaultSecret(names), kinds.manual(names)], {
    error: ({ input }) => {
      const kind: unknown = (input as { kind?: unknown } | null | undefined)?.kind;
      return typeof kind === 'string' ? unknownName(kind, known) : `is missing: write ${known.join(' or ')}`;
    },
  });
}
