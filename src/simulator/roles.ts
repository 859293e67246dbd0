import type { RoleDefinitionRow } from './estate.ts';

const keys = 'Microsoft.KeyVault/vaults/keys';

const role = (id: string, name: string, row: Partial<RoleDefinitionRow>): RoleDefinitionRow => ({
  id,
  name,
  builtIn: true,
  actions: [],
  dataActions: [],
  ...row,
});

/** Built-in roles that matter to a key (learn.microsoft.com/azure/role-based-access-control/built-in-roles/security). */
export const builtInRoles: readonly RoleDefinitionRow[] = [
  role('12338af0-0e69-4776-bea7-57ae8d297424', 'Key Vault Crypto User', {
    dataActions: [
      `${keys}/read`,
      ...['update', 'backup', 'encrypt', 'decrypt', 'wrap', 'unwrap', 'sign', 'verify'].map(
        (verb) => `${keys}/${verb}/action`,
      ),
    ],
  }),
  role('e147488a-f6f5-4113-8e2d-b22465e65bf6', 'Key Vault Crypto Service Encryption User', {
    dataActions: [`${keys}/read`, `${keys}/wrap/action`, `${keys}/unwrap/action`],
  }),
  role('14b46e9e-c2b7-41b4-b07b-48a6ebf60603', 'Key Vault Crypto Officer', {
    dataActions: [`${keys}/*`, 'Microsoft.KeyVault/vaults/keyrotationpolicies/*'],
  }),
  role('00482a5a-887f-4fb3-b363-3b7fe8e74483', 'Key Vault Administrator', {
    dataActions: ['Microsoft.KeyVault/vaults/*'],
  }),
  role('21090545-7ca7-4776-b22c-e363652d74d2', 'Key Vault Reader', {
    actions: ['Microsoft.KeyVault/vaults/*/read'],
    dataActions: [
      'Microsoft.KeyVault/vaults/*/read',
      'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
    ],
  }),
  role('b24988ac-6180-42a0-ab88-20f7382dd24c', 'Contributor', {
    actions: ['*'],
    notActions: ['Microsoft.Authorization/*/Delete', 'Microsoft.Authorization/*/Write'],
  }),
];
