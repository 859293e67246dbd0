import { KeyClient } from '@azure/keyvault-keys';
import type { AccountState } from '../../application/ports/azure.ts';
import type { Fault } from '../../domain/faults.ts';
import { ok, type Result } from '../../domain/result.ts';
import type { Context } from './call.ts';
import { callVault } from './vault.ts';

/**
 * Why an account that is encrypted with a customer-managed key may stop working: its key is gone, disabled,
 * expired or not yet valid. Null when the key is sound, or when Microsoft manages it.
 */
export async function encryptionTrouble(
  context: Context,
  { account, encryptionKey }: AccountState,
  signal?: AbortSignal,
): Promise<Result<string | null, Fault>> {
  if (!encryptionKey) return ok(null);
  const { vault, name, version } = encryptionKey;
  const key = await callVault(
    context,
    vault,
    {
      name: 'encryptionKey',
      doing: `read the encryption key ${name} of ${account.name}`,
      thing: `The encryption key ${name}`,
      sends: 'retried',
      needs: { action: 'Microsoft.KeyVault/vaults/keys/read', role: 'Key Vault Reader' },
    },
    async ({ url, ...checks }, { client, options }) =>
      // no version: the account follows the newest one
      new KeyClient(url, context.credential, { ...client, ...checks }).getKey(name, {
        ...options,
        ...(version !== '' && { version }),
      }),
    signal,
  );
  if (!key.ok) {
    return key.error.kind === 'missing' ? ok(`The encryption key ${name} does not exist (any more).`) : key;
  }
  const { enabled, expiresOn, notBefore } = key.value.properties;
  const now = context.settings.now();
  if (enabled === false) return ok(`The encryption key ${name} is disabled.`);
  if (expiresOn && expiresOn.getTime() <= now) {
    return ok(`The encryption key ${name} expired on ${expiresOn.toISOString()}.`);
  }
  if (notBefore && notBefore.getTime() > now) {
    return ok(`The encryption key ${name} is not valid before ${notBefore.toISOString()}.`);
  }
  return ok(null);
}
