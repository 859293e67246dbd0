import { setTimeout as wait } from 'node:timers/promises';
import type { SlotName } from './estate.ts';
import type { Simulator } from './index.ts';
import { readSecret, type HeldKey, type KeyVaultSource, type ManualSource } from './keySource.ts';
import { serveReceipt } from './receipt.ts';
import { ask } from './request.ts';

export type { KeyVaultSource, ManualSource } from './keySource.ts';

export interface ClientOptions {
  simulator: Simulator;
  /** Name or ARM id. */
  account: string;
  source: KeyVaultSource | ManualSource;
  /** Milliseconds between the end of a call and the next. */
  every: number;
  /** Serves receipts on this port (0: any); only a client of a secret has something to say there. */
  receiptPort?: number;
}

export interface ClientCounts {
  calls: number;
  failed: number;
  /** By status, or by error code where there was no answer. */
  byStatus: Record<string, number>;
  /** Looks at the secret that failed; the client goes on with the key it has. */
  refreshFailures: number;
}

export interface Client {
  counts: ClientCounts;
  /** Version of the secret in use. */
  secretVersion(): string | undefined;
  /** Which slot holds the key in use now; undefined when neither does. */
  slot(): SlotName | undefined;
  receiptUrl: string | undefined;
  /** A person puts the present key of that slot into the client. */
  switchTo(slot: SlotName): void;
  stop(): Promise<void>;
}

/**
 * A production client: calls the data plane of the account with its API key until it is stopped, never retries, and
 * counts. Every call is on a fresh connection, so a key that only some gateway nodes know is noticed soon.
 * Resolves when it holds its first key.
 */
export async function startClient(options: ClientOptions): Promise<Client> {
  const { simulator, account, source } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const counts: ClientCounts = { calls: 0, failed: 0, byStatus: {}, refreshFailures: 0 };
  let held: HeldKey =
    source.kind === 'manual' ? { value: source.read() } : await readSecret(simulator, source, signal);

  const keyIn = (slot: SlotName): string => {
    const { key1, key2 } = simulator.currentKeys(account);
    return slot === 'Key1' ? key1 : key2;
  };
  const switchTo = (slot: SlotName): void => {
    held = { value: keyIn(slot) };
  };

  async function call(): Promise<void> {
    const outcome = await ask(`${simulator.endpoint(account)}openai/v1/chat/completions`, {
      method: 'POST',
      ca: simulator.ca,
      signal,
      headers: { 'api-key': held.value },
      body: { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] },
    }).then(
      ({ status }) => String(status),
      (error: unknown) => (error as { code?: string }).code ?? 'unknown',
    );
    if (signal.aborted) return; // cut off by stop(): nobody's failure
    counts.calls += 1;
    if (!outcome.startsWith('2')) counts.failed += 1;
    counts.byStatus[outcome] = (counts.byStatus[outcome] ?? 0) + 1;
  }

  async function refresh(from: KeyVaultSource): Promise<void> {
    try {
      held = await readSecret(simulator, from, signal);
    } catch {
      if (!signal.aborted) counts.refreshFailures += 1;
    }
  }

  const repeat = async (ms: number, act: () => Promise<void>): Promise<void> => {
    while (!signal.aborted) {
      await act();
      await wait(ms, undefined, { signal }).catch(() => undefined);
    }
  };
  const loops = [repeat(options.every, call)];
  if (source.kind === 'keyVaultSecret') loops.push(repeat(source.refreshEvery, () => refresh(source)));

  const deaf = simulator.onEffect(({ kind, id, slot }) => {
    const plan = source.kind === 'manual' ? source.switchesAfter : undefined;
    if (!plan || kind !== 'regenerateKey' || slot !== plan.slot || !isSame(simulator, account, id)) return;
    deaf();
    loops.push(
      wait(plan.ms, undefined, { signal }).then(
        () => switchTo(plan.slot),
        () => undefined,
      ),
    );
  });

  const receipt =
    options.receiptPort === undefined
      ? undefined
      : await serveReceipt(simulator.certificate, options.receiptPort, () => held.version);

  return {
    counts,
    secretVersion: () => held.version,
    slot: () => (['Key1', 'Key2'] as const).find((slot) => keyIn(slot) === held.value),
    receiptUrl: receipt?.url,
    switchTo,
    stop: async () => {
      deaf();
      stopping.abort();
      await Promise.all([...loops, receipt?.close()]);
    },
  };
}

const isSame = (simulator: Simulator, account: string, id: string): boolean =>
  simulator.accountId(account).toLowerCase() === id.toLowerCase();
