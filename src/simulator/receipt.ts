import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface ReceiptEndpoint {
  url: string;
  close(): Promise<void>;
}

/** `GET /receipt` → `{"secretVersion":"…"}`: a client's own word on which version it uses. 503 before it has one. */
export async function serveReceipt(
  certificate: { key: string; cert: string },
  port: number,
  version: () => string | undefined,
): Promise<ReceiptEndpoint> {
  const server = createServer(certificate, (request, response) => {
    const known = version();
    const found = request.method === 'GET' && request.url?.split('?')[0] === '/receipt';
    response.writeHead(!found ? 404 : known === undefined ? 503 : 200, {
      'content-type': 'application/json',
    });
    response.end(found && known !== undefined ? JSON.stringify({ secretVersion: known }) : '{}');
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/receipt`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
