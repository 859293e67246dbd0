import type { Fault } from '../../../domain/faults.ts';
import { ok, type Result } from '../../../domain/result.ts';

/** How many answers are kept at most; beyond it the stale ones go. */
const mostKept = 5_000;

/**
 * Answers for a while, counted from when they were asked for, and never a fault. Questions that are under way
 * are shared: whoever presses a button ten times asks once.
 */
export function recent<T>(keptFor: number, now: () => number) {
  const kept = new Map<string, Readonly<{ at: number; value: T }>>();
  const asking = new Map<string, Promise<Result<T, Fault>>>();

  const isFresh = ({ at }: Readonly<{ at: number }>): boolean => now() - at < keptFor && now() >= at;

  const find = (key: string): T | undefined => {
    const found = kept.get(key);
    return found !== undefined && isFresh(found) ? found.value : undefined;
  };

  const keep = (key: string, at: number, value: T): void => {
    if (kept.size >= mostKept) for (const [old, answer] of kept) if (!isFresh(answer)) kept.delete(old);
    if (kept.size < mostKept) kept.set(key, { at, value });
  };

  const ask = async (key: string, question: () => Promise<Result<T, Fault>>): Promise<Result<T, Fault>> => {
    const at = now();
    const answer = await question();
    if (answer.ok) keep(key, at, answer.value);
    return answer;
  };

  return {
    find,
    keep,
    get: (key: string, question: () => Promise<Result<T, Fault>>): Promise<Result<T, Fault>> => {
      const known = find(key);
      if (known !== undefined) return Promise.resolve(ok(known));
      const under = asking.get(key);
      if (under !== undefined) return under;
      const asked = ask(key, question).finally(() => asking.delete(key));
      asking.set(key, asked);
      return asked;
    },
  };
}
