import { accountId, type AccountRow, type KeyRow, type VaultRow } from '../estate.ts';
import { refuse, type Reply } from '../http.ts';
import type { World } from '../world.ts';
import { refusalOf } from './checks.ts';
import { createUpdates, type Update } from './updates.ts';
import { createUsedVersions } from './used.ts';
import { wantedEncryption } from './wanted.ts';

export type { Update } from './updates.ts';

/** What ties accounts to keys: changes of an account's encryption, and what becomes of its data when a key goes. */
export interface Encryption {
  /** Takes a change of an account's encryption (the body's `properties.encryption`), or refuses it. */
  change(account: AccountRow, encryption: unknown, principal: string): Update | Reply;
  /** A change that was accepted. */
  update(id: string): Update | undefined;
  cancel(account: AccountRow): void;
  /** To be told of each version that comes into being: some accounts follow it by themselves. */
  keyCreated(vault: VaultRow, key: KeyRow): void;
  /** Whether the account's data can be read: not when a version that it ever used is disabled, expired or gone. */
  readable(account: AccountRow): boolean;
  /** Carries out what is due by now. To be called before anybody looks. */
  settle(): void;
  close(): void;
}

/** A change is refused while another runs; after one that failed it is taken. */
const open = new Set(['Succeeded', 'Failed', 'Canceled']);

export const busy = (account: AccountRow): Reply | undefined =>
  open.has(account.provisioningState)
    ? undefined
    : refuse(
        409,
        'AccountProvisioningStateInvalid',
        `Account ${accountId(account)} in state ${account.provisioningState}`,
      );

export function createEncryption(world: World): Encryption {
  const used = createUsedVersions(world);
  const updates = createUpdates(world, used);
  return {
    change: (account, encryption, principal) => {
      const asked = wantedEncryption(account, encryption, world);
      if ('refusal' in asked) return asked.refusal;
      const wanted = asked.wanted === 'microsoft' ? undefined : asked.wanted;
      const refusal =
        wanted && world.timing.keyLookedAt === 'atOnce' ? refusalOf(account, wanted, world) : undefined;
      return refusal ?? updates.start(account, wanted, principal);
    },
    update: (id) => updates.find(id),
    cancel: (account) => updates.cancel(account),
    keyCreated: (vault, key) => {
      for (const account of used.created(vault, key)) {
        world.record({
          kind: 'followKey',
          target: account.name,
          id: accountId(account),
          key: key.name,
          version: key.versions.at(-1)?.version ?? '',
          principal: 'Azure',
        });
      }
    },
    readable: (account) => used.readable(account),
    settle: () => updates.settle(),
    close: () => updates.close(),
  };
}
