import { z } from 'zod';
import type { Lock } from '../../application/ports/azure.ts';
import type { Fault } from '../../domain/faults.ts';
import { ok, type Result } from '../../domain/result.ts';
import { covers, partsOf } from './accountIds.ts';
import { listArm } from './arm.ts';
import type { Context } from './call.ts';

const lock = z.object({ id: z.string(), name: z.string(), properties: z.object({ level: z.string() }) });

/** Locks at an account and above; those on something below it, e.g. a deployment, don't touch its keys. */
export async function listLocks(
  context: Context,
  id: string,
  signal?: AbortSignal,
): Promise<Result<readonly Lock[], Fault>> {
  const listed = await listArm(
    context,
    `${id}/providers/Microsoft.Authorization/locks?api-version=2020-05-01`,
    lock,
    {
      name: 'locks',
      doing: `list the locks of ${partsOf(id).name}`,
      thing: `The account ${partsOf(id).name}`,
      sends: 'retried',
      needs: { action: 'Microsoft.Authorization/locks/read', role: 'Reader' },
    },
    signal,
  );
  if (!listed.ok) return listed;
  return ok(
    listed.value.flatMap(({ id: lockId, name, properties: { level } }) =>
      (level === 'ReadOnly' || level === 'CanNotDelete') && covers(scopeOf(lockId), id)
        ? [{ name, level }]
        : [],
    ),
  );
}

const scopeOf = (lockId: string): string =>
  lockId.replace(/\/providers\/Microsoft\.Authorization\/locks\/[^/]+$/i, '');
