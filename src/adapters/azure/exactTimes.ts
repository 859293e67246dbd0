import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { z } from 'zod';

const body = z.looseObject({ attributes: z.looseObject({}) });

/**
 * Writes a secret's or key's times into its request anew. keyvault-secrets 4.12.0 and keyvault-keys 4.10.2 cut
 * them to 32 bits (`(time / 1000) | 0`), so that one which expires after 19 January 2038 would be written as expired
 * since long ago (measured: 2100 became 1963).
 */
export const exactTimes = (times: { expiresOn?: Date; notBefore?: Date }): PipelinePolicy => ({
  name: 'exactTimes',
  sendRequest: (request, next) => {
    if (request.method !== 'GET' && typeof request.body === 'string') {
      const sent = body.parse(JSON.parse(request.body));
      const { expiresOn, notBefore } = times;
      if (expiresOn) sent.attributes['exp'] = seconds(expiresOn);
      if (notBefore) sent.attributes['nbf'] = seconds(notBefore);
      request.body = JSON.stringify(sent);
    }
    return next(request);
  },
});

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);
