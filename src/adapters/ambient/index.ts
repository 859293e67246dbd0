import { createHash, randomBytes, randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import canonicalize from 'canonicalize';
import type { Clock, DigestOf, Pause, Random } from '../../application/ports/ambient.ts';
import { digest } from '../../domain/ids.ts';

export const systemClock: Clock = { now: () => Date.now() };

export const pause: Pause = (ms, signal) =>
  wait(Math.max(0, ms), undefined, signal === undefined ? {} : { signal });

/** Crockford's base 32: no I, L, O or U, so that an id can be read aloud. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export const systemRandom: Random = {
  rotationId: () =>
    `R-${Array.from({ length: 6 }, () => letters.charAt(randomInt(letters.length))).join('')}`,
  salt: () => randomBytes(32).toString('hex'),
};

/** SHA-256 over canonical JSON (RFC 8785), so that the order of properties means nothing. Refuses what JSON can't hold. */
export const digestOf: DigestOf = (value) => {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('only what JSON can hold has a digest');
  return digest(createHash('sha256').update(text).digest('hex'));
};

export { nextOpen } from './calendar.ts';
