/** Who opens the vault for an account, and with which key its data is encrypted. */

export interface AccountIdentityRow {
  type: 'None' | 'SystemAssigned' | 'UserAssigned' | 'SystemAssigned, UserAssigned';
  /** Object id of the system-assigned one. */
  principalId?: string;
  /** Names of user-assigned ones. */
  userAssigned?: string[];
}

/** The customer-managed key of an account. */
export interface EncryptionRow {
  /** Name of the vault. */
  vault: string;
  key: string;
  /** `''`: the account follows the newest version by itself. */
  version: string;
  /** Client id of a user-assigned identity; absent: the system-assigned one opens the vault. */
  identityClientId?: string;
}

export interface IdentityRow {
  name: string;
  subscription: string;
  resourceGroup: string;
  objectId: string;
  clientId: string;
}

export interface RoleAssignmentRow {
  name: string;
  /** ARM id, also of a key in a vault; everything below it is covered. */
  scope: string;
  /** Object id of an identity. */
  principalId: string;
  /** Id (guid) of the role. */
  role: string;
  /** Epoch milliseconds; counts `timing.grantDelay` later. Absent: long ago. */
  grantedAt?: number;
  /** Shown as it is; nothing here judges it. */
  condition?: string;
}

export interface RoleDefinitionRow {
  /** Guid. */
  id: string;
  name: string;
  builtIn?: boolean;
  actions: string[];
  notActions?: string[];
  dataActions: string[];
  notDataActions?: string[];
}

/** ARM id of a user-assigned identity. */
export const identityId = (row: IdentityRow): string =>
  `/subscriptions/${row.subscription}/resourceGroups/${row.resourceGroup}` +
  `/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${row.name}`;
