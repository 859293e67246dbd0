import { request } from 'node:https';

export interface Answer {
  status: number;
  body: unknown;
}

export interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  ca: string;
  /** Milliseconds. */
  timeout?: number;
  signal?: AbortSignal;
}

/** One https call on a connection of its own, so that any gateway node may answer. Rejects when there is no whole answer. */
export function ask(
  url: string,
  { method = 'GET', headers = {}, body, ca, timeout = 10_000, signal }: Ask,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const sent = request(
      url,
      {
        method,
        ca,
        agent: false,
        timeout,
        ...(signal && { signal }),
        headers: { ...headers, ...(text !== undefined && { 'content-type': 'application/json' }) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          try {
            const parsed = JSON.parse(Buffer.concat(chunks).toString('utf8') || 'null') as unknown;
            resolve({ status: response.statusCode ?? 0, body: parsed });
          } catch {
            reject(new Error('the body is not JSON'));
          }
        });
      },
    );
    sent.on('timeout', () =>
      sent.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })),
    );
    sent.on('error', reject);
    sent.end(text);
  });
}
