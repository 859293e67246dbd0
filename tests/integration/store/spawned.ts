import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('child.ts', import.meta.url));

export type Spawned = Readonly<{
  child: ChildProcess;
  says: Readonly<Record<string, unknown>>;
  kill(): Promise<void>;
}>;

/** Runs `child.ts` and gives its first line. `kill` is kill -9. */
export async function spawned(args: readonly string[], nodeArgs: readonly string[] = []): Promise<Spawned> {
  const options = ['--disable-warning=ExperimentalWarning', ...nodeArgs];
  const child = spawn(process.execPath, [...options, script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // jest's own options are not for this one
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([
    once(lines, 'line') as Promise<[string]>,
    exited.then(() => Promise.reject(new Error('the child ended without a word'))),
  ]);
  return {
    child,
    says: JSON.parse(first[0]) as Record<string, unknown>,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
