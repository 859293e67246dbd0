import { randomUUID } from 'node:crypto';
import { accountId, type AccountRow, type EncryptionRow } from '../estate.ts';
import type { Effect } from '../records.ts';
import type { World } from '../world.ts';
import { refusalOf } from './checks.ts';
import type { UsedVersions } from './used.ts';
import { errorOf, type UpdateError } from './wanted.ts';

/** A change of an account's encryption that ARM has accepted. */
export interface Update {
  readonly id: string;
  readonly account: AccountRow;
  readonly startedAt: number;
  status: 'Updating' | 'Succeeded' | 'Failed' | 'Canceled';
  endedAt?: number;
  error?: UpdateError;
}

export interface Updates {
  /** Starts one; `wanted` undefined: a key of Microsoft's stays what it is. */
  start(account: AccountRow, wanted: EncryptionRow | undefined, principal: string): Update;
  find(id: string): Update | undefined;
  /** Ends what is running at an account, as somebody in the portal may. */
  cancel(account: AccountRow): void;
  /** Carries out what is due. */
  settle(): void;
  close(): void;
}

interface Running extends Update {
  before: EncryptionRow | undefined;
  wanted: EncryptionRow | undefined;
  principal: string;
  dueAt: number;
}

/** Changes under way. The account shows what is wanted from the acceptance on, and its state says that it isn't there yet. */
export function createUpdates(world: World, used: UsedVersions): Updates {
  const all = new Map<string, Running>();
  const timers = new Set<NodeJS.Timeout>();

  const record = (kind: Effect['kind'], { account, principal }: Running, more: Partial<Effect> = {}): void =>
    world.record({ kind, target: account.name, id: accountId(account), principal, ...more });

  function end(update: Running, status: 'Failed' | 'Canceled', error?: UpdateError): void {
    const { account, before } = update;
    update.status = status;
    update.endedAt = world.now();
    if (error) update.error = error;
    if (before) account.encryption = before;
    else delete account.encryption;
    account.provisioningState = status;
    record('updateFailed', update, { change: error?.message ?? status });
  }

  function carryOut(update: Running): void {
    const { account, wanted } = update;
    // rights and keys may have gone since the acceptance
    const refusal = wanted && refusalOf(account, wanted, world);
    if (refusal) {
      end(update, 'Failed', errorOf(refusal));
      return;
    }
    update.status = 'Succeeded';
    update.endedAt = world.now();
    account.provisioningState = 'Succeeded';
    if (wanted) record('wrapData', update, { key: wanted.key, version: used.versionOf(wanted) });
  }

  function settle(): void {
    for (const update of all.values())
      if (update.status === 'Updating' && update.dueAt <= world.now()) carryOut(update);
  }

  return {
    start: (account, wanted, principal) => {
      used.remember(account);
      const now = world.now();
      const update: Running = {
        id: randomUUID(),
        account,
        startedAt: now,
        dueAt: now + world.timing.wrapTime,
        status: 'Updating',
        before: account.encryption,
        wanted,
        principal,
      };
      all.set(update.id, update);
      if (wanted) account.encryption = wanted;
      account.provisioningState = 'Accepted';
      record('updateAccount', update, {
        change: 'encryption',
        ...(wanted && { key: wanted.key, version: wanted.version }),
      });
      // so that it ends also when nobody asks
      const timer = setTimeout(() => {
        timers.delete(timer);
        settle();
      }, world.timing.wrapTime + 1);
      timers.add(timer);
      return update;
    },
    find: (id) => all.get(id),
    cancel: (account) => {
      for (const update of all.values())
        if (update.account === account && update.status === 'Updating') end(update, 'Canceled');
    },
    settle,
    close: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
