import { startPersonSwitch, type PersonSwitchOptions } from './personSwitch.ts';
import { startPlayground } from './playground.ts';

/** The bot need not answer yet. */
export type ChatOptions = PersonSwitchOptions &
  Readonly<{
    /** A folder for the Playground alone. It is made, and removed by `stop()`. */
    folder: string;
  }>;

export type Chat = Readonly<{
  /** The one address to open. */
  url: string;
  /** The connector as the bot is told to use it (`serviceUrl`). */
  connectorUrl: string;
  channelConversationId: string;
  stop: () => Promise<void>;
}>;

/** The demo's Teams: the Playground with the person switch in front of it, all on loopback. */
export async function startChat(options: ChatOptions): Promise<Chat> {
  const { folder, people, channelName } = options;
  const front = await startPersonSwitch(options);
  try {
    const playground = await startPlayground({
      folder,
      people,
      channelName,
      botEndpoint: front.activityEndpoint,
      serviceUrl: front.connectorUrl,
    });
    const stop = async (): Promise<void> => {
      await front.stop();
      await playground.stop();
    };
    try {
      await front.attach(playground.url);
    } catch (error) {
      await playground.stop();
      throw error;
    }
    const { channelConversationId } = playground;
    return { url: front.url, connectorUrl: front.connectorUrl, channelConversationId, stop };
  } catch (error) {
    await front.stop();
    throw error;
  }
}
