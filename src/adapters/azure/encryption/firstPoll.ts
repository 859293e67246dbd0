import { createHttpHeaders, type PipelinePolicy } from '@azure/core-rest-pipeline';

/**
 * Answers the poll that beginUpdate sends right behind its PATCH, without sending it. Were that poll lost, the
 * address of the accepted operation would be lost with it: the SDK gives its poller away only after it.
 */
export const withoutFirstPoll: PipelinePolicy = {
  name: 'withoutFirstPoll',
  sendRequest: (request, next) =>
    request.method === 'GET'
      ? Promise.resolve({
          status: 200,
          headers: createHttpHeaders({ 'content-type': 'application/json' }),
          request,
          bodyAsText: '{"status":"InProgress"}',
        })
      : next(request),
};
