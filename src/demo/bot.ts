import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';

export type RunningBot = Readonly<{
  pid: number;
  /** Resolves with the exit code when the program ends, whoever ended it. */
  ended: Promise<number | null>;
  stop(): Promise<void>;
  /** kill -9: nothing is cleaned up. */
  kill(): void;
}>;

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const checkout = fileURLToPath(new URL('../..', import.meta.url));
const leash = new URL('./endsWithParent.ts', import.meta.url).href;
const startWithin = 60_000;

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/**
 * Starts Keysmith itself, the same program as `npm start`, as a process of its own: only so does it trust
 * the simulator's certificate (NODE_EXTRA_CA_CERTS is read at the start). Its log goes to `logFile`, its
 * standard error to `errors`. Resolves when it says that it has started.
 */
export async function startBot(
  environment: Readonly<Record<string, string>>,
  logFile: string,
  errors: NodeJS.WritableStream = process.stderr,
): Promise<RunningBot> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', leash, main], {
    // where env/ is, whatever folder the demo was started in
    cwd: checkout,
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const log = createWriteStream(logFile, { flags: 'a' });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('Keysmith was started without an output');
  stderr.pipe(errors, { end: false });
  stdout.pipe(log, { end: false });
  const ended = once(child, 'exit').then(([code]) => {
    log.end();
    return code as number | null;
  });
  const lines = createInterface({ input: stdout });
  const started = (async () => {
    for await (const line of lines) if (line.includes('"event":"started"')) return true;
    return false;
  })();
  const deadline = AbortSignal.timeout(startWithin);
  const late = once(deadline, 'abort').then(() => false);
  if (!(await Promise.race([started, ended.then(() => false), late]))) {
    child.kill('SIGKILL');
    throw new Error(`Keysmith did not start; its log is ${logFile}`);
  }
  return {
    // it has said something, so it has one
    pid: child.pid ?? 0,
    ended,
    kill: () => child.kill('SIGKILL'),
    stop: async () => {
      child.kill('SIGTERM');
      const slow = setTimeout(() => child.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(slow);
    },
  };
}
