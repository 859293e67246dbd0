import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { answeredBy, type Answered } from './answered.ts';
import { WatchedAgent } from './watchedAgent.ts';

/** What is known of one call by watching the wire, whatever the SDK makes of it. */
export interface Wire {
  /** Give it to the SDK's client: it sends to `origin` only, and nothing once `signal` is aborted. */
  readonly httpClient: HttpClient;
  /** Whether a request that Azure would act on may have left this machine. */
  readonly sent: () => boolean;
  /** The answer to the last request; null while (or if) it has none. */
  readonly last: () => Answered | null;
  readonly close: () => void;
}

export interface WireOptions {
  readonly origin: string;
  /** Ends the whole call. */
  readonly signal: AbortSignal;
  /** Milliseconds for each request with its answer's body. */
  readonly timeout: number;
  /** Whether Azure acts only on requests that carry a token. */
  readonly signed: boolean;
  /** Whether the call's requests share a connection. */
  readonly keepAlive: boolean;
}

const http = createDefaultHttpClient();

/** Opens the wire of one call. */
export function openWire({ origin, signal, timeout, signed, keepAlive }: WireOptions): Wire {
  const agent = new WatchedAgent(keepAlive);
  let last: Answered | null = null;
  let meant = false;
  let throughProxy = false;
  return {
    httpClient: {
      sendRequest: async (request) => {
        last = null;
        signal.throwIfAborted();
        // a nextLink or a redirect must not take the token elsewhere
        if (new URL(request.url).origin !== origin) throw new Error('the address is not the one agreed upon');
        const authorised = request.headers.has('authorization');
        // an agent stands there already when the SDK found a proxy in the environment
        if (request.agent === undefined) request.agent = agent;
        else if (request.agent !== agent) throughProxy = true;
        meant ||= authorised || !signed;
        // The SDK's own time-out ends with the answer's headers, and its timer outlives a failed request.
        const tooLong = AbortSignal.timeout(timeout);
        request.abortSignal = AbortSignal.any([signal, tooLong]);
        try {
          const response = await http.sendRequest(request);
          last = answeredBy(response, authorised);
          return response;
        } catch (error) {
          throw tooLong.aborted
            ? Object.assign(new Error('no answer in time'), { name: 'TimeoutError' })
            : error;
        } finally {
          // retries wait on it
          request.abortSignal = signal;
        }
      },
    },
    sent: () => meant && (agent.secured || throughProxy),
    last: () => last,
    close: () => agent.destroy(),
  };
}
