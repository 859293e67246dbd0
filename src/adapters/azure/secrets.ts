import { SecretClient, type KeyVaultSecret, type SecretProperties } from '@azure/keyvault-secrets';
import type { AzureSecrets, SealedKey, SecretInHand } from '../../application/ports/azure.ts';
import type { Fault } from '../../domain/faults.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Context } from './call.ts';
import { collect } from './collect.ts';
import { exactTimes } from './exactTimes.ts';
import type { Operation } from './faults.ts';
import { fingerprintOf, Sealed } from './keyMaterial.ts';
import { callVault } from './vault.ts';

const role = 'Key Vault Secrets Officer';

const operation = (name: string, doing: string, secret: string, action: string): Operation => ({
  name,
  doing: `${doing} the secret ${secret}`,
  thing: `The secret ${secret}`,
  sends: name === 'setSecret' ? 'once' : 'retried',
  needs: { action: `Microsoft.KeyVault/vaults/secrets/${action}`, role },
});

/** The current version with its value, which goes no further than this file. */
interface Current {
  version: string;
  value: string;
  properties: SecretProperties;
}

export function openSecrets(context: Context): AzureSecrets {
  const { credential } = context;

  const current = (vault: string, secret: string, signal?: AbortSignal): Promise<Result<Current, Fault>> =>
    callVault(
      context,
      vault,
      operation('getSecret', 'read', secret, 'getSecret/action'),
      async ({ url, ...checks }, { client, options }) =>
        readable(
          await new SecretClient(url, credential, { ...client, ...checks }).getSecret(secret, options),
        ),
      signal,
    );

  async function read(
    vault: string,
    secret: string,
    salt: string,
    signal?: AbortSignal,
  ): Promise<Result<SecretInHand, Fault>> {
    const got = await current(vault, secret, signal);
    if (!got.ok) return got;
    const { version, value, properties } = got.value;
    return ok({ version, fingerprint: fingerprintOf(value, salt), enabled: properties.enabled ?? true });
  }

  /**
   * Key Vault can't be told to write only if nobody else did (it takes no If-Match here), so between the
   * re-read and the write a few milliseconds stay in which a stranger's write would be put under ours. Its
   * version is kept by the vault.
   */
  async function give(
    vault: string,
    secret: string,
    key: SealedKey,
    replaces: string,
    signal?: AbortSignal,
  ): Promise<Result<Readonly<{ version: string }>, Fault>> {
    const got = await current(vault, secret, signal);
    if (!got.ok) return got;
    if (got.value.version !== replaces) return err(drifted(secret));
    const { contentType, tags, expiresOn, notBefore, enabled } = got.value.properties;
    const times = { ...(expiresOn && { expiresOn }), ...(notBefore && { notBefore }) };
    return callVault(
      context,
      vault,
      operation('setSecret', 'write a new version of', secret, 'setSecret/action'),
      async ({ url, ...checks }, { client, options }) => {
        const additionalPolicies = [{ policy: exactTimes(times), position: 'perCall' as const }];
        const writer = new SecretClient(url, credential, { ...client, ...checks, additionalPolicies });
        const written = await writer.setSecret(secret, Sealed.open(key), {
          ...options,
          ...times,
          ...(contentType !== undefined && { contentType }),
          ...(tags && { tags }),
          ...(enabled !== undefined && { enabled }),
        });
        return { version: readable(written).version };
      },
      signal,
    );
  }

  async function versions(
    vault: string,
    secret: string,
    signal?: AbortSignal,
  ): Promise<Result<readonly string[], Fault>> {
    const listed = await callVault(
      context,
      vault,
      operation('secretVersions', 'list the versions of', secret, 'readMetadata/action'),
      ({ url, ...checks }, { client, options }) =>
        collect(
          new SecretClient(url, credential, { ...client, ...checks }).listPropertiesOfSecretVersions(
            secret,
            options,
          ),
        ),
      signal,
    );
    if (!listed.ok) return listed;
    const created = ({ createdOn }: SecretProperties): number => createdOn?.getTime() ?? 0;
    const newest = listed.value.toSorted((a, b) => created(b) - created(a));
    const names = newest.flatMap(({ version }) => (version === undefined ? [] : [version]));
    const [first, second] = newest;
    if (!first || !second || created(first) > created(second)) return ok(names);
    // Key Vault's times are whole seconds: of two versions of one second, the current one is the newer.
    const now = await current(vault, secret, signal);
    if (!now.ok) return now;
    return ok([now.value.version, ...names.filter((name) => name !== now.value.version)]);
  }

  return { read, give, versions };
}

function readable({ value, properties }: KeyVaultSecret): Current {
  const { version } = properties;
  if (value === undefined || version === undefined) throw new Error('an answer without a value or a version');
  return { value, version, properties };
}

const drifted = (secret: string): Fault => ({
  kind: 'drifted',
  says: `The secret ${secret} was written by somebody else since Keysmith looked at it, so it was left alone.`,
  remedy: 'See who wrote it. When it holds one of the keys of this account again, press Retry.',
});
