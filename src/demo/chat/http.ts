import type { IncomingMessage, ServerResponse } from 'node:http';

const mebibyte = 1024 * 1024;

/** The whole body. Refuses more than 2 MiB: no message in Teams is nearly as long. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > 2 * mebibyte) throw new Error('body too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The body as JSON; `undefined` when it is none. */
export async function jsonOf(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse((await bodyOf(request)).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** An answer that was got from one server and is given to another's client. */
export type Answer = Readonly<{ status: number; type: string; body: Buffer }>;

export const answerJson = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: Buffer.from(JSON.stringify(value)),
});

/** Resolves when the last byte was handed to the network. */
export function give(response: ServerResponse, answer: Answer, cache = 'no-store'): Promise<void> {
  response.writeHead(answer.status, {
    'content-type': answer.type,
    'content-length': answer.body.length,
    'cache-control': cache,
    'x-content-type-options': 'nosniff',
  });
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.end(answer.body, resolve);
  });
}

const within = 30_000;

/** Asks another server, without anything of the first request's headers; a dead one answers as a 502. */
export async function ask(method: string, url: string, body?: unknown): Promise<Answer> {
  try {
    const answer = await fetch(url, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(within),
    });
    return {
      status: answer.status,
      type: answer.headers.get('content-type') ?? 'text/plain; charset=utf-8',
      body: Buffer.from(await answer.arrayBuffer()),
    };
  } catch {
    return answerJson(502, { error: { code: 'BadGateway', message: 'no answer from the next server' } });
  }
}

export const fine = (answer: Answer): boolean => answer.status >= 200 && answer.status < 300;

/** What an answer's body says as JSON; `undefined` when it is none. */
export function read(answer: Answer): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
