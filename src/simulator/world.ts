import { AccountKeys } from './accountKeys.ts';
import {
  accountId,
  vaultId,
  type AccountRow,
  type Estate,
  type SecretValue,
  type SlotName,
  type VaultRow,
} from './estate.ts';
import type { Effect } from './records.ts';
import { SecretStore } from './secretStore.ts';
import type { Timing } from './timing.ts';

/** The one state behind all surfaces. */
export interface World {
  /** Live: a test may change a row, e.g. switch local authentication off. */
  readonly estate: Estate;
  readonly timing: Timing;
  readonly now: () => number;
  readonly random: () => number;
  readonly effects: Effect[];
  /** Every key value ever issued. */
  readonly issued: Set<string>;
  /** https origin of ARM, data plane and metrics. */
  url: string;
  /** https origin of each vault, by name. */
  readonly vaultUrls: Map<string, string>;
  keysOf(account: AccountRow): AccountKeys;
  secretsOf(vault: VaultRow): SecretStore;
  regenerate(account: AccountRow, slot: SlotName, principal: string): void;
  record(effect: Omit<Effect, 'at'>): void;
  /** Calls `hear` on each effect from now on; the answer ends it. */
  onEffect(hear: (effect: Effect) => void): () => void;
  /** An account by ARM id or by name (the first of that name). Throws when there is none. */
  account(nameOrId: string): AccountRow;
}

export function createWorld(estate: Estate, timing: Timing, now: () => number, random: () => number): World {
  const keys = new Map<string, AccountKeys>();
  const secrets = new Map<string, SecretStore>();
  const hearers = new Set<(effect: Effect) => void>();

  const world: World = {
    estate,
    timing,
    now,
    random,
    effects: [],
    issued: new Set(),
    url: '',
    vaultUrls: new Map(),
    keysOf: (account) => {
      const id = accountId(account).toLowerCase();
      const known = keys.get(id) ?? new AccountKeys(() => newKey(account.keyLength, world), timing);
      keys.set(id, known);
      return known;
    },
    secretsOf: (vault) => {
      const id = vaultId(vault).toLowerCase();
      const known =
        secrets.get(id) ?? new SecretStore(vault.secrets, (value) => resolve(value, world), world);
      secrets.set(id, known);
      return known;
    },
    regenerate: (account, slot, principal) => {
      world.keysOf(account).regenerate(slot, now());
      world.record({ kind: 'regenerateKey', target: account.name, id: accountId(account), slot, principal });
    },
    record: (effect) => {
      const recorded = { at: now(), ...effect };
      world.effects.push(recorded);
      for (const hear of hearers) hear(recorded);
    },
    onEffect: (hear) => {
      hearers.add(hear);
      return () => void hearers.delete(hear);
    },
    account: (nameOrId) => {
      const wanted = nameOrId.toLowerCase();
      const found = estate.accounts.find(
        (row) => row.name.toLowerCase() === wanted || accountId(row).toLowerCase() === wanted,
      );
      if (!found) throw new Error(`the estate has no account ${nameOrId}`);
      return found;
    },
  };
  // keys exist from the start, so that secrets can hold them
  for (const account of estate.accounts) world.keysOf(account);
  for (const vault of estate.vaults) world.secretsOf(vault);
  return world;
}

const hex = '0123456789abcdef';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function randomText(alphabet: string, length: number, random: () => number): string {
  return Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
}

export const randomHex = (length: number, random: () => number): string => randomText(hex, length, random);

function newKey(length: 32 | 84, world: World): string {
  const value = randomText(length === 32 ? hex : letters, length, world.random);
  world.issued.add(value);
  return value;
}

function resolve(value: SecretValue, world: World): string {
  if (typeof value === 'string') return value;
  const { key1, key2 } = world.keysOf(world.account(value.account)).at();
  const key = value.slot === 'Key1' ? key1 : key2;
  return value.within === undefined ? key : value.within.replace('{key}', () => key);
}
