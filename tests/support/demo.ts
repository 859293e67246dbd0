import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const script = resolve(import.meta.dirname, '../../src/demo.ts');

/** Waits of the demo that a test has the time for. Settings of the demo, as anybody can choose them. */
const short = {
  KEYSMITH_DEMO_SOAK: '4s',
  KEYSMITH_DEMO_PICKUP: '4s',
  KEYSMITH_DEMO_WRAP: '3s',
  KEYSMITH_DEMO_REMIND: '10m',
};

export type RunningDemo = Readonly<{
  /** The page to open. */
  url: string;
  /** All that it has printed. */
  printed: () => string;
  /** Ctrl+C; resolves with the exit code when it has ended. */
  stop: () => Promise<number | null>;
}>;

/** Runs demos in a temporary folder of their own, so that it can be seen what they leave behind. */
export async function demoRunner() {
  const folder = await mkdtemp(join(tmpdir(), 'demo-e2e-'));
  // as /tmp is: PostgreSQL runs as another user when the demo is root's
  await chmod(folder, 0o711);

  function launch(environment: Readonly<Record<string, string>> = {}) {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '', TMPDIR: folder, ...short, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => lines.push(line));
    const ended = once(child, 'close').then(() => child.exitCode);
    return { child, ended, printed: () => lines.join('\n') };
  }

  return {
    folder,
    /** Resolves when it says which address to open; throws what it printed when it ends instead. */
    async start(environment?: Readonly<Record<string, string>>): Promise<RunningDemo> {
      const { child, ended, printed } = launch(environment);
      const address = async (): Promise<string> => {
        for (;;) {
          const url = /open (http:\S+)/.exec(printed())?.[1];
          if (url !== undefined) return url;
          await Promise.race([once(child.stdout, 'data'), ended]);
          if (child.exitCode !== null) throw new Error(printed());
        }
      };
      const stop = (): Promise<number | null> => {
        child.kill('SIGINT');
        return ended;
      };
      return { url: await address(), printed, stop };
    },

    /** One that is expected to give up by itself. */
    async fail(environment: Readonly<Record<string, string>>) {
      const { ended, printed } = launch(environment);
      const code = await ended;
      return { code, printed: printed() };
    },

    /** Command lines of the processes that work in the folder; none where nobody can tell (no /proc). */
    async processes(): Promise<readonly string[]> {
      const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
      const read = (id: string, file: string): Promise<string> =>
        readFile(`/proc/${id}/${file}`, 'utf8').catch(() => '');
      const all = await Promise.all(
        ids.map(async (id) => [await read(id, 'cmdline'), await read(id, 'environ')] as const),
      );
      return all
        .filter((texts) => texts.some((text) => text.includes(`${folder}/`)))
        .map(([command]) => command.replaceAll('\0', ' '));
    },

    /** What lies in the folder. */
    left: (): Promise<readonly string[]> => readdir(folder),
    close: (): Promise<void> => rm(folder, { recursive: true, force: true }),
  };
}
