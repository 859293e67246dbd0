import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { z } from 'zod';

const secretBody = z.looseObject({ attributes: z.looseObject({}) });

/**
 * Writes a secret's times into its request anew. keyvault-secrets 4.12.0 cuts them to 32 bits
 * (`(time / 1000) | 0`), so that a secret which expires after 19 January 2038 would be written as expired
 * since long ago (measured: 2100 became 1963).
 */
export const exactTimes = (times: { expiresOn?: Date; notBefore?: Date }): PipelinePolicy => ({
  name: 'exactTimes',
  sendRequest: (request, next) => {
    if (request.method === 'PUT' && typeof request.body === 'string') {
      const body = secretBody.parse(JSON.parse(request.body));
      const { expiresOn, notBefore } = times;
      if (expiresOn) body.attributes['exp'] = seconds(expiresOn);
      if (notBefore) body.attributes['nbf'] = seconds(notBefore);
      request.body = JSON.stringify(body);
    }
    return next(request);
  },
});

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);
