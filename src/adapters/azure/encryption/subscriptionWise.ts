import type { Fault } from '../../../domain/faults.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { Context } from '../call.ts';
import { listSubscriptions, type Subscription } from '../subscriptions.ts';

/** How many subscriptions are asked at the same time. */
const atOnce = 4;

/** What one subscription's refusal may be; anything else makes the whole list worthless. */
const passedOver: readonly Fault['kind'][] = ['denied', 'missing', 'conflict', 'refused'];

/** Rows of every subscription, and the names of those that refused to be read. */
export async function subscriptionWise<T>(
  context: Context,
  read: (subscription: Subscription) => Promise<Result<readonly T[], Fault>>,
  signal?: AbortSignal,
): Promise<Result<Readonly<{ rows: readonly T[]; unread: readonly string[] }>, Fault>> {
  const seen = await listSubscriptions(context, signal);
  if (!seen.ok) return seen;
  const rows: T[] = [];
  const unread: string[] = [];
  for (let index = 0; index < seen.value.length; index += atOnce) {
    const some = seen.value.slice(index, index + atOnce);
    const listed = await Promise.all(some.map(async (one) => ({ one, got: await read(one) })));
    for (const { one, got } of listed) {
      if (got.ok) rows.push(...got.value);
      else if (passedOver.includes(got.error.kind)) unread.push(one.displayName);
      else return err(got.error);
    }
  }
  return ok({ rows, unread });
}
