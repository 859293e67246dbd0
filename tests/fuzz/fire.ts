import { Agent, request } from 'node:http';
import type { Shot } from './shots.ts';

/** Sends shots over connections that are kept; a request without an answer after that is one that hangs. */
const patience = 15_000;

export function gun(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 24 });
  /** Gives the status; `cut`: the server closed the connection; `hangs`: it never answered. */
  const once = ({ headers, body }: Shot): Promise<number | 'cut' | 'hangs'> =>
    new Promise((settle) => {
      const bytes = Buffer.from(body);
      const sent = request(
        url,
        { method: 'POST', agent, headers: { ...headers, 'content-length': bytes.length }, timeout: patience },
        (response) => {
          response.on('error', () => settle('cut'));
          response.on('end', () => settle(response.statusCode ?? 0));
          response.resume();
        },
      );
      sent.on('timeout', () => {
        settle('hangs');
        sent.destroy();
      });
      sent.on('error', () => settle('cut'));
      sent.end(bytes);
    });
  return {
    fire: (shot: Shot) => Promise.all(Array.from({ length: shot.times }, () => once(shot))),
    close: (): void => agent.destroy(),
  };
}
