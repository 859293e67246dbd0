import { demoDirectory } from './demoDirectory.ts';
import { chatEncryption, demoEncryption, readyForOwnKey } from './demoEncryption.ts';
import { account, development, production, service, tenant, vault } from './demoRows.ts';
import type { Estate, Grant, SecretRow } from './rows.ts';

const secret = (name: string, value: SecretRow['value'], row: Partial<SecretRow> = {}): SecretRow => ({
  name,
  value,
  contentType: 'text/plain',
  tags: { app: name.replace(/-(api|vision)-?key.*$/, '') },
  ...row,
});

/** What the README asks a reader to grant the rotation service, on each subscription. */
const serviceGrant = (subscription: string): Grant => ({
  scope: `/subscriptions/${subscription}`,
  actions: [
    'Microsoft.Resources/subscriptions/read',
    'Microsoft.CognitiveServices/accounts/read',
    'Microsoft.CognitiveServices/accounts/write',
    'Microsoft.CognitiveServices/locations/operationResults/read',
    'Microsoft.CognitiveServices/accounts/deployments/read',
    'Microsoft.CognitiveServices/accounts/connections/read',
    'Microsoft.CognitiveServices/accounts/listKeys/action',
    'Microsoft.CognitiveServices/accounts/regenerateKey/action',
    'Microsoft.Insights/metrics/read',
    'Microsoft.Authorization/locks/read',
    'Microsoft.Authorization/permissions/read',
    'Microsoft.Authorization/roleAssignments/read',
    'Microsoft.Authorization/roleDefinitions/read',
    'Microsoft.KeyVault/vaults/read',
    'Microsoft.KeyVault/managedHSMs/read',
  ],
  dataActions: [
    'Microsoft.KeyVault/vaults/secrets/getSecret/action',
    'Microsoft.KeyVault/vaults/secrets/setSecret/action',
    'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
    'Microsoft.KeyVault/vaults/keys/read',
    'Microsoft.KeyVault/vaults/keys/create/action',
    'Microsoft.KeyVault/vaults/keys/rotate/action',
    'Microsoft.KeyVault/vaults/keys/update/action',
    'Microsoft.KeyVault/vaults/keyrotationpolicies/read',
    // a local role of the HSM in Azure
    'Microsoft.KeyVault/managedHsm/keys/*',
    'Microsoft.KeyVault/managedHsm/keyrotationpolicies/read',
  ],
});

/**
 * The estate of the demo: one account that can be rotated at once, one where both keys are in use,
 * and one for every reason to say no; those whose reason is an encryption key are the lab in the second subscription.
 * A fresh copy on each call, so that a test may change it.
 */
export function demoEstate(): Estate {
  const encryption = demoEncryption();
  return {
    tenant,
    directory: demoDirectory(),
    subscriptions: [
      { id: production, name: 'Contoso Production' },
      { id: development, name: 'Contoso Development' },
    ],
    principals: [
      {
        name: 'keysmith',
        objectId: service,
        clientId: '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e2001',
        grants: [serviceGrant(production), serviceGrant(development)],
        graphPermissions: ['User.Read.All', 'GroupMember.Read.All', 'ChannelMember.Read.All'],
      },
      {
        name: 'consumers',
        objectId: '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e1002',
        clientId: '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e2002',
        grants: [
          {
            scope: `/subscriptions/${production}/resourceGroups/contoso-apps`,
            actions: [],
            dataActions: ['Microsoft.KeyVault/vaults/secrets/getSecret/action'],
          },
        ],
      },
    ],
    accounts: [
      account('contoso-chat', {
        ...chatEncryption(),
        connections: [
          {
            name: 'search',
            category: 'CognitiveSearch',
            authType: 'AAD',
            target: 'https://contoso.search.example',
          },
        ],
      }),
      account('contoso-vision'),
      account('contoso-docs', readyForOwnKey()),
      account('contoso-chat-dev', { subscription: development, resourceGroup: 'contoso-ai-dev' }),
      account('contoso-noauth', { disableLocalAuth: true }),
      account('contoso-locked'),
      account('contoso-moving', { provisioningState: 'Moving' }),
      account('contoso-odd', { kind: 'OpenAI', keyLength: 32 }),
      account('contoso-private', { publicNetworkAccess: 'Disabled' }),
      account('contoso-forms', { kind: 'FormRecognizer', keyLength: 32, deployments: [] }),
      account('contoso-twin', { subdomain: 'contoso-twin-west' }),
      account('contoso-twin', {
        subdomain: 'contoso-twin-east',
        resourceGroup: 'contoso-ai-east',
        location: 'eastus2',
      }),
      ...encryption.accounts,
    ],
    vaults: [
      vault(
        'contoso-apps',
        [
          secret('chat-web-api-key', { account: 'contoso-chat', slot: 'Key1' }),
          secret(
            'search-indexer-api-key',
            { account: 'contoso-chat', slot: 'Key1' },
            { expires: 4102444800 },
          ),
          secret('vision-web-api-key', { account: 'contoso-vision', slot: 'Key1' }),
          secret('vision-batch-api-key', { account: 'contoso-vision', slot: 'Key2' }),
          secret('odd-connection-string', {
            account: 'contoso-odd',
            slot: 'Key1',
            within: 'Endpoint=https://contoso-odd.openai.azure.com/;ApiKey={key}',
          }),
          secret('stranger', 'hunter-of-nothing-0000000000000000'),
        ],
        [
          {
            name: 'contoso-cmk',
            kty: 'RSA',
            operations: ['wrapKey', 'unwrapKey', 'encrypt', 'decrypt', 'sign', 'verify'],
            versions: [{ version: '0a1b2c3d4e5f60718293a4b5c6d7e8f9', enabled: true, created: 1735689600 }],
          },
        ],
      ),
      ...encryption.vaults,
    ],
    identities: encryption.identities,
    roleAssignments: encryption.roleAssignments,
    locks: [
      {
        name: 'freeze',
        level: 'ReadOnly',
        scope: `/subscriptions/${production}/resourceGroups/contoso-ai/providers/Microsoft.CognitiveServices/accounts/contoso-locked`,
        notes: 'Change freeze',
      },
    ],
  };
}
