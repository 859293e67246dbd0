/**
 * The pages that the rules come from, with their dates: Microsoft's own disagree in places. Paths are those of
 * the documentation's source.
 */
export const sources = {
  rotateKeys: 'Microsoft Learn: Rotate keys in Azure AI Foundry (05/19/2025)',
  cmk: 'Microsoft Learn: Customer-managed keys for Foundry, foundry/concepts/customer-managed-keys (08/2026)',
  portal:
    'Microsoft Learn: Encryption keys in the Foundry portal, foundry/concepts/encryption-keys-portal (08/2026)',
  portalBefore:
    'Microsoft Learn: Encryption keys in the AI Foundry portal, ai-foundry/concepts/encryption-keys-portal (05/2025)',
  openAi:
    'Microsoft Learn: Azure OpenAI encryption of data at rest, ai-foundry/openai/encrypt-data-at-rest (11/2025)',
  sample: 'Foundry samples: 32-customer-managed-keys-user-assigned-identity (README)',
  keyRotation: 'Microsoft Learn: Key auto-rotation, key-vault/keys/how-to-configure-key-rotation (05/2025)',
  roles: 'Microsoft Learn: Azure RBAC for Key Vault, key-vault/general/rbac-guide',
} as const;
