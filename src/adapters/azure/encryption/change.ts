import type { Account as ArmAccount } from '@azure/arm-cognitiveservices';
import { z } from 'zod';
import type { ChangeProgress, EncryptedAccount } from '../../../application/ports/encryption.ts';
import type { KeyAddress } from '../../../domain/encryptionKey/key.ts';
import type { Fault } from '../../../domain/faults.ts';
import { ok, type Result } from '../../../domain/result.ts';
import { partsOf } from '../accountIds.ts';
import { readError } from '../answered.ts';
import { callArm } from '../arm.ts';
import type { Context } from '../call.ts';
import { explained, refusedChange } from './azureSays.ts';
import { withoutFirstPoll } from './firstPoll.ts';

/**
 * Absolute: it says the same whatever came before, and names a version in any case, since nobody has confirmed
 * what a PATCH without one does to a stored version.
 */
const bodyFor = ({ key, identityClientId }: Target): ArmAccount => ({
  properties: {
    encryption: {
      keySource: 'Microsoft.KeyVault',
      keyVaultProperties: {
        keyVaultUri: key.vault,
        keyName: key.name,
        keyVersion: key.version,
        ...(identityClientId !== null && { identityClientId }),
      },
    },
  },
});

type Target = Readonly<{ key: KeyAddress; identityClientId: string | null }>;

/** See the port. Whether accounts heed If-Match nobody has confirmed; where they don't, it is as if it weren't sent. */
export async function pointAtKey(
  context: Context,
  account: EncryptedAccount,
  to: Target,
  signal?: AbortSignal,
): Promise<Result<Readonly<{ operation: string | null }>, Fault>> {
  const { subscriptionId, resourceGroup, name } = partsOf(account.id);
  let heard: string | undefined;
  const sent = await callArm(
    context,
    subscriptionId,
    {
      name: 'pointAtKey',
      doing: `change the encryption key of ${name}`,
      thing: `The account ${name}`,
      sends: 'once',
      needs: { action: 'Microsoft.CognitiveServices/accounts/write', role: 'Cognitive Services Contributor' },
    },
    async (client, { options }) => {
      // inside the policy that reads bodies, so that its answer is read like any other
      client.pipeline.addPolicy(withoutFirstPoll, { afterPhase: 'Deserialize' });
      const poller = await client.accounts.beginUpdate(resourceGroup, name, bodyFor(to), {
        ...options,
        ...(account.etag !== null && { requestOptions: { customHeaders: { 'If-Match': account.etag } } }),
        onResponse: ({ status, bodyAsText }) => {
          if (status >= 400) heard = readError(bodyAsText ?? '')?.message;
        },
      });
      // done at once: Azure answered 200, or named no operation
      return { operation: poller.isDone() ? null : poller.toString() };
    },
    signal,
  );
  return explained(sent, name, heard);
}

const operationBody = z.object({
  status: z.string(),
  error: z.object({ code: z.string().optional(), message: z.string().optional() }).nullish(),
});
type OperationBody = z.infer<typeof operationBody>;

/** See the port. The SDK makes a plain Error of a failed operation, its reason in the text alone, so the answer itself is read. */
export async function progressOf(
  context: Context,
  id: string,
  operation: string,
  signal?: AbortSignal,
): Promise<Result<ChangeProgress, Fault>> {
  const { subscriptionId, resourceGroup, name } = partsOf(id);
  const looked = await callArm(
    context,
    subscriptionId,
    {
      name: 'changeProgress',
      doing: `say how far the change of ${name} is`,
      thing: `The running change of ${name}`,
      sends: 'retried',
      needs: {
        action: 'Microsoft.CognitiveServices/locations/operationResults/read',
        role: 'Cognitive Services Contributor',
      },
    },
    async (client, { options }) => {
      let answered: OperationBody | undefined;
      try {
        await client.accounts.beginUpdate(
          resourceGroup,
          name,
          {},
          {
            ...options,
            resumeFrom: operation,
            onResponse: ({ status, bodyAsText }) => {
              // after it the SDK reads the account as well, which says nothing more
              if (status === 200) answered ??= operationIn(bodyAsText ?? '');
            },
          },
        );
      } catch (error) {
        if (!answered) throw error;
      }
      if (!answered) throw new Error('an answer without a status');
      return answered;
    },
    signal,
  );
  return looked.ok ? ok(progress(name, looked.value)) : looked;
}

function operationIn(body: string): OperationBody | undefined {
  try {
    return operationBody.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

function progress(name: string, { status, error }: OperationBody): ChangeProgress {
  switch (status.toLowerCase()) {
    case 'succeeded':
      return { state: 'succeeded' };
    case 'failed':
      return { state: 'failed', fault: refusedChange(name, error?.code ?? 'Failed', 200, error?.message) };
    case 'canceled':
    case 'cancelled':
      return {
        state: 'canceled',
        fault: {
          kind: 'refused',
          code: 'Canceled',
          says: `The change of the encryption key of ${name} was canceled before it was done.`,
          remedy: 'See who canceled it, then press Retry.',
        },
      };
    default:
      return { state: 'inProgress' };
  }
}
