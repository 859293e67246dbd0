import { parseDuration } from '../../../config/duration.ts';
import type { Timing } from '../../../domain/policy.ts';
import type { Finding } from '../problems.ts';
import { defaultTiming, leastWrapPatience } from '../timing.ts';
import { parseSpan } from '../words.ts';
import { disagreements, type Value } from './pairs.ts';
import { accountsOf, type Owner, part, rulesOf } from './parts.ts';

const read = (owner: unknown, name: keyof Timing): number | undefined => {
  const text = part(part(owner, 'timing'), name);
  const parse = name === 'expiryWarning' ? parseSpan : parseDuration;
  return typeof text === 'string' ? parse(text) : undefined;
};

const wait = (name: keyof Timing): Value<number> => ({
  read: (owner) => read(owner, name),
  path: ['timing', name],
  otherwise: defaultTiming[name],
});

/** Waits that are longer than the whole that they divide. */
export function waitChecks(data: unknown): readonly Finding[] {
  const pairs: readonly (readonly [keyof Timing, keyof Timing])[] = [
    ['watchEvery', 'soak'],
    ['deadEvery', 'deadWithin'],
    ['wrapEvery', 'wrapUsually'],
    ['wrapUsually', 'wrapPatience'],
    ['rightEvery', 'rightWithin'],
  ];
  return pairs.flatMap(([each, whole]) =>
    disagreements(data, wait(each), wait(whole), (a, b) =>
      a <= b ? undefined : `${each} is longer than ${whole}`,
    ),
  );
}

/** Azure takes its time with a change of the encryption key. A simulated one needn't. */
export const patienceChecks = (data: unknown): readonly Finding[] =>
  ownersOf(data).flatMap(({ part: owner, path }): Finding[] => {
    const patience = read(owner, 'wrapPatience');
    if (patience === undefined || patience >= leastWrapPatience) return [];
    const says = 'Azure may need half an hour: write 30m or more';
    return [{ path: [...path, 'timing', 'wrapPatience'], says }];
  });

const lifetime: Value<number> = {
  read: (owner) => {
    const text = part(part(owner, 'encryption'), 'lifetime');
    return typeof text === 'string' ? parseSpan(text) : undefined;
  },
  path: ['encryption', 'lifetime'],
};

/** What a new encryption key must not, or had better not, be like. */
export const encryptionChecks = (data: unknown): readonly Finding[] => [
  ...ownersOf(data).flatMap(({ part: owner, path }): Finding[] => {
    const bits = part(part(owner, 'encryption'), 'bits');
    if (bits !== 3072 && bits !== 4096) return [];
    // older pages: "Only RSA and RSA-HSM keys of size 2048"; newer ones: "a minimum size of 2048 bits"
    const says = `some of Microsoft's pages allow keys of 2048 bits only, so Azure may refuse ${bits}: 2048 is safe`;
    return [{ path: [...path, 'encryption', 'bits'], says, weight: 'warning' }];
  }),
  ...disagreements(data, lifetime, wait('expiryWarning'), (lives, warned) =>
    lives > warned
      ? undefined
      : 'lifetime is no longer than expiryWarning: every new version would raise the alarm at once',
  ),
];

const ownersOf = (data: unknown): readonly Owner[] => [
  { part: data, path: [] },
  ...rulesOf(data),
  ...accountsOf(data),
];
