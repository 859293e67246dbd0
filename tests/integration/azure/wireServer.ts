import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface WireServer extends AsyncDisposable {
  url: string;
  /** `METHOD path authorised?` of each request. */
  requests: string[];
}

/** An https server on loopback for what the simulated Azure never does. */
export async function startWireServer(
  certificate: { key: string; cert: string },
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<WireServer> {
  const requests: string[] = [];
  const server = createServer(certificate, (request, response) => {
    const authorised = request.headers.authorization === undefined ? 'bare' : 'authorised';
    requests.push(`${request.method ?? ''} ${request.url?.split('?')[0] ?? ''} ${authorised}`);
    request.resume().on('end', () => answer(request, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Key Vault's challenge to a request without a token. */
export const challenge = {
  'www-authenticate':
    'Bearer authorization="https://login.microsoftonline.com/7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e00ff", resource="https://vault.azure.net"',
};
