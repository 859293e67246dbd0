import { type Client, startClient } from '../simulator/client.ts';
import type { Simulator } from '../simulator/index.ts';

const vault = 'contoso-apps';

/** The production clients of the demo: they call their endpoints all the time, each with the key it holds. */
export type DemoClients = Readonly<{
  all: readonly Client[];
  /** Where chat-web says which version of its secret it uses. */
  chatWebReceipt: string;
  stop(): Promise<void>;
}>;

/**
 * Two programs behind contoso-chat, three behind contoso-vision. Those of a secret read it again every
 * few seconds; night-batch has its key pasted in, and its operator redeploys it some time after Key 2 was
 * regenerated.
 */
export async function startClients(simulator: Simulator): Promise<DemoClients> {
  const every = 250;
  const ofSecret = (account: string, secret: string, refreshEvery: number, receiptPort?: number) =>
    startClient({
      simulator,
      account,
      every,
      source: { kind: 'keyVaultSecret', vault, secret, refreshEvery },
      ...(receiptPort === undefined ? {} : { receiptPort }),
    });
  const chatWeb = await ofSecret('contoso-chat', 'chat-web-api-key', 2000, 0);
  const all = [
    chatWeb,
    await ofSecret('contoso-chat', 'search-indexer-api-key', 8000),
    await ofSecret('contoso-vision', 'vision-web-api-key', 3000),
    await ofSecret('contoso-vision', 'vision-batch-api-key', 8000),
    await startClient({
      simulator,
      account: 'contoso-vision',
      every,
      source: {
        kind: 'manual',
        read: () => simulator.currentKeys('contoso-vision').key1,
        switchesAfter: { slot: 'Key2', ms: 20_000 },
      },
    }),
  ];
  if (chatWeb.receiptUrl === undefined) throw new Error('chat-web serves no receipts');
  const stop = async (): Promise<void> => {
    await Promise.all(all.map((client) => client.stop()));
  };
  return { all, chatWebReceipt: chatWeb.receiptUrl, stop };
}
