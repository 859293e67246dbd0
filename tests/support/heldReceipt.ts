import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Simulator } from '../../src/simulator/index.ts';

/** A consumer's receipt address that can be made to keep the next one who asks waiting, for ever. */
export async function startHeldReceipt(simulator: Simulator, version: () => string | undefined) {
  let arrived: (() => void) | undefined;
  const server = createServer(simulator.certificate, (_request, response) => {
    if (arrived !== undefined) {
      arrived();
      arrived = undefined;
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ secretVersion: version() }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/receipt`,
    /** Holds the next question; resolves when it was asked. */
    hold: (): Promise<void> => new Promise((settle) => (arrived = settle)),
    close: async (): Promise<void> => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
