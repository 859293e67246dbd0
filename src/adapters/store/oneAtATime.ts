/**
 * Runs `work` at most once at a time per id. A call while it runs makes it run once more afterwards, so
 * that whatever the caller had committed is seen; it returns at once. `idle` resolves when nothing runs.
 */
export function oneAtATime(work: (id: string) => Promise<void>): Readonly<{
  run(id: string): Promise<void>;
  isRunning(id: string): boolean;
  idle(): Promise<void>;
}> {
  const again = new Map<string, boolean>();
  const running = new Set<Promise<void>>();

  async function repeat(id: string): Promise<void> {
    try {
      do {
        again.set(id, false);
        await work(id);
      } while (again.get(id));
    } finally {
      again.delete(id);
    }
  }

  return {
    run: (id) => {
      if (again.has(id)) {
        again.set(id, true);
        return Promise.resolve();
      }
      const run = repeat(id);
      running.add(run);
      const end = (): void => void running.delete(run);
      run.then(end, end);
      return run;
    },
    isRunning: (id) => again.has(id),
    idle: async () => {
      await Promise.allSettled([...running]);
    },
  };
}
