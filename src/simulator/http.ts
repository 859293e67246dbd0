import type { IncomingMessage } from 'node:http';
import type { PrincipalRow } from './estate.ts';
import type { SurfaceName } from './records.ts';

/** A request as the surfaces see it: address decoded, body parsed. */
export interface Call {
  method: string;
  /** Path without a trailing slash. */
  path: string;
  query: URLSearchParams;
  /** Scheme, host and port that the client wrote. */
  origin: string;
  header: (name: string) => string | undefined;
  /** Parsed JSON; undefined when there was none, or none that parses. */
  body: unknown;
  /** Gateway node of this connection. */
  node: number;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** One of Azure's faces. First it lets the caller in (or refuses), then faults strike, then it answers. */
export interface Surface {
  name: SurfaceName;
  /** The principal, undefined where there is none, or a refusal. */
  admit(call: Call): Promise<{ principal?: PrincipalRow } | { refusal: Reply }>;
  answer(call: Call, principal: PrincipalRow | undefined): Reply | Promise<Reply>;
  /** The error body of this surface. */
  error(code: string, message: string): unknown;
  /** Headers on every answer. */
  headers(call: Call, principal: PrincipalRow | undefined): Record<string, string>;
}

export const errorBody = (code: string, message: string, more: object = {}): unknown => ({
  error: { code, message, ...more },
});

export const refuse = (status: number, code: string, message: string, more: object = {}): Reply => ({
  status,
  body: errorBody(code, message, more),
});

export async function readCall(request: IncomingMessage, origin: string, node: number): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', origin);
  return {
    method: request.method ?? 'GET',
    path: decodeURIComponent(url.pathname).replace(/\/+$/, '') || '/',
    // URLSearchParams decodes names as well: TypeSpec clients send `api%2Dversion`
    query: url.searchParams,
    origin,
    header: (name) => {
      const value = request.headers[name.toLowerCase()];
      return Array.isArray(value) ? value[0] : value;
    },
    body: parse(Buffer.concat(chunks).toString('utf8')),
    node,
  };
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A field of a parsed body, if it is an object that has it. */
export const field = (body: unknown, name: string): unknown =>
  typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
