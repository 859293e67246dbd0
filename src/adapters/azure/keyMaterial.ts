import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import type { SealedKey } from '../../application/ports/azure.ts';
import { fingerprint as asFingerprint, type Fingerprint } from '../../domain/ids.ts';

/** HMAC-SHA-256 (hex) of a value. `salt`: 32 bytes in hex, the rotation's own. */
export const fingerprintOf = (value: string, salt: string): Fingerprint =>
  asFingerprint(createHmac('sha256', Buffer.from(salt, 'hex')).update(value, 'utf8').digest('hex'));

/** The value of a key. Printing, copying and serialising give its fingerprint only. */
export class Sealed implements SealedKey {
  readonly fingerprint: Fingerprint;
  readonly #value: string;

  constructor(value: string, salt: string) {
    this.#value = value;
    this.fingerprint = fingerprintOf(value, salt);
  }

  /** Opens one for the request that needs it. Throws on anything that this adapter didn't seal. */
  static open(sealed: SealedKey): string {
    if (!(#value in sealed)) throw new Error('not a key that this process holds');
    return sealed.#value;
  }

  toJSON(): object {
    return { fingerprint: this.fingerprint };
  }

  [inspect.custom](): string {
    return `Sealed(${this.fingerprint})`;
  }
}
