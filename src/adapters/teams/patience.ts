import type { Inbox, Rotations } from '../../application/ports/store.ts';

/** What the chat side reads and writes. */
export type Records = Readonly<{
  inbox: Pick<Inbox, 'post' | 'answer'>;
  rotations: Pick<Rotations, 'find' | 'list' | 'runningFor'>;
}>;

/** The records took too long: nobody knows what became of the question. */
export class RecordsSlow extends Error {
  override readonly name = 'RecordsSlow';
}

/**
 * Milliseconds for each look. A database that hangs keeps its driver waiting for half a minute; Teams is
 * said to wait about 10 s for the whole answer, which can take three looks.
 */
const patience = 2_500;

/**
 * The same records, but what takes too long rejects with {@link RecordsSlow}. What was begun is not undone:
 * a row may be written all the same, and then counts once, however often it is said again.
 */
export function impatient({ inbox, rotations }: Records): Records {
  return {
    inbox: {
      post: (...row) => within(patience, inbox.post(...row)),
      answer: (id, withinMs) => within(withinMs + patience, inbox.answer(id, withinMs)),
    },
    rotations: {
      find: (id) => within(patience, rotations.find(id)),
      list: (limit) => within(patience, rotations.list(limit)),
      runningFor: (name) => within(patience, rotations.runningFor(name)),
    },
  };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => refuse(new RecordsSlow(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether an error says that the records can't be reached, rather than that something is broken. */
export const isAway = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'RecordsSlow' || error.name === 'StoreUnavailable');
