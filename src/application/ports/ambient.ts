import type { Tools as DomainTools } from '../../domain/effects.ts';
import type { Digest } from '../../domain/ids.ts';

/** Milliseconds since the epoch. */
export interface Clock {
  now(): number;
}

/** Log events, not prose. No field ever holds a key, a token or a card body. */
export interface Log {
  info(fields: Readonly<{ event: string } & Record<string, unknown>>): void;
  warn(fields: Readonly<{ event: string } & Record<string, unknown>>): void;
  error(fields: Readonly<{ event: string } & Record<string, unknown>>): void;
}

export interface Random {
  /** A new rotation id, not yet known to be free. */
  rotationId(): string;
  /** 32 random bytes in hex. */
  salt(): string;
}

/** Pure functions that need a library: what the domain can't have of its own. */
export type Pure = DomainTools;

/** SHA-256 (hex) over canonical JSON (RFC 8785). */
export type DigestOf = (value: unknown) => Digest;

/** Waits, or rejects at once when the signal aborts. */
export type Pause = (ms: number, signal?: AbortSignal) => Promise<void>;

/** Those of the candidates that look most like the name, nearest first; none when nothing is near. */
export type Nearest = (name: string, candidates: readonly string[]) => readonly string[];
