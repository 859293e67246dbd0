import { z } from 'zod';
import type { Fault } from '../../domain/faults.ts';
import type { Result } from '../../domain/result.ts';
import { listArm } from './arm.ts';
import type { Context } from './call.ts';

const subscription = z.object({ subscriptionId: z.string(), displayName: z.string() });
export type Subscription = Readonly<z.infer<typeof subscription>>;

/** Every subscription that the identity can see. */
export const listSubscriptions = (
  context: Context,
  signal?: AbortSignal,
): Promise<Result<Subscription[], Fault>> =>
  listArm(
    context,
    '/subscriptions?api-version=2022-12-01',
    subscription,
    {
      name: 'subscriptions',
      doing: 'list the subscriptions',
      thing: 'The list of subscriptions',
      sends: 'retried',
      needs: { action: 'Microsoft.Resources/subscriptions/read', role: 'Reader' },
    },
    signal,
  );
