import { slotName } from '../domain/apiKeys/plan.ts';
import type { Simulator } from '../simulator/index.ts';
import type { DemoClients } from './clients.ts';
import { keysInUse } from './keysInUse.ts';
import { troubles } from './troubles.ts';

/** What the page shows of the simulated Azure, and what can be done to it there. */
export type AzurePanel = Readonly<{
  view: () => unknown;
  /** False when there is no such trouble, or one is waiting to strike already. */
  makeTrouble: (id: string) => boolean;
}>;

const togglePrevious = 'togglePrevious';

/**
 * Who calls which account with which key, counted since the demo began, and which encryption key the accounts
 * use. Never a key's value.
 */
export function azurePanel(simulator: Simulator, clients: DemoClients): AzurePanel {
  const encryption = keysInUse(simulator, [...new Set(clients.all.map(({ account }) => account))]);
  let waiting: string | undefined;

  /** What somebody does behind the program's back, at once. */
  const byHand = () => {
    const previous = encryption.previous();
    return {
      id: togglePrevious,
      title: previous?.enabled === false ? 'Enable it again' : 'Disable the previous key version',
      says:
        previous === undefined
          ? 'Once an account has moved to another encryption key. The channel is alarmed, once.'
          : `${previous.key}, version ${previous.version}, of ${previous.account}, is ${previous.enabled ? 'enabled. Disabled, it alarms the channel, once' : 'disabled'}.`,
      ready: previous !== undefined,
    };
  };

  return {
    view: () => ({
      clients: clients.all.map(({ name, account, client }) => {
        const slot = client.slot();
        const { calls, failed } = client.counts;
        return { name, account, key: slot === undefined ? 'a dead key' : slotName(slot), calls, failed };
      }),
      encryption: encryption.view(),
      byHand: [byHand()],
      troubles: troubles.map(({ id, title, says }) => ({ id, title, says })),
      waiting: simulator.faults.pending() === 0 ? null : (waiting ?? null),
    }),
    makeTrouble: (id) => {
      if (id === togglePrevious) return encryption.togglePrevious();
      const trouble = troubles.find((one) => one.id === id);
      if (trouble === undefined || simulator.faults.pending() > 0) return false;
      simulator.faults.next(trouble.plan);
      waiting = trouble.id;
      return true;
    },
  };
}
