import type {
  AccountIdentityRow,
  EncryptionRow,
  IdentityRow,
  RoleAssignmentRow,
  RoleDefinitionRow,
} from './encryptionRows.ts';
import type { DirectoryRow } from './directoryRows.ts';
import type { AccessPolicyRow, KeyRow, VaultNetworkRow } from './keyRows.ts';

/** What exists in the simulated Azure. Plain data: a new row needs no code. */

export interface Estate {
  /** Entra tenant id. */
  tenant: string;
  subscriptions: SubscriptionRow[];
  /** Who may sign in. The first one is the rotation service itself. */
  principals: PrincipalRow[];
  accounts: AccountRow[];
  vaults: VaultRow[];
  locks: LockRow[];
  /** User-assigned managed identities that accounts may have. */
  identities?: IdentityRow[];
  /** Roles of identities at scopes. What the principals above may do stands in their grants instead. */
  roleAssignments?: RoleAssignmentRow[];
  /** Custom roles; the built-in ones are there without being listed. */
  roleDefinitions?: RoleDefinitionRow[];
  /** The people and groups of the tenant. */
  directory?: DirectoryRow;
}

export interface SubscriptionRow {
  id: string;
  name: string;
}

export interface PrincipalRow {
  name: string;
  objectId: string;
  clientId: string;
  grants: Grant[];
  /** Application permissions of Microsoft Graph that an administrator has consented to. */
  graphPermissions?: string[];
}

/** A role assignment with its role spelt out, as in GET …/Microsoft.Authorization/permissions. */
export interface Grant {
  /** ARM id; everything below it is covered. */
  scope: string;
  /** `*` stands for any run of characters. */
  actions: string[];
  notActions?: string[];
  dataActions?: string[];
  notDataActions?: string[];
}

export type SlotName = 'Key1' | 'Key2';

export interface AccountRow {
  name: string;
  /** Subscription id. */
  subscription: string;
  resourceGroup: string;
  location: string;
  /** e.g. `AIServices`, `OpenAI`, `FormRecognizer`. Only the first two have the OpenAI surface. */
  kind: string;
  /** Custom subdomain, unique in all Azure; here the name on the data plane. */
  subdomain: string;
  provisioningState: string;
  disableLocalAuth: boolean;
  publicNetworkAccess: 'Enabled' | 'Disabled';
  /** Characters of a key: 32 hex in the older kinds, 84 letters and digits in the newer ones. */
  keyLength: 32 | 84;
  tags: Record<string, string>;
  /** Names of deployed models. */
  deployments: string[];
  connections: ConnectionRow[];
  /** Absent: a system-assigned identity, its object id made from the account's ARM id. */
  identity?: AccountIdentityRow;
  /** Absent: encrypted with a key of Microsoft's. */
  encryption?: EncryptionRow;
}

/** A connection of the account to another service; its credentials are write-only. */
export interface ConnectionRow {
  name: string;
  category: string;
  authType: string;
  target: string;
}

/** Unless said: a standard vault with Azure RBAC, soft delete and purge protection, open to every network. */
export interface VaultRow {
  name: string;
  subscription: string;
  resourceGroup: string;
  location: string;
  secrets: SecretRow[];
  keys: KeyRow[];
  /** A Managed HSM has keys only, another ARM type, and roles of its own that ARM doesn't show. */
  kind?: 'vault' | 'managedHsm';
  sku?: 'standard' | 'premium';
  /** Entra tenant; the estate's unless said. */
  tenant?: string;
  softDelete?: boolean;
  purgeProtection?: boolean;
  /** Absent: roles. Present: rights come from this list and from no role. */
  accessPolicies?: AccessPolicyRow[];
  /** Who may come in by network. Absent: everybody. */
  network?: VaultNetworkRow;
  /** Deleted, but recoverable. */
  deleted?: boolean;
}

/** What stands in a secret at start: a text, or the key of a slot, alone or inside a text with `{key}` in it. */
export type SecretValue = string | { account: string; slot: SlotName; within?: string };

export interface SecretRow {
  name: string;
  value: SecretValue;
  contentType?: string;
  tags?: Record<string, string>;
  enabled?: boolean;
  /** Epoch seconds, as in the protocol. */
  expires?: number;
  /** Deleted, but recoverable: its name is taken and GET answers 404. */
  deleted?: boolean;
}

export interface LockRow {
  name: string;
  level: 'ReadOnly' | 'CanNotDelete';
  /** ARM id; everything below it is locked. */
  scope: string;
  notes?: string;
}

/** ARM id of an account. */
export const accountId = (row: AccountRow): string =>
  `/subscriptions/${row.subscription}/resourceGroups/${row.resourceGroup}` +
  `/providers/Microsoft.CognitiveServices/accounts/${row.name}`;

/** ARM id of a vault or a Managed HSM. */
export const vaultId = (row: VaultRow): string =>
  `/subscriptions/${row.subscription}/resourceGroups/${row.resourceGroup}` +
  `/providers/Microsoft.KeyVault/${row.kind === 'managedHsm' ? 'managedHSMs' : 'vaults'}/${row.name}`;
