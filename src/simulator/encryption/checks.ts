import type { AccountRow, EncryptionRow, VaultRow } from '../estate.ts';
import { refuse, type Reply } from '../http.ts';
import { inForce, liveKey, traitsOf, versionOf } from '../keyStore.ts';
import type { World } from '../world.ts';
import { openerOf } from './opener.ts';
import { missingRights } from './rights.ts';

/*
 * The texts are those of Microsoft's tables of errors (encryption-keys-portal.md, and the sample
 * 32-customer-managed-keys-user-assigned-identity); the codes, and what looks at what, nobody has written down.
 */
const bad = (message: string): Reply => refuse(400, 'BadRequest', message);
export const invalidProperties = bad('KeyVaultProperties is invalid.');
const noStore = bad('Key store not found.');
const notRecoverable = bad('The encryption key must be recoverable and not purgeable.');
const notSupported = bad('Key version not supported.');
const forbidden = (why: string): Reply => refuse(403, 'Forbidden', why);

/** Why this account can't use that key; undefined when it can. */
export function refusalOf(account: AccountRow, wanted: EncryptionRow, world: World): Reply | undefined {
  const vault = world.estate.vaults.find(({ name, deleted }) => name === wanted.vault && deleted !== true);
  if (!vault || vault.location !== account.location) return noStore;
  if (vault.softDelete === false || vault.purgeProtection === false) return notRecoverable;
  const opener = openerOf(account, wanted.identityClientId, world.estate);
  if (opener === undefined) return invalidProperties;
  return (
    deniedTo(opener, vault, wanted.key, world) ?? (fits(vault, wanted, world) ? undefined : notSupported)
  );
}

/** The vault's own word to the identity of the account. */
export function deniedTo(opener: string, vault: VaultRow, key: string, world: World): Reply | undefined {
  if ((vault.tenant ?? world.estate.tenant) !== world.estate.tenant)
    return forbidden(`The identity '${opener}' is of another tenant than the key vault '${vault.name}'.`);
  if (vault.network?.defaultAction === 'Deny' && vault.network.bypass === 'None')
    return forbidden(`The firewall of the key vault '${vault.name}' does not let trusted services in.`);
  const missing = missingRights(vault, key, opener, world);
  if (missing.length === 0) return undefined;
  return forbidden(
    `The identity '${opener}' does not have ${missing.join(', ')} permission on key vault '${vault.name}'.`,
  );
}

/** RSA of 2048 bits or more, in force, with both operations. Microsoft's older pages say: of 2048 bits only. */
function fits(vault: VaultRow, { key: name, version }: EncryptionRow, world: World): boolean {
  const key = liveKey(vault, name);
  const one = key && versionOf(key, version);
  if (!key || !one || !inForce(one, world.now())) return false;
  const { kty, size = 2048, operations } = traitsOf(key, one);
  const wraps = operations.includes('wrapKey') && operations.includes('unwrapKey');
  return (kty === 'RSA' || kty === 'RSA-HSM') && size >= 2048 && wraps;
}
