import { Server } from 'node:net';

/**
 * Loaded before the Playground (`--import`), to keep it to this machine and to the life of the demo.
 *
 * It listens on all interfaces and has no setting for it: here every `listen(port, …)` of the process is
 * bound to 127.0.0.1, so nobody on the network can press the demo's buttons. And it would outlive a demo
 * that was killed: here it ends when the channel to its parent closes.
 */
process.once('disconnect', () => process.exit());

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
const listen = Server.prototype.listen as (this: Server, ...args: unknown[]) => Server;

Server.prototype.listen = function (this: Server, ...args: unknown[]): Server {
  const [port, ...rest] = args;
  if (typeof port !== 'number') throw new Error('this process listens on a port of 127.0.0.1, or not at all');
  return listen.call(this, { port, host: '127.0.0.1' }, ...rest.filter((arg) => typeof arg === 'function'));
};
