import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export type Call = Readonly<{
  method: string;
  /** Decoded path segments. */
  path: readonly string[];
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  raw: string;
}>;

export type Handler = (call: Call, response: ServerResponse) => void | Promise<void>;

/** A plain HTTP server on a free port of loopback. */
export async function listen(handler: Handler) {
  const server = createServer((request, response) => {
    const handle = async (): Promise<void> => {
      const raw = await text(request);
      const url = new URL(request.url ?? '/', 'http://fake');
      const path = url.pathname
        .split('/')
        .filter((part) => part !== '')
        .map(decodeURIComponent);
      const { method = 'GET', headers } = request;
      await handler({ method, path, query: url.searchParams, headers, raw }, response);
    };
    handle().catch((error: unknown) => {
      // a request that was cut off on purpose ends here too
      if (!response.headersSent) response.writeHead(500).end(error instanceof Error ? error.message : '');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake Teams has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async (): Promise<void> => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
