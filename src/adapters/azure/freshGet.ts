import {
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  proxyPolicy,
} from '@azure/core-rest-pipeline';
import { openWire } from './wire.ts';

export type Got =
  | Readonly<{ answered: true; status: number; body: string }>
  /** No complete answer. `sent`: whether the request may have left. `code`: e.g. `ECONNREFUSED`, `TimeoutError`. */
  | Readonly<{ answered: false; sent: boolean; code: string }>;

const pipeline = createEmptyPipeline();
pipeline.addPolicy(proxyPolicy());

/**
 * One GET on a connection of its own, without retries, redirects or any credential but `headers`. Gives at
 * most `limit` bytes of the body; a longer one is no answer (`TooLong`). `timeout` in milliseconds.
 */
export async function freshGet(
  url: URL,
  asked: Readonly<{ headers: Record<string, string>; timeout: number; limit: number }>,
  signal?: AbortSignal,
): Promise<Got> {
  const { headers, timeout, limit } = asked;
  const deadline = AbortSignal.timeout(timeout);
  const end = signal ? AbortSignal.any([signal, deadline]) : deadline;
  const wire = openWire({ origin: url.origin, signal: end, timeout, signed: false, keepAlive: false });
  try {
    const request = createPipelineRequest({
      url: url.href,
      headers: createHttpHeaders({ accept: 'application/json', ...headers }),
      abortSignal: end,
      streamResponseStatusCodes: new Set([Infinity]),
    });
    const { status, readableStreamBody } = await pipeline.sendRequest(wire.httpClient, request);
    let body = '';
    for await (const chunk of readableStreamBody ?? []) {
      body += chunk.toString('utf8');
      if (body.length > limit) return { answered: false, sent: true, code: 'TooLong' };
    }
    return { answered: true, status, body };
  } catch (error) {
    return { answered: false, sent: wire.sent(), code: deadline.aborted ? 'TimeoutError' : codeOf(error) };
  } finally {
    wire.close();
  }
}

/** A code of Node's or of OpenSSL's, else a plain word: an error's text could hold anything. */
function codeOf(error: unknown): string {
  const code: unknown =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : 'NoAnswer';
}
