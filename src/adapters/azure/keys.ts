import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import type { AzureKeys, KeysInHand, Probe } from '../../application/ports/azure.ts';
import type { Fault } from '../../domain/faults.ts';
import type { Account } from '../../domain/account.ts';
import { type KeyPicture, type Slot, slotName } from '../../domain/apiKeys/plan.ts';
import { ok, type Result } from '../../domain/result.ts';
import { partsOf } from './accountIds.ts';
import { callArm } from './arm.ts';
import type { Context } from './call.ts';
import { Sealed } from './keyMaterial.ts';
import { probeKey } from './probe.ts';

const role = 'Cognitive Services Contributor';

export function openKeys(context: Context): AzureKeys & Readonly<{ forgetAll: () => void }> {
  const retired = new Map<string, Sealed>();

  const inHand = (account: Account, pair: Pair, salt: string): KeysInHand =>
    new Keys(
      context,
      account,
      { Key1: new Sealed(pair.key1, salt), Key2: new Sealed(pair.key2, salt) },
      retired,
    );

  async function listKeys(
    account: Account,
    salt: string,
    signal?: AbortSignal,
  ): Promise<Result<KeysInHand, Fault>> {
    const { subscriptionId, resourceGroup, name } = partsOf(account.id);
    const listed = await callArm(
      context,
      subscriptionId,
      {
        name: 'listKeys',
        doing: `list the keys of ${name}`,
        thing: `The account ${name}`,
        sends: 'retried',
        needs: { action: 'Microsoft.CognitiveServices/accounts/listKeys/action', role },
      },
      async (client, { options }) => pairOf(await client.accounts.listKeys(resourceGroup, name, options)),
      signal,
    );
    return listed.ok ? ok(inHand(account, listed.value, salt)) : listed;
  }

  async function regenerateKey(
    account: Account,
    slot: Slot,
    salt: string,
    signal?: AbortSignal,
  ): Promise<Result<KeysInHand, Fault>> {
    const { subscriptionId, resourceGroup, name } = partsOf(account.id);
    const regenerated = await callArm(
      context,
      subscriptionId,
      {
        name: 'regenerateKey',
        doing: `regenerate ${slotName(slot)} of ${name}`,
        thing: `The account ${name}`,
        sends: 'once',
        needs: { action: 'Microsoft.CognitiveServices/accounts/regenerateKey/action', role },
      },
      async (client, { options }) =>
        pairOf(await client.accounts.regenerateKey(resourceGroup, name, slot, options)),
      signal,
    );
    return regenerated.ok ? ok(inHand(account, regenerated.value, salt)) : regenerated;
  }

  return {
    listKeys,
    regenerateKey,
    probeRandomKey: (account, signal) => {
      const nobodys = new Sealed(randomBytes(32).toString('hex'), '');
      return probeKey(context, account, nobodys, 1, signal);
    },
    probeRetired: async (under, account, times, signal) => {
      const key = retired.get(under);
      return key ? probeKey(context, account, key, times, signal) : null;
    },
    forget: (under) => void retired.delete(under),
    forgetAll: () => retired.clear(),
  };
}

interface Pair {
  key1: string;
  key2: string;
}

/** Throws on an answer without both keys: what became of the call is unknown then. */
function pairOf({ key1, key2 }: { key1?: string; key2?: string }): Pair {
  if (!key1 || !key2) throw new Error('an answer without both keys');
  return { key1, key2 };
}

class Keys implements KeysInHand {
  readonly picture: KeyPicture;
  readonly #context: Context;
  readonly #account: Account;
  readonly #values: Readonly<Record<Slot, Sealed>>;
  readonly #retired: Map<string, Sealed>;

  constructor(
    context: Context,
    account: Account,
    values: Readonly<Record<Slot, Sealed>>,
    retired: Map<string, Sealed>,
  ) {
    this.#context = context;
    this.#account = account;
    this.#values = values;
    this.#retired = retired;
    this.picture = { Key1: values.Key1.fingerprint, Key2: values.Key2.fingerprint };
  }

  probe(slot: Slot, times: number, signal?: AbortSignal): Promise<Probe> {
    return probeKey(this.#context, this.#account, this.#values[slot], times, signal);
  }

  keepRetired(slot: Slot, under: string): void {
    this.#retired.set(under, this.#values[slot]);
  }

  sealed(slot: Slot): Sealed {
    return this.#values[slot];
  }

  toJSON(): object {
    return { picture: this.picture };
  }

  [inspect.custom](): string {
    return `Keys(${this.picture.Key1}, ${this.picture.Key2})`;
  }
}
