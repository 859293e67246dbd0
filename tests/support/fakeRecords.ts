import type { Answer } from '../../src/application/conversation.ts';
import type { Inbox, InboxRow, Rotations } from '../../src/application/ports/store.ts';
import type { Rotation } from '../../src/domain/rotation.ts';

/** What the worker does with a row; 'silence': it doesn't answer in time. */
export type Worker = (row: InboxRow) => Answer | 'silence';

/** The inbox and the rotations in memory: the ports of the chat side, with a worker that a test writes. */
export function fakeRecords(worker: Worker) {
  const rows: InboxRow[] = [];
  const rotations: Rotation[] = [];
  const answers = new Map<string, Answer | 'silence'>();
  const records = {
    rows,
    rotations,
    /** While it holds an error, every call fails with it. */
    down: undefined as Error | undefined,
    /** Fails only the wait for the answer. */
    answerDown: undefined as Error | undefined,
    worker,
    inbox: {
      post: async (activity, by, said, at) => {
        if (records.down) throw records.down;
        const known = rows.find((row) => row.activity === activity);
        if (known !== undefined) return { id: known.id, repeated: true };
        const row: InboxRow = { id: `row-${rows.length + 1}`, activity, by, said, receivedAt: at };
        rows.push(row);
        answers.set(row.id, records.worker(row));
        return { id: row.id, repeated: false };
      },
      answer: async (id) => {
        if (records.answerDown) throw records.answerDown;
        const answer = answers.get(id);
        return answer === undefined || answer === 'silence' ? null : answer;
      },
    } satisfies Pick<Inbox, 'post' | 'answer'>,
    reads: {
      find: async (id) => {
        if (records.down) throw records.down;
        return rotations.find((rotation) => rotation.id === id) ?? null;
      },
      list: async (limit) => {
        if (records.down) throw records.down;
        return rotations.slice(0, limit);
      },
      runningFor: async (name) => {
        if (records.down) throw records.down;
        return rotations.find(({ request }) => request.account === name)?.id ?? null;
      },
    } satisfies Pick<Rotations, 'find' | 'list' | 'runningFor'>,
  };
  return records;
}

export type FakeRecords = ReturnType<typeof fakeRecords>;
