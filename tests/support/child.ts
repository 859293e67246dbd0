import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Ending } from './tally.ts';

/** With a group of its own a child can be ended together with everything it started; Windows has none. */
const detached = process.platform !== 'win32';

const running = new Set<number>();

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const pid of running) end(pid);
    process.exit(1);
  });
}

/**
 * Runs `node <args>` to its end, or for `limit` milliseconds, and then ends whatever it left running.
 * @param show 'live' passes its standard error through and drops its standard output; 'kept' returns both
 */
export async function runNode(
  args: string[],
  limit: number,
  show: 'live' | 'kept',
): Promise<Ending & { output: string }> {
  const kept = show === 'kept';
  const child = spawn(process.execPath, args, {
    detached,
    stdio: ['ignore', kept ? 'pipe' : 'ignore', kept ? 'pipe' : 'inherit'],
  });
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    if (pid !== undefined) end(pid);
  }, limit);
  const output = Promise.all(
    [child.stdout, child.stderr].map(async (stream) => (stream ? text(stream) : '')),
  );
  try {
    const code = await new Promise<number | null>((settle, fail) => {
      child.once('error', fail);
      child.once('exit', settle);
    });
    // before its output is awaited: an orphan would hold the pipe open
    if (pid !== undefined) end(pid);
    return { code, late, output: (await output).join('') };
  } finally {
    clearTimeout(timer);
    if (pid !== undefined) running.delete(pid);
  }
}

function end(pid: number): void {
  try {
    process.kill(detached ? -pid : pid, 'SIGKILL');
  } catch {
    // it is gone already, which is what was wanted
  }
}
