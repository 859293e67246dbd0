import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { banner, walkthrough } from './demo/banner.ts';
import { freePort, startBot } from './demo/bot.ts';
import { type Chat, startChat } from './demo/chat.ts';
import { type DemoClients, startClients } from './demo/clients.ts';
import { people } from './demo/people.ts';
import { demoEstate, type Simulator, startSimulator } from './simulator/index.ts';

/**
 * The whole of Keysmith on loopback: the real program and its embedded PostgreSQL, a simulated Azure with
 * production clients that keep calling it, and a Teams chat in the browser. KEYSMITH_DEMO_PORT names the
 * page's port.
 */

const channelName = 'Key rotations';
const page = Number(process.env['KEYSMITH_DEMO_PORT'] ?? 56150);

/** What Azure's slowness looks like here: seconds where the real one takes minutes, but never instant. */
const slowness = { newKeyDelay: 3000, oldKeyDelay: 8000, listKeysLag: 500, metricsLag: 1000 };

async function writePolicy(
  folder: string,
  simulator: Simulator,
  clients: DemoClients,
  chat: Chat,
): Promise<string> {
  const values: Readonly<Record<string, string>> = {
    VAULT_CONTOSO_APPS: simulator.vaultUrl('contoso-apps'),
    RECEIPT_CHAT_WEB: clients.chatWebReceipt,
    HOME_CHANNEL: chat.channelConversationId,
    SERVICE_URL: chat.connectorUrl,
  };
  const template = await readFile(new URL('../env/policy.demo.yml', import.meta.url), 'utf8');
  const text = template.replace(/\$\{([A-Z_]+)\}/g, (whole, name: string) => values[name] ?? whole);
  const file = join(folder, 'policy.yml');
  await writeFile(file, text);
  return file;
}

const steps = walkthrough({
  channelName,
  account: 'contoso-chat',
  reason: 'yearly rotation',
  requester: 'Ada',
  approvers: ['Bo', 'Chen'],
  buttons: { approve: 'Approve', switched: 'I have switched' },
});

const folder = await mkdtemp(join(tmpdir(), 'keysmith-demo-'));
// As root the database runs as another OS user, who must get through to it.
await chmod(folder, 0o711);
const toStop: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];

async function stop(): Promise<void> {
  for (const step of toStop.splice(0).reverse()) await step().catch((error: unknown) => console.error(error));
}

async function start(): Promise<void> {
  console.log('Starting the database, the simulated Azure, its clients, the bot and the chat …');
  const simulator = await startSimulator({
    estate: demoEstate(),
    certificateFolder: folder,
    timing: slowness,
  });
  toStop.push(() => simulator.close());
  const clients = await startClients(simulator);
  toStop.push(() => clients.stop());
  const port = await freePort();
  const botEndpoint = `http://127.0.0.1:${String(port)}/api/messages`;
  const chat = await startChat({
    folder: join(folder, 'chat'),
    botEndpoint,
    port: page,
    people,
    channelName,
    steps,
  });
  toStop.push(() => chat.stop());
  await mkdir(join(folder, 'data'));
  const logFile = join(process.cwd(), 'keysmith-demo.log');
  await rm(logFile, { force: true });
  const bot = await startBot(
    {
      KEYSMITH_ENV: 'demo',
      ...simulator.environment,
      PORT: String(port),
      KEYSMITH_DATA: join(folder, 'data'),
      KEYSMITH_POLICY: await writePolicy(folder, simulator, clients, chat),
      KEYSMITH_SERVICE_URLS: chat.connectorUrl,
    },
    logFile,
  );
  toStop.push(() => bot.stop());
  console.log(banner(chat.url, steps));
  const code = await bot.ended;
  if (toStop.length > 0) {
    console.error(`Keysmith ended by itself (${String(code)}). Its log is ${logFile}`);
    process.exitCode = 1;
  }
}

let stopping: Promise<void> | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    stopping ??= stop().then(() => process.exit(0));
  });

try {
  await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
await (stopping ?? stop());
