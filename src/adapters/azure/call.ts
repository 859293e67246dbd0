import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient, PipelineRetryOptions, RedirectPolicyOptions } from '@azure/core-rest-pipeline';
import type { Fault } from '../../domain/faults.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { faultOf, type Operation } from './faults.ts';
import type { AzureSettings } from './settings.ts';
import { openWire } from './wire.ts';

/** What every part of this adapter works with. */
export interface Context {
  readonly settings: AzureSettings;
  readonly credential: TokenCredential;
  readonly endpoints: Readonly<{ arm: string; armScope: string; metricsOf: (region: string) => string }>;
}

/** What a call hands to the SDK: options for the client, and options for each of its operations. */
export interface Call {
  readonly client: Readonly<{
    httpClient: HttpClient;
    retryOptions: PipelineRetryOptions;
    redirectOptions: RedirectPolicyOptions;
    userAgentOptions: { userAgentPrefix: string };
  }>;
  readonly options: Readonly<{ abortSignal: AbortSignal }>;
}

/** How many times one request's time-out a call with retries and pages may take in all. */
const roomForRetries = 3;

/**
 * Makes one call to Azure at `origin`. A call that must be sent once has no retries, follows no redirect and
 * ends, its token included, within the time-out of one request: the SDK itself has no time-out at all, re-sends
 * a POST up to three times, and re-POSTs on 307 (measured). The client is made for the call: a shared Key Vault
 * client would keep the state of its challenge, and its connections, between calls.
 */
export async function callAzure<T>(
  { settings }: Context,
  origin: string,
  operation: Operation,
  work: (call: Call) => Promise<T>,
  signal?: AbortSignal,
): Promise<Result<T, Fault>> {
  const { callTimeout, log, now } = settings;
  const once = operation.sends === 'once';
  const deadline = AbortSignal.timeout(once ? callTimeout : callTimeout * roomForRetries);
  const end = signal ? AbortSignal.any([signal, deadline]) : deadline;
  const wire = openWire({ origin, signal: end, timeout: callTimeout, signed: true, keepAlive: true });
  const started = now();
  try {
    const client = {
      httpClient: wire.httpClient,
      retryOptions: once ? { maxRetries: 0 } : (settings.readRetries ?? {}),
      redirectOptions: { maxRetries: 0 },
      userAgentOptions: { userAgentPrefix: 'keysmith' },
    };
    const options = { abortSignal: end };
    end.throwIfAborted();
    // not every credential listens to the signal; what goes on after it can't be sent any more
    const value = await Promise.race([work({ client, options }), aborted(end)]);
    log.info({ event: 'azure.answered', operation: operation.name, origin, ms: now() - started });
    return ok(value);
  } catch (error) {
    const fault = faultOf(error, { sent: wire.sent(), last: wire.last() }, operation, now());
    const { kind, code, action } = fault;
    log.warn({
      event: 'azure.failed',
      operation: operation.name,
      origin,
      ms: now() - started,
      kind,
      code,
      action,
    });
    return err(fault);
  } finally {
    wire.close();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => {
      const timedOut = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
      reject(
        Object.assign(new Error('the call was ended'), { name: timedOut ? 'TimeoutError' : 'AbortError' }),
      );
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
