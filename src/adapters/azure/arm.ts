import { CognitiveServicesManagementClient } from '@azure/arm-cognitiveservices';
import { createPipelineRequest } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import type { Fault } from '../../domain/faults.ts';
import type { Result } from '../../domain/result.ts';
import { callAzure, type Call, type Context } from './call.ts';
import type { Operation } from './faults.ts';

/** One call to Azure Resource Manager by the client of one subscription. */
export function callArm<T>(
  context: Context,
  subscriptionId: string,
  operation: Operation,
  work: (client: CognitiveServicesManagementClient, call: Call) => Promise<T>,
  signal?: AbortSignal,
): Promise<Result<T, Fault>> {
  const { arm, armScope } = context.endpoints;
  return callAzure(
    context,
    new URL(arm).origin,
    operation,
    (call) => {
      const options = { ...call.client, endpoint: arm, credentialScopes: armScope };
      return work(new CognitiveServicesManagementClient(context.credential, subscriptionId, options), call);
    },
    signal,
  );
}

/** One answer of ARM that the client has no method for, through the client's own pipeline. */
async function ask<T>(
  client: CognitiveServicesManagementClient,
  { options }: Call,
  url: string,
  shape: z.ZodType<T>,
): Promise<T> {
  const answer = await client.sendRequest(createPipelineRequest({ url, abortSignal: options.abortSignal }));
  // the pipeline hands refusals over as answers; the wire has seen the status
  if (answer.status !== 200) throw new Error('not an answer with content');
  return shape.parse(JSON.parse(answer.bodyAsText ?? ''));
}

/** One resource of ARM that the client has no method for. `path` begins with a slash and holds the api-version. */
export const getArm = <T>(
  context: Context,
  path: string,
  shape: z.ZodType<T>,
  operation: Operation,
  signal?: AbortSignal,
): Promise<Result<T, Fault>> =>
  callArm(
    context,
    'none',
    operation,
    (client, call) => ask(client, call, `${context.endpoints.arm}${path}`, shape),
    signal,
  );

/** Every row of an ARM list that the client has no method for, page by page. `path` as above. */
export function listArm<T>(
  context: Context,
  path: string,
  row: z.ZodType<T>,
  operation: Operation,
  signal?: AbortSignal,
): Promise<Result<T[], Fault>> {
  const page = z.object({ value: z.array(row), nextLink: z.string().nullish() });
  return callArm(
    context,
    'none',
    operation,
    async (client, call) => {
      const rows: T[] = [];
      let next: string | null | undefined = `${context.endpoints.arm}${path}`;
      while (next) {
        const { value, nextLink }: z.infer<typeof page> = await ask(client, call, next, page);
        rows.push(...value);
        next = nextLink;
      }
      return rows;
    },
    signal,
  );
}
