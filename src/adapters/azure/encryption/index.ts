import type { AzureEncryption } from '../../../application/ports/encryption.ts';
import type { Context } from '../call.ts';
import { openEncryptedAccounts } from './accounts.ts';
import { openEncryptionKeys } from './keys.ts';
import { openKeyVaults } from './vaults.ts';

/** Customer-managed keys: the accounts that use them, the vaults that hold them, and the keys. */
export const openEncryption = (context: Context): AzureEncryption => ({
  accounts: openEncryptedAccounts(context),
  vaults: openKeyVaults(context),
  keys: openEncryptionKeys(context),
});
