import { DefaultAzureCredential } from '@azure/identity';
import type { Azure } from '../../application/ports/azure.ts';
import type { Directory } from '../../application/ports/directory.ts';
import type { AzureEncryption } from '../../application/ports/encryption.ts';
import { openAccounts } from './accounts.ts';
import type { Context } from './call.ts';
import { openDirectory } from './directory/index.ts';
import { openEncryption } from './encryption/index.ts';
import { openKeys } from './keys.ts';
import { openReceipts } from './receipts.ts';
import { openSecrets } from './secrets.ts';
import { endpointsOf, type AzureSettings } from './settings.ts';
import { openTraffic } from './traffic.ts';

export type { AzureSettings } from './settings.ts';

/**
 * Azure through its own SDK, signed in as DefaultAzureCredential finds. Throws when an endpoint isn't https.
 * `close` forgets the retired keys that it holds in memory.
 */
export function openAzure(
  settings: AzureSettings,
): Azure & { readonly encryption: AzureEncryption; readonly directory: Directory; close(): void } {
  const context: Context = {
    settings,
    credential: new DefaultAzureCredential(),
    endpoints: endpointsOf(settings),
  };
  const keys = openKeys(context);
  return {
    accounts: openAccounts(context),
    keys,
    secrets: openSecrets(context),
    traffic: openTraffic(context),
    receipts: openReceipts(context),
    encryption: openEncryption(context),
    directory: openDirectory(context, {
      graphEndpoint: settings.graphEndpoint ?? null,
      tenant: settings.directoryTenant ?? null,
    }),
    close: keys.forgetAll,
  };
}
