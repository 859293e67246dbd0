import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export type Handlers = Readonly<{
  request: (path: string, request: IncomingMessage, response: ServerResponse) => Promise<void>;
  upgrade: (path: string, request: IncomingMessage, socket: Socket, head: Buffer) => void;
}>;

/**
 * Whether a request was meant for this server: by its own name (else a stranger's domain could be pointed
 * at 127.0.0.1), and, from a browser, by its own page (else any open page could press buttons).
 */
function ours({ headers }: IncomingMessage, port: number): boolean {
  const names = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = '', origin } = headers;
  return names.includes(host) && (origin === undefined || origin === `http://${host}`);
}

/** A server on 127.0.0.1 (`port` 0: any free one) that answers nobody but its own pages and local clients. */
export async function serveLoopback(
  wanted: number,
  { request, upgrade }: Handlers,
): Promise<{ port: number; stop: () => Promise<void> }> {
  const server = createServer((incoming, response) => {
    if (!ours(incoming, port)) {
      response.writeHead(403).end();
      return;
    }
    request(incoming.url ?? '/', incoming, response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (incoming: IncomingMessage, socket, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (ours(incoming, port) && socket instanceof Socket)
      upgrade(incoming.url ?? '/', incoming, socket, head);
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(wanted, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { port, stop };
}
