import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export type WebSockets = Readonly<{
  /** Answers an upgrade, and gives the opened web socket to `use`. */
  accept: (request: IncomingMessage, socket: Socket, head: Buffer, use: (opened: WebSocket) => void) => void;
  stop: () => void;
}>;

export function createWebSockets(): WebSockets {
  const server = new WebSocketServer({ noServer: true });
  return {
    accept: (request, socket, head, use) =>
      server.handleUpgrade(request, socket, head, (opened) => {
        opened.on('error', () => opened.terminate());
        use(opened);
      }),
    stop: () => {
      for (const open of server.clients) open.terminate();
    },
  };
}
