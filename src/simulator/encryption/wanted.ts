import type { AccountRow, EncryptionRow } from '../estate.ts';
import { field, refuse, type Reply } from '../http.ts';
import type { World } from '../world.ts';
import { invalidProperties } from './checks.ts';

export interface UpdateError {
  code: string;
  message: string;
}

/** Code and message of a refusal, as an operation that came to nothing gives them. */
export function errorOf({ body, status }: Reply): UpdateError {
  const error = field(body, 'error');
  return { code: text(field(error, 'code')) ?? String(status), message: text(field(error, 'message')) ?? '' };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/**
 * What a PATCH asks an account's encryption to be: a row, `'microsoft'`, or a refusal of what can never be.
 * Microsoft's pages disagree on the way back to a key of Microsoft's; here it is refused, as the newest say.
 */
export function wantedEncryption(
  account: AccountRow,
  encryption: unknown,
  world: World,
): { wanted: EncryptionRow | 'microsoft' } | { refusal: Reply } {
  const now = account.encryption;
  if (field(encryption, 'keySource') !== 'Microsoft.KeyVault') {
    return now
      ? {
          refusal: refuse(
            400,
            'BadRequest',
            'Updating the key source from Microsoft.KeyVault to Microsoft.CognitiveServices is not supported.',
          ),
        }
      : { wanted: 'microsoft' };
  }
  const given = field(encryption, 'keyVaultProperties');
  const key = text(field(given, 'keyName'));
  const uri = text(field(given, 'keyVaultUri'));
  if (!key || !uri || !URL.canParse(uri)) return { refusal: invalidProperties };
  const vault = vaultAt(uri, world);
  if (now && now.vault !== vault) {
    return {
      refusal: refuse(400, 'BadRequest', 'The key vault of a customer-managed key cannot be changed.'),
    };
  }
  const identityClientId = text(field(given, 'identityClientId'));
  // Whether leaving it out clears it is not confirmed: keeping it is the side that finds a careless client out.
  const version = text(field(given, 'keyVersion')) ?? now?.version ?? '';
  return { wanted: { vault, key, version, ...(identityClientId && { identityClientId }) } };
}

/** Name of the vault at an address; the address itself when there is none. */
function vaultAt(uri: string, world: World): string {
  const { origin } = new URL(uri);
  return [...world.vaultUrls].find(([, url]) => url === origin)?.[0] ?? origin;
}
