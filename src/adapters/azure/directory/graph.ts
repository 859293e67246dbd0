import {
  bearerTokenAuthenticationPolicy,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type Pipeline,
} from '@azure/core-rest-pipeline';
import { z } from 'zod';
import type { Fault } from '../../../domain/faults.ts';
import type { Result } from '../../../domain/result.ts';
import { callAzure, type Call, type Context } from '../call.ts';
import type { Operation } from '../faults.ts';

/** Microsoft Graph: its address (https, no slash at its end) and the settings of the calls to it. */
export type Graph = Readonly<{ context: Context; url: string }>;

/** Posts a question that changes nothing, so that it may be sent again. `path` begins with a slash. */
export const postGraph = <T>(
  graph: Graph,
  path: string,
  body: object,
  shape: z.ZodType<T>,
  operation: Omit<Operation, 'sends'>,
): Promise<Result<T, Fault>> =>
  callGraph(graph, operation, (pipeline, call) =>
    ask(pipeline, call, { url: `${graph.url}/v1.0${path}`, body }, shape),
  );

/** Every row of a list of Graph, page by page. Ends early, with the rows it has, once there are more than `most`. */
export function listGraph<T>(
  graph: Graph,
  path: string,
  row: z.ZodType<T>,
  operation: Omit<Operation, 'sends'>,
  most = Infinity,
): Promise<Result<readonly T[], Fault>> {
  const page = z.object({ value: z.array(row), '@odata.nextLink': z.string().nullish() });
  return callGraph(graph, operation, async (pipeline, call) => {
    const rows: T[] = [];
    let next: string | null | undefined = `${graph.url}/v1.0${path}`;
    while (next && rows.length <= most) {
      const read: z.infer<typeof page> = await ask(pipeline, call, { url: next }, page);
      rows.push(...read.value);
      next = read['@odata.nextLink'];
    }
    return rows;
  });
}

const callGraph = <T>(
  { context, url }: Graph,
  operation: Omit<Operation, 'sends'>,
  work: (pipeline: Pipeline, call: Call) => Promise<T>,
): Promise<Result<T, Fault>> =>
  callAzure(context, new URL(url).origin, { ...operation, sends: 'retried' }, (call) => {
    const { retryOptions, redirectOptions, userAgentOptions } = call.client;
    const pipeline = createPipelineFromOptions({ retryOptions, redirectOptions, userAgentOptions });
    // Graph's audience is its address, in every cloud
    const scopes = `${new URL(url).origin}/.default`;
    pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential: context.credential, scopes }));
    return work(pipeline, call);
  });

async function ask<T>(
  pipeline: Pipeline,
  { client, options }: Call,
  { url, body }: Readonly<{ url: string; body?: object }>,
  shape: z.ZodType<T>,
): Promise<T> {
  const request = createPipelineRequest({
    url,
    abortSignal: options.abortSignal,
    ...(body !== undefined && {
      method: 'POST',
      body: JSON.stringify(body),
      headers: createHttpHeaders({ 'content-type': 'application/json' }),
    }),
  });
  const answer = await pipeline.sendRequest(client.httpClient, request);
  // the pipeline hands refusals over as answers; the wire has seen the status
  if (answer.status !== 200) throw new Error('not an answer with content');
  return shape.parse(JSON.parse(answer.bodyAsText ?? ''));
}
