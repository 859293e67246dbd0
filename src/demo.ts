import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDuration } from './config/duration.ts';
import { azurePanel } from './demo/azure.ts';
import { banner, ideas, walkthrough } from './demo/banner.ts';
import { freePort, startBot } from './demo/bot.ts';
import { type Chat, startChat } from './demo/chat.ts';
import { type DemoClients, startClients } from './demo/clients.ts';
import { type DemoDurations, demoDurations } from './demo/durations.ts';
import { people } from './demo/people.ts';
import { demoEstate, type Simulator, startSimulator } from './simulator/index.ts';

/**
 * The whole of Keysmith on loopback: the real program and its embedded PostgreSQL, a simulated Azure with
 * production clients that keep calling it, and a Teams chat in the browser. KEYSMITH_DEMO_PORT names the
 * page's port; KEYSMITH_DEMO_SOAK and so on its waits (src/demo/durations.ts).
 */

const channelName = 'Key rotations';

/** What Azure's slowness looks like here: seconds where the real one takes minutes, but never instant. */
const slowness = ({ WRAP }: DemoDurations) => ({
  newKeyDelay: 3000,
  oldKeyDelay: 8000,
  listKeysLag: 500,
  metricsLag: 1000,
  wrapTime: parseDuration(WRAP) ?? 15_000,
});

function pagePort(): number {
  const wanted = process.env['KEYSMITH_DEMO_PORT'] ?? '56150';
  const port = Number(wanted);
  if (/^\d+$/.test(wanted) && port <= 65_535) return port;
  throw new Error(`KEYSMITH_DEMO_PORT is ${JSON.stringify(wanted)}; write the number of a free port.`);
}

async function writePolicy(folder: string, values: Readonly<Record<string, string>>): Promise<string> {
  const template = await readFile(new URL('../env/policy.demo.yml', import.meta.url), 'utf8');
  const text = template.replace(/\$\{([A-Z_]+)\}/g, (whole, name: string) => values[name] ?? whole);
  const file = join(folder, 'policy.yml');
  await writeFile(file, text);
  return file;
}

const placeholders = (simulator: Simulator, clients: DemoClients, chat: Chat, durations: DemoDurations) => ({
  ...durations,
  VAULT_CONTOSO_APPS: simulator.vaultUrl('contoso-apps'),
  RECEIPT_CHAT_WEB: clients.chatWebReceipt,
  HOME_CHANNEL: chat.channelConversationId,
  SERVICE_URL: chat.connectorUrl,
});

const steps = walkthrough({
  channelName,
  account: 'contoso-chat',
  reason: 'yearly rotation',
  requester: 'Ada',
  approvers: ['Bo', 'Chen'],
  buttons: { approve: 'Approve', switched: 'I have switched', stay: 'Stay on Key 2' },
});

const toStop: (() => Promise<void>)[] = [];

async function stop(): Promise<void> {
  for (const step of toStop.splice(0).reverse()) await step().catch((error: unknown) => console.error(error));
}

async function start(): Promise<void> {
  const port = pagePort();
  const durations = demoDurations(process.env);
  console.log('Starting the database, the simulated Azure, its clients, the bot and the chat …');
  const folder = await mkdtemp(join(tmpdir(), 'keysmith-demo-'));
  toStop.push(() => rm(folder, { recursive: true, force: true }));
  // so that the database is in here also for root, whose PostgreSQL runs as another user, and goes with it
  await chmod(folder, 0o711);
  const simulator = await startSimulator({
    estate: demoEstate(),
    certificateFolder: folder,
    timing: slowness(durations),
  });
  toStop.push(() => simulator.close());
  const clients = await startClients(simulator, parseDuration(durations.PICKUP) ?? 15_000);
  toStop.push(() => clients.stop());
  const botPort = await freePort();
  const chat = await startChat({
    folder: join(folder, 'chat'),
    botEndpoint: `http://127.0.0.1:${String(botPort)}/api/messages`,
    port,
    people,
    channelName,
    steps,
    ideas,
    azure: azurePanel(simulator, clients),
    onSwitched: (consumer, to) => clients.switchByHand(consumer, to),
  });
  toStop.push(() => chat.stop());
  await mkdir(join(folder, 'data'));
  const logFile = join(process.cwd(), 'keysmith-demo.log');
  await rm(logFile, { force: true });
  const bot = await startBot(
    {
      KEYSMITH_ENV: 'demo',
      ...simulator.environment,
      AZURE_PORTAL_ENDPOINT: `${chat.url}portal`,
      PORT: String(botPort),
      KEYSMITH_DATA: join(folder, 'data'),
      KEYSMITH_POLICY: await writePolicy(folder, placeholders(simulator, clients, chat, durations)),
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

/** The sentence for whoever started it; a bug keeps its stack. */
function inWords(error: unknown): unknown {
  const { code, port } = error as { code?: unknown; port?: unknown };
  if (code === 'EADDRINUSE')
    return `Port ${String(port)} is taken by another program, perhaps by another demo. Stop that one, or choose a port: KEYSMITH_DEMO_PORT=56151 npm run demo`;
  return error instanceof Error ? error.message : error;
}

let stopping: Promise<void> | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    stopping ??= stop().then(() => process.exit(0));
  });

try {
  await start();
} catch (error) {
  // a signal in the middle of the start takes away what it needs: that is no failure
  if (stopping === undefined) {
    console.error(inWords(error));
    process.exitCode = 1;
  }
}
await (stopping ?? stop());
