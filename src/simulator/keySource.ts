import type { SlotName } from './estate.ts';
import { field } from './http.ts';
import type { Simulator } from './index.ts';
import { ask } from './request.ts';

export interface KeyVaultSource {
  kind: 'keyVaultSecret';
  vault: string;
  secret: string;
  /** Milliseconds between two looks at the secret. */
  refreshEvery: number;
}

export interface ManualSource {
  kind: 'manual';
  /** The key as a person pasted it; read once at start. */
  read: () => string;
  /** A person who redeploys: switches to that slot this many ms after its next regeneration, once. */
  switchesAfter?: { slot: SlotName; ms: number };
}

export interface HeldKey {
  value: string;
  /** Version of the secret it came from. */
  version?: string;
}

/** Reads a secret as a production client does: token of its own managed identity, then Key Vault. */
export async function readSecret(
  simulator: Simulator,
  source: KeyVaultSource,
  signal: AbortSignal,
): Promise<HeldKey> {
  const identity = simulator.identityOf('consumers');
  const query = new URLSearchParams({ resource: 'https://vault.azure.net', 'api-version': '2019-08-01' });
  const issued: unknown = await fetch(`${identity.endpoint}?${query.toString()}`, {
    headers: { 'x-identity-header': identity.header },
    signal,
  }).then((response) => response.json());
  const { status, body } = await ask(
    `${simulator.vaultUrl(source.vault)}/secrets/${source.secret}?api-version=7.6`,
    {
      ca: simulator.ca,
      signal,
      headers: { authorization: `Bearer ${String(field(issued, 'access_token'))}` },
    },
  );
  const value = field(body, 'value');
  const id = field(body, 'id');
  if (status !== 200 || typeof value !== 'string' || typeof id !== 'string') {
    throw new Error(`the secret was answered ${status}`);
  }
  return { value, version: id.split('/').at(-1) ?? '' };
}
