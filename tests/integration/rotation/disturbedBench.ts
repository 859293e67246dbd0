import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals';
import type { Client } from '../../../src/simulator/client.ts';
import { addChatConsumers, startBench, type Bench } from './bench.ts';

/** Loses the next requests or answers of regenerateKey. */
export type Lost = 'lostAfter' | 'lostBefore' | 'partialBody' | { landsLate: number };

/**
 * One bench for the tests of a file, with two clients of contoso-chat that call all the time. Each test
 * begins without faults and counts its own regenerations.
 */
export function disturbed() {
  let bench: Bench | undefined;
  let clients: readonly Client[] = [];
  let before = 0;
  const here = (): Bench => {
    if (bench === undefined) throw new Error('the bench is not there yet');
    return bench;
  };

  beforeAll(async () => {
    bench = await startBench(
      { timing: { newKeyDelay: 300, oldKeyDelay: 300, metricsLag: 100 } },
      {},
      { timeout: 800, margin: 200, settleWindow: 600, proofWithin: 6000 },
    );
    clients = await addChatConsumers(bench);
  }, 60_000);

  beforeEach(() => {
    const { simulator } = here();
    simulator.faults.clear();
    Object.assign(simulator.timing, { listKeysLag: 0, newKeyDelay: 300 });
    before = simulator.effects.length;
  });

  afterAll(() => bench?.close());

  return {
    get bench(): Bench {
      return here();
    },
    get clients(): readonly Client[] {
      return clients;
    },
    lose: (fault: Lost, times = 1): void => {
      here().simulator.faults.next({ match: { path: '/regenerateKey' }, fault, times });
    },
    /** The slots that this test has regenerated, in order. */
    regenerations: () =>
      here()
        .simulator.effects.slice(before)
        .filter(({ kind }) => kind === 'regenerateKey')
        .map(({ slot }) => slot),
    noFailedCall: (): void => {
      for (const client of clients) expect(client.counts).toMatchObject({ failed: 0 });
    },
    /** Keys that stand anywhere in what the program emitted. */
    leaked: async (): Promise<readonly string[]> => {
      const emitted = await here().emitted();
      return here()
        .simulator.issuedKeys()
        .filter((key) => emitted.includes(key));
    },
  };
}
