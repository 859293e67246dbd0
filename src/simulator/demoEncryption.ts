import { account, development, service, vault } from './demoRows.ts';
import type { IdentityRow, RoleAssignmentRow } from './encryptionRows.ts';
import type { KeyRow, KeyVersionRow } from './keyRows.ts';
import { vaultId, type AccountRow, type Estate, type VaultRow } from './rows.ts';

const wrapping = ['wrapKey', 'unwrapKey'];
const epoch = (date: string): number => Date.parse(date) / 1000;

const version = (name: string, row: Partial<KeyVersionRow> = {}): KeyVersionRow => ({
  version: name.repeat(32 / name.length),
  enabled: true,
  created: epoch('2025-05-19'),
  ...row,
});

const key = (name: string, row: Partial<KeyRow> = {}): KeyRow => ({
  name,
  kty: 'RSA',
  operations: ['encrypt', 'decrypt', 'sign', 'verify', ...wrapping],
  versions: [version('a1')],
  ...row,
});

/** The name of the only version of the keys below. */
const only = version('a1').version;

/** Keys of which each has one thing that forbids its use, except the last, which is only larger than all pages agree on. */
const flawedKeys = (): KeyRow[] => [
  key('narrow', { size: 1024 }),
  key('curve', { kty: 'EC', curve: 'P-256', operations: ['sign', 'verify'] }),
  key('signing', { operations: ['sign', 'verify'] }),
  key('lapsed', { versions: [version('a1', { expires: epoch('2025-11-01') })] }),
  key('early', { versions: [version('a1', { notBefore: epoch('2099-01-01') })] }),
  key('off', { versions: [version('a1', { enabled: false })] }),
  key('wide', { size: 4096 }),
];

/** The second half of an object id, a different one for each name in the order of the lab. */
const objectId = (index: number): string =>
  `7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e4${String(index).padStart(3, '0')}`;

const cryptoUser = '12338af0-0e69-4776-bea7-57ae8d297424';
const encryptionUser = 'e147488a-f6f5-4113-8e2d-b22465e65bf6';
const reader = '21090545-7ca7-4776-b22c-e363652d74d2';

const chat = objectId(0);
const docs = objectId(100);

/** Where the sound key of contoso-chat lives, beside others that somebody might choose; contoso-docs may use them too. */
const keysVault = (): VaultRow =>
  vault(
    'contoso-keys',
    [],
    [
      key('chat-cmk', {
        versions: [
          version('c0', { created: epoch('2024-05-19'), expires: epoch('2100-01-01') }),
          version('b1', { expires: epoch('2100-01-01') }),
        ],
        rotationPolicy: { rotate: { timeAfterCreate: 'P2Y' }, notifyBeforeExpiry: 'P30D', expiryTime: 'P3Y' },
      }),
      key('chat-spare'),
      ...flawedKeys(),
    ],
    { resourceGroup: 'contoso-security' },
  );

const lab = (name: string, row: Partial<VaultRow> = {}): VaultRow =>
  vault(name, [], [key('cmk')], { subscription: development, resourceGroup: 'contoso-lab', ...row });

interface LabAccount {
  name: string;
  vault: string;
  key?: string;
  /** `''`: follows the newest. */
  version?: string;
  /** `null`: no role at all. */
  role?: string | null;
  more?: Partial<AccountRow>;
  clientId?: string;
}

/** One account for each thing that can be wrong, and some with which nothing is. */
const labAccounts: readonly LabAccount[] = [
  { name: 'lab-auto-one', vault: 'contoso-lab-keys', key: 'shared', version: '' },
  { name: 'lab-auto-two', vault: 'contoso-lab-keys', key: 'shared', version: '' },
  { name: 'lab-narrow', vault: 'contoso-lab-keys', key: 'narrow' },
  { name: 'lab-curve', vault: 'contoso-lab-keys', key: 'curve' },
  { name: 'lab-lapsed', vault: 'contoso-lab-keys', key: 'lapsed' },
  { name: 'lab-early', vault: 'contoso-lab-keys', key: 'early' },
  { name: 'lab-off', vault: 'contoso-lab-keys', key: 'off' },
  { name: 'lab-purgeable', vault: 'contoso-lab-purgeable' },
  { name: 'lab-walled', vault: 'contoso-lab-walled' },
  { name: 'lab-anonymous', vault: 'contoso-lab-keys', key: 'cmk', more: { identity: { type: 'None' } } },
  { name: 'lab-powerless', vault: 'contoso-lab-keys', role: reader },
  { name: 'lab-policies', vault: 'contoso-lab-policies', role: null },
  { name: 'lab-policy-gap', vault: 'contoso-lab-policies', role: null },
  { name: 'lab-far', vault: 'contoso-lab-keys', more: { location: 'eastus2' } },
  { name: 'lab-foreign', vault: 'contoso-lab-foreign' },
  { name: 'lab-hsm', vault: 'contoso-lab-hsm', role: null },
  { name: 'lab-busy', vault: 'contoso-lab-keys', more: { provisioningState: 'Accepted' } },
  {
    name: 'lab-joined',
    vault: 'contoso-lab-keys',
    role: encryptionUser,
    clientId: '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e5001',
    more: { identity: { type: 'UserAssigned', userAssigned: ['lab-key-opener'] } },
  },
];

const identityOf = (name: string): string => objectId(labAccounts.findIndex((one) => one.name === name) + 1);

const labVaults = (): VaultRow[] => [
  lab('contoso-lab-keys', { keys: [key('shared'), key('cmk'), ...flawedKeys()] }),
  lab('contoso-lab-purgeable', { purgeProtection: false }),
  lab('contoso-lab-walled', {
    network: { defaultAction: 'Deny', bypass: 'None', ipRules: ['127.0.0.1/32'] },
  }),
  lab('contoso-lab-policies', {
    accessPolicies: [
      { objectId: service, keys: ['get', 'list', 'create', 'rotate', 'update', 'getrotationpolicy'] },
      { objectId: identityOf('lab-policies'), keys: ['get', 'wrapKey', 'unwrapKey'] },
      { objectId: identityOf('lab-policy-gap'), keys: ['get'] },
    ],
  }),
  // as is left behind when a subscription moves to another tenant
  lab('contoso-lab-foreign', { tenant: '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e00fe' }),
  lab('contoso-lab-hsm', {
    kind: 'managedHsm',
    keys: [key('cmk', { kty: 'RSA-HSM' })],
    accessPolicies: [{ objectId: identityOf('lab-hsm'), keys: ['get', 'wrapKey', 'unwrapKey'] }],
  }),
];

const labAccount = (row: LabAccount): AccountRow =>
  account(row.name, {
    subscription: development,
    resourceGroup: 'contoso-lab',
    tags: { owner: 'lab' },
    identity: { type: 'SystemAssigned', principalId: identityOf(row.name) },
    encryption: {
      vault: row.vault,
      key: row.key ?? 'cmk',
      version: row.version ?? only,
      ...(row.clientId !== undefined && { identityClientId: row.clientId }),
    },
    ...row.more,
  });

const opener: IdentityRow = {
  name: 'lab-key-opener',
  subscription: development,
  resourceGroup: 'contoso-lab',
  objectId: identityOf('lab-joined'),
  clientId: '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e5001',
};

function assignments(vaults: readonly VaultRow[]): RoleAssignmentRow[] {
  const at = (name: string, principalId: string, role: string): RoleAssignmentRow[] =>
    vaults
      .filter((row) => row.name === name)
      .map((row) => ({
        name: principalId.replace('-9b0f-', '-9b1f-'),
        scope: vaultId(row),
        principalId,
        role,
      }));
  return [
    ...at('contoso-keys', chat, cryptoUser),
    ...at('contoso-keys', docs, cryptoUser),
    ...labAccounts.flatMap(({ name, vault: held, role = cryptoUser }) =>
      role === null ? [] : at(held, identityOf(name), role),
    ),
  ];
}

/** What the demo's account is encrypted with. */
export const chatEncryption = (): Partial<AccountRow> => ({
  identity: { type: 'SystemAssigned', principalId: chat },
  encryption: { vault: 'contoso-keys', key: 'chat-cmk', version: version('b1').version },
});

/** An account with a key of Microsoft's, whose identity could already use a key of the vault. */
export const readyForOwnKey = (): Partial<AccountRow> => ({
  identity: { type: 'SystemAssigned', principalId: docs },
});

/** The part of the demo's estate that is about encryption: a sound key for contoso-chat, and a lab of accounts with flaws. */
export function demoEncryption(): Required<Pick<Estate, 'identities' | 'roleAssignments'>> &
  Pick<Estate, 'accounts' | 'vaults'> {
  const vaults = [keysVault(), ...labVaults()];
  return {
    accounts: labAccounts.map(labAccount),
    vaults,
    identities: [opener],
    roleAssignments: assignments(vaults),
  };
}
