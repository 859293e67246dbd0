import { err, ok, type Result } from './result.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A rotation as people name it in chat: `R-` and six characters of Crockford's base 32, e.g. `R-7K3FQ2`. */
export type RotationId = Branded<'RotationId'>;
/** One effect on the world. Stays the same for every retry, also for one that a person asks for. */
export type EffectKey = Branded<'EffectKey'>;
/** An Azure Resource Manager id, as Azure spells it: its own answers differ in case. */
export type AccountId = Branded<'AccountId'>;
/** SHA-256 (hex) over canonical JSON: what exactly somebody approved. */
export type Digest = Branded<'Digest'>;
/** HMAC-SHA-256 (hex) of a key value under the rotation's own salt. Never reversible, never comparable across rotations. */
export type Fingerprint = Branded<'Fingerprint'>;

const rotationPattern = /^R-[0-9A-HJKMNP-TV-Z]{6}$/;

/** Reads a rotation id that a person or a card wrote; refuses anything that isn't one. Case doesn't matter. */
export function parseRotationId(text: string): Result<RotationId, 'notARotationId'> {
  const upper = text.trim().toUpperCase();
  return rotationPattern.test(upper) ? ok(upper as RotationId) : err('notARotationId');
}

/** The key of one effect of one rotation, e.g. `R-7K3FQ2/regenerateIdleKey/1`. */
export function effectKey(rotation: RotationId, step: string, round: number): EffectKey {
  return `${rotation}/${step}/${String(round)}` as EffectKey;
}

export const accountId = (text: string): AccountId => text as AccountId;
export const digest = (text: string): Digest => text as Digest;
export const fingerprint = (text: string): Fingerprint => text as Fingerprint;
