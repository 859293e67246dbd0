import { Agent } from 'node:https';
import type { Duplex } from 'node:stream';

type Create = Agent['createConnection'];

/**
 * Connections of one call only, and the knowledge whether one of them ever got through its handshake: before
 * that, not a byte of a request has left. No connection outlives the call, so that a request never meets a
 * kept one that the other side is just closing (a reset that nobody could tell from a lost answer).
 */
export class WatchedAgent extends Agent {
  #secured = false;

  /** @param keepAlive whether the requests of this call share a connection. */
  constructor(keepAlive: boolean) {
    super({ keepAlive, maxCachedSessions: 0 });
  }

  get secured(): boolean {
    return this.#secured;
  }

  override createConnection(...given: Parameters<Create>): Duplex | null | undefined {
    const socket = super.createConnection(...given);
    socket?.once('secureConnect', () => {
      this.#secured = true;
    });
    return socket;
  }
}
