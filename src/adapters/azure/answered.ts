import type { HttpHeaders, PipelineResponse } from '@azure/core-rest-pipeline';
import { z } from 'zod';

/** What one complete answer said. Never holds its body. */
export interface Answered {
  readonly status: number;
  /** Whether the request carried a token. Key Vault is asked without one first, to hear its challenge. */
  readonly authorised: boolean;
  readonly headers: HttpHeaders;
  /** The innermost error code, e.g. `ScopeLocked`, `SecretDisabled`. */
  readonly code?: string;
  /** Of a 401 or 403: the action that the identity lacks. */
  readonly action?: string;
}

const errorBody = z.object({
  error: z.object({
    code: z.string().optional(),
    message: z.string().optional(),
    innererror: z.object({ code: z.string().optional() }).nullish(),
  }),
});

/** ARM and Key Vault name the action in the text of the message and nowhere else; it is shown, never decided upon. */
const actionIn = /(?:perform action|Action:) '([\w./*-]{1,160})'/;

/** A code goes into faults and logs, so it may only look like one. */
const codeLike = /^[\w.-]{1,80}$/;

export function answeredBy(response: PipelineResponse, authorised: boolean): Answered {
  const { status, headers } = response;
  if (status < 400) return { status, authorised, headers };
  const error = readError(response.bodyAsText ?? '');
  const code = [error?.innererror?.code, error?.code].find((one) => one !== undefined && codeLike.test(one));
  const action = status === 401 || status === 403 ? actionIn.exec(error?.message ?? '')?.[1] : undefined;
  return {
    status,
    authorised,
    headers,
    ...(code !== undefined && { code }),
    ...(action !== undefined && { action }),
  };
}

/** The `error` of an Azure error body; undefined when the text isn't one. */
export function readError(text: string): z.infer<typeof errorBody>['error'] | undefined {
  try {
    const parsed = errorBody.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.error : undefined;
  } catch {
    return undefined;
  }
}
