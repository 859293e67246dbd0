import type { KeyRow } from './keyRows.ts';
import type { AccountRow, SecretRow, VaultRow } from './rows.ts';

export const production = '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e0001';
export const development = '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e0002';
export const tenant = '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e00ff';
/** Object id of the rotation service. */
export const service = '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e1001';

/** An account as most of them are. */
export const account = (name: string, row: Partial<AccountRow> = {}): AccountRow => ({
  name,
  subscription: production,
  resourceGroup: 'contoso-ai',
  location: 'westus3',
  kind: 'AIServices',
  subdomain: name,
  provisioningState: 'Succeeded',
  disableLocalAuth: false,
  publicNetworkAccess: 'Enabled',
  keyLength: 84,
  tags: { owner: 'contoso' },
  deployments: ['gpt-4o'],
  connections: [],
  ...row,
});

export const vault = (
  name: string,
  secrets: SecretRow[],
  keys: KeyRow[] = [],
  row: Partial<VaultRow> = {},
): VaultRow => ({
  name,
  subscription: production,
  resourceGroup: 'contoso-apps',
  location: 'westus3',
  secrets,
  keys,
  ...row,
});
