import type { Account as ArmAccount } from '@azure/arm-cognitiveservices';
import type { AccountSearch, AccountState, AzureAccounts } from '../../application/ports/azure.ts';
import type { Fault } from '../../domain/faults.ts';
import { accountId } from '../../domain/ids.ts';
import type { Account } from '../../domain/account.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { partsOf, readName } from './accountIds.ts';
import { callArm } from './arm.ts';
import type { Context } from './call.ts';
import { collect } from './collect.ts';
import { encryptionTrouble } from './encryption.ts';
import { listLocks } from './locks.ts';
import { missingActions } from './permissions.ts';
import { listSubscriptions, type Subscription } from './subscriptions.ts';

const needs = { action: 'Microsoft.CognitiveServices/accounts/read', role: 'Cognitive Services Contributor' };

/** How many subscriptions are listed at the same time. */
const atOnce = 4;

export function openAccounts(context: Context): AzureAccounts {
  /** Names of subscriptions, as last listed: for reading only. */
  const names = new Map<string, string>();

  async function subscriptions(signal?: AbortSignal): Promise<Result<Subscription[], Fault>> {
    const listed = await listSubscriptions(context, signal);
    if (listed.ok)
      for (const one of listed.value) names.set(one.subscriptionId.toLowerCase(), one.displayName);
    return listed;
  }

  async function accountsOf(
    subscription: Subscription,
    signal?: AbortSignal,
  ): Promise<Result<Account[], Fault>> {
    const listed = await callArm(
      context,
      subscription.subscriptionId,
      {
        name: 'accounts',
        doing: `list the accounts of the subscription ${subscription.displayName}`,
        thing: `The subscription ${subscription.displayName}`,
        sends: 'retried',
        needs,
      },
      (client, { options }) => collect(client.accounts.list(options)),
      signal,
    );
    return listed.ok ? ok(listed.value.map((row) => accountOf(row, subscription.displayName))) : listed;
  }

  async function find(name: string, signal?: AbortSignal): Promise<Result<AccountSearch, Fault>> {
    const seen = await subscriptions(signal);
    if (!seen.ok) return seen;
    const accounts: Account[] = [];
    let unread: Fault | undefined;
    for (let index = 0; index < seen.value.length; index += atOnce) {
      const some = seen.value.slice(index, index + atOnce);
      for (const listed of await Promise.all(some.map((one) => accountsOf(one, signal)))) {
        if (listed.ok) accounts.push(...listed.value);
        else if (['denied', 'missing', 'conflict', 'refused'].includes(listed.error.kind))
          unread ??= listed.error;
        else return listed;
      }
    }
    const typed = readName(name);
    const found = accounts.filter(typed.matches);
    // "There is no such account" would be a lie while a subscription could not be read.
    if (found.length === 0 && unread) return err(unread);
    const others = accounts.filter((account) => !typed.matches(account)).map(typed.spell);
    return ok({ found, otherNames: [...new Set(others)] });
  }

  async function read(id: string, signal?: AbortSignal): Promise<Result<AccountState, Fault>> {
    const { subscriptionId, resourceGroup, name } = partsOf(id);
    if (!names.has(subscriptionId.toLowerCase())) {
      const listed = await subscriptions(signal);
      if (!listed.ok) return listed;
    }
    const subscriptionName = names.get(subscriptionId.toLowerCase()) ?? subscriptionId;
    return callArm(
      context,
      subscriptionId,
      {
        name: 'readAccount',
        doing: `read the account ${name}`,
        thing: `The account ${name}`,
        sends: 'retried',
        needs,
      },
      async (client, { options }) => {
        const row = await client.accounts.get(resourceGroup, name, options);
        return stateOf(row, accountOf(row, subscriptionName));
      },
      signal,
    );
  }

  return {
    find,
    read,
    locks: (id, signal) => listLocks(context, id, signal),
    missingActions: (id, actions, signal) => missingActions(context, id, actions, signal),
    encryptionTrouble: (state, signal) => encryptionTrouble(context, state, signal),
  };
}

/** The address of the OpenAI surface where the account names it apart from its general one. */
const openAi = 'OpenAI Language Model Instance API';

function accountOf(row: ArmAccount, subscriptionName: string): Account {
  const id = row.id ?? '';
  const { subscriptionId, resourceGroup, name } = partsOf(id);
  return {
    id: accountId(id),
    name,
    subscriptionId,
    subscriptionName,
    resourceGroup,
    kind: row.kind ?? '',
    location: row.location ?? '',
    endpoint: row.properties?.endpoints?.[openAi] ?? row.properties?.endpoint ?? '',
    ...(row.tags && { tags: row.tags }),
  };
}

function stateOf({ properties }: ArmAccount, account: Account): AccountState {
  const key = properties?.encryption?.keyVaultProperties;
  const own = properties?.encryption?.keySource === 'Microsoft.KeyVault' && key?.keyVaultUri !== undefined;
  return {
    account,
    provisioningState: properties?.provisioningState ?? 'unknown',
    localAuthDisabled: properties?.disableLocalAuth ?? false,
    publicNetwork: properties?.publicNetworkAccess !== 'Disabled',
    ...(own && {
      encryptionKey: { vault: key.keyVaultUri ?? '', name: key.keyName ?? '', version: key.keyVersion ?? '' },
    }),
  };
}
