import { ServerResponse } from 'node:http';
import restify, { type ServerOptions } from 'restify';

/**
 * Importing restify 12 replaces `writeHead` of every HTTP server in the process by one that returns nothing,
 * so `response.writeHead(…).end(…)` of any other server breaks. This gives the response back, as Node does.
 */
type WriteHead = (this: ServerResponse, ...given: unknown[]) => unknown;
const patched: unknown = Reflect.get(ServerResponse.prototype, 'writeHead');
const chained: WriteHead = function writeHead(...given) {
  (patched as WriteHead).apply(this, given);
  return this;
};
Reflect.set(ServerResponse.prototype, 'writeHead', chained);

/** restify's logger (pino, which its types leave out), told to be silent: it writes past the program's log. */
const logger: unknown = Reflect.get(restify, 'logger');
export const noLog = (logger as (options: object) => ServerOptions['log'])({ level: 'silent' });

export default restify;
