import { type Client, type ManualSource, startClient } from '../simulator/client.ts';
import type { Simulator, SlotName } from '../simulator/index.ts';

const vault = 'contoso-apps';

export type DemoClient = Readonly<{ name: string; account: string; client: Client }>;

/** The production clients of the demo: they call their endpoints all the time, each with the key it holds. */
export type DemoClients = Readonly<{
  all: readonly DemoClient[];
  /** Where chat-web says which version of its secret it uses. */
  chatWebReceipt: string;
  /** An owner does what they say: puts the present key of a slot into a client that is switched by hand. */
  switchByHand(name: string, slot: SlotName): void;
  stop(): Promise<void>;
}>;

/**
 * Two programs behind contoso-chat, three behind contoso-vision. Those of a secret read it again every few
 * seconds, well within `pickup` (ms); night-batch has its key pasted in.
 */
export async function startClients(simulator: Simulator, pickup: number): Promise<DemoClients> {
  const every = 250;
  const all: DemoClient[] = [];
  const byHand = new Set<string>();
  const ofSecret = async (account: string, name: string, refreshEvery: number, receiptPort?: number) => {
    const client = await startClient({
      simulator,
      account,
      every,
      source: { kind: 'keyVaultSecret', vault, secret: `${name}-api-key`, refreshEvery },
      ...(receiptPort === undefined ? {} : { receiptPort }),
    });
    all.push({ name, account, client });
    return client;
  };
  const ofHand = async (account: string, name: string, source: ManualSource) => {
    all.push({ name, account, client: await startClient({ simulator, account, every, source }) });
    byHand.add(name);
  };
  const chatWeb = await ofSecret('contoso-chat', 'chat-web', pickup / 8, 0);
  await ofSecret('contoso-chat', 'search-indexer', pickup / 2);
  await ofSecret('contoso-vision', 'vision-web', pickup / 4);
  await ofSecret('contoso-vision', 'vision-batch', pickup / 2);
  await ofHand('contoso-vision', 'night-batch', {
    kind: 'manual',
    read: () => simulator.currentKeys('contoso-vision').key1,
  });
  if (chatWeb.receiptUrl === undefined) throw new Error('chat-web serves no receipts');
  return {
    all,
    chatWebReceipt: chatWeb.receiptUrl,
    switchByHand: (name, slot) => {
      if (byHand.has(name)) all.find((one) => one.name === name)?.client.switchTo(slot);
    },
    stop: async () => {
      await Promise.all(all.map(({ client }) => client.stop()));
    },
  };
}
