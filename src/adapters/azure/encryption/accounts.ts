import type { EncryptedAccount, EncryptedAccounts, KeyUser } from '../../../application/ports/encryption.ts';
import type { Fault } from '../../../domain/faults.ts';
import { accountId } from '../../../domain/ids.ts';
import { ok, type Result } from '../../../domain/result.ts';
import { partsOf } from '../accountIds.ts';
import { callArm } from '../arm.ts';
import type { Context } from '../call.ts';
import { collect } from '../collect.ts';
import type { Subscription } from '../subscriptions.ts';
import { accountInFull } from './accountInFull.ts';
import { sameVault } from './address.ts';
import { pointAtKey, progressOf } from './change.ts';
import { subscriptionWise } from './subscriptionWise.ts';

const needs = { action: 'Microsoft.CognitiveServices/accounts/read', role: 'Cognitive Services Contributor' };

type KeyName = Readonly<{ vault: string; name: string }>;

export function openEncryptedAccounts(context: Context): EncryptedAccounts {
  function read(id: string, signal?: AbortSignal): Promise<Result<EncryptedAccount, Fault>> {
    const { subscriptionId, resourceGroup, name } = partsOf(id);
    return callArm(
      context,
      subscriptionId,
      {
        name: 'readInFull',
        doing: `read the account ${name}`,
        thing: `The account ${name}`,
        sends: 'retried',
        needs,
      },
      async (client, { options }) => {
        let body = '';
        await client.accounts.get(resourceGroup, name, {
          ...options,
          onResponse: ({ bodyAsText }) => (body = bodyAsText ?? ''),
        });
        return accountInFull(body);
      },
      signal,
    );
  }

  /** Users of the key in one subscription. */
  function usersIn(
    { subscriptionId, displayName }: Subscription,
    key: KeyName,
    signal?: AbortSignal,
  ): Promise<Result<KeyUser[], Fault>> {
    return callArm(
      context,
      subscriptionId,
      {
        name: 'usersOfKey',
        doing: `list the accounts of the subscription ${displayName}`,
        thing: `The subscription ${displayName}`,
        sends: 'retried',
        needs,
      },
      async (client, { options }) =>
        (await collect(client.accounts.list(options))).flatMap(({ id, name, properties }) => {
          const held = properties?.encryption?.keyVaultProperties;
          const named =
            properties?.encryption?.keySource === 'Microsoft.KeyVault' &&
            sameVault(held?.keyVaultUri ?? '', key.vault) &&
            held?.keyName?.toLowerCase() === key.name.toLowerCase();
          if (!named || id === undefined) return [];
          return [
            {
              id: accountId(id),
              name: name ?? partsOf(id).name,
              subscription: displayName,
              version: held.keyVersion ?? '',
            },
          ];
        }),
      signal,
    );
  }

  return {
    read,
    usersOf: async (key, signal) => {
      const found = await subscriptionWise(context, (one) => usersIn(one, key, signal), signal);
      return found.ok ? ok({ users: found.value.rows, unread: found.value.unread }) : found;
    },
    pointAtKey: (account, to, signal) => pointAtKey(context, account, to, signal),
    progress: (id, operation, signal) => progressOf(context, id, operation, signal),
  };
}
