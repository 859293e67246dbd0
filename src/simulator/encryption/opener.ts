import { createHash } from 'node:crypto';
import { accountId, type AccountRow, type Estate } from '../estate.ts';

/** Object id of an account's system-assigned identity; undefined when it has none. */
export function systemIdentity(account: AccountRow): string | undefined {
  const { type, principalId } = account.identity ?? { type: 'SystemAssigned' };
  return type.includes('SystemAssigned') ? (principalId ?? guidOf(accountId(account))) : undefined;
}

/** Object id of the identity that opens the vault for an account: its own, or the user-assigned one of that client id. */
export function openerOf(
  account: AccountRow,
  clientId: string | undefined,
  estate: Estate,
): string | undefined {
  if (clientId === undefined) return systemIdentity(account);
  const { type = 'None', userAssigned = [] } = account.identity ?? {};
  if (!type.includes('UserAssigned')) return undefined;
  return estate.identities?.find((row) => row.clientId === clientId && userAssigned.includes(row.name))
    ?.objectId;
}

/** A guid that stays the same for the same text. */
export function guidOf(text: string): string {
  const hex = createHash('sha256').update(text.toLowerCase()).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
