import { slotName } from '../domain/plan.ts';
import type { Simulator } from '../simulator/index.ts';
import type { DemoClients } from './clients.ts';

/** What goes wrong once in the simulated Azure, when somebody asks for it. */
const troubles = [
  {
    id: 'refuseRegeneration',
    title: 'Refuse the next regeneration',
    says: 'The rotation halts. Retry goes on.',
    plan: {
      match: { method: 'POST', path: /\/regenerateKey$/i },
      fault: {
        status: 403,
        code: 'AuthorizationFailed',
        message:
          "The client does not have authorization to perform action 'Microsoft.CognitiveServices/accounts/regenerateKey/action' over scope '/subscriptions/…'.",
      },
    },
  },
  {
    id: 'loseAnswer',
    title: 'Lose the answer to the next regeneration',
    says: 'It happens, but nobody hears of it. Keysmith looks, and never sends it twice: Details on the card say so.',
    plan: { match: { method: 'POST', path: /\/regenerateKey$/i }, fault: 'lostAfter' },
  },
  {
    id: 'refuseSecret',
    title: 'Refuse the next write of a secret',
    says: 'The rotation halts with both keys alive. Retry goes on, Roll back goes back.',
    plan: {
      match: { method: 'PUT', path: /\/secrets\//i },
      fault: { status: 403, code: 'Forbidden', message: 'Caller is not authorized.' },
    },
  },
] as const;

/** What the page shows of the simulated Azure, and what can be done to it there. */
export type AzurePanel = Readonly<{
  view: () => unknown;
  /** False when there is no such trouble, or one is waiting to strike already. */
  makeTrouble: (id: string) => boolean;
}>;

/** Who calls which account with which key, counted since the demo began. Never a key. */
export function azurePanel(simulator: Simulator, clients: DemoClients): AzurePanel {
  let waiting: string | undefined;
  return {
    view: () => ({
      clients: clients.all.map(({ name, account, client }) => {
        const slot = client.slot();
        const { calls, failed } = client.counts;
        return { name, account, key: slot === undefined ? 'a dead key' : slotName(slot), calls, failed };
      }),
      troubles: troubles.map(({ id, title, says }) => ({ id, title, says })),
      waiting: simulator.faults.pending() === 0 ? null : (waiting ?? null),
    }),
    makeTrouble: (id) => {
      const trouble = troubles.find((one) => one.id === id);
      if (trouble === undefined || simulator.faults.pending() > 0) return false;
      simulator.faults.next(trouble.plan);
      waiting = trouble.id;
      return true;
    },
  };
}
