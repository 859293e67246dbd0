import type { ServerResponse } from 'node:http';

/** Which requests of the bot a fault meets. `send` covers new messages and replies. */
export type Operation = 'send' | 'update' | 'create' | 'member' | 'members' | 'token' | 'keys' | 'signIn';

/**
 * How Teams fails: with a status (`code` is the error's code in the body, `retryAfter` in seconds), by
 * cutting the connection before or after it took the request in, or by never answering. `garbled`: it took
 * the request in and answers 200 with something that is no JSON.
 */
export type Fault = Readonly<
  | { status: number; code?: string; retryAfter?: number }
  | { does: 'resetBefore' | 'resetAfter' | 'hang' | 'hangAfter' | 'garbled' }
>;

type Planned = {
  readonly on: Operation;
  readonly fault: Fault;
  times: number;
  readonly within: string | RegExp;
};

/** Faults on demand, first planned first met. */
export class Faults {
  readonly #planned: Planned[] = [];

  /** The next `times` requests of that kind fail like this; `within`: only those of one conversation, or of one that matches. */
  plan(on: Operation, fault: Fault, times = 1, within: string | RegExp = ''): void {
    this.#planned.push({ on, fault, times, within });
  }

  clear(): void {
    this.#planned.length = 0;
  }

  /** The fault that this request meets, if any; it counts as met. */
  take(on: Operation, conversation = ''): Fault | undefined {
    const found = this.#planned.find(
      (one) => one.on === on && one.times > 0 && isWithin(conversation, one.within),
    );
    if (found === undefined) return undefined;
    found.times -= 1;
    return found.fault;
  }
}

const isWithin = (conversation: string, within: string | RegExp): boolean =>
  typeof within === 'string' ? conversation.startsWith(within) : within.test(conversation);

/** Whether the request takes effect although it fails. */
export const lands = (fault: Fault | undefined): boolean =>
  fault === undefined ||
  ('does' in fault &&
    (fault.does === 'resetAfter' || fault.does === 'hangAfter' || fault.does === 'garbled'));

/** Answers as the fault says. */
export function fail(fault: Fault, response: ServerResponse): void {
  if ('status' in fault) {
    response.statusCode = fault.status;
    if (fault.retryAfter !== undefined) response.setHeader('retry-after', String(fault.retryAfter));
    response.setHeader('content-type', 'application/json');
    const error = {
      code: fault.code ?? 'Unknown',
      message: 'made by the fake Teams, not for anybody to read',
    };
    response.end(JSON.stringify({ error }));
    return;
  }
  switch (fault.does) {
    case 'resetBefore':
    case 'resetAfter':
      response.socket?.resetAndDestroy();
      return;
    case 'garbled':
      response.setHeader('content-type', 'application/json');
      response.end('{"id":');
      return;
    case 'hang':
    case 'hangAfter':
      return;
  }
}
