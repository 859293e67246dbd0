import type { Finding, Path } from '../problems.ts';
import { accountsOf, entriesOf, meetings, type Owner, rulesOf } from './parts.ts';

/** A value that an owner may set; `otherwise` stands when nobody does. */
export type Value<T> = Readonly<{
  read: (part: unknown) => T | undefined;
  /** Where it stands within its owner. */
  path: Path;
  otherwise?: T;
}>;

/**
 * Every way in which owners can lie on top of each other that matters to two values: the file alone, each
 * entry over it, and each two entries that one account could fit. More need not be tried, because two
 * values have two owners at most. The topmost first.
 */
function stacksOf(data: unknown): readonly (readonly Owner[])[] {
  const file: Owner = { part: data, path: [] };
  const single = [...rulesOf(data), ...accountsOf(data)];
  return [
    [file],
    ...single.map((entry) => [entry, file]),
    ...meetings(entriesOf(data)).map((two) => [...two, file]),
  ];
}

/**
 * Two values that don't go together, wherever they come to stand together, each time at the line that is the
 * topmost. `says` gives undefined when they do go together.
 */
export function disagreements<A, B>(
  data: unknown,
  a: Value<A>,
  b: Value<B>,
  says: (a: A, b: B) => string | undefined,
  weight?: 'warning',
): readonly Finding[] {
  return stacksOf(data).flatMap((stack): Finding[] => {
    const ofA = inForce(stack, a);
    const ofB = inForce(stack, b);
    const [top] = stack;
    if (top === undefined || ofA === undefined || ofB === undefined) return [];
    // otherwise a smaller stack has told it
    if (!stack.slice(0, -1).every((owner) => owner === ofA.owner || owner === ofB.owner)) return [];
    const words = (ofA.owner ?? ofB.owner) ? says(ofA.value, ofB.value) : undefined;
    if (words === undefined) return [];
    const blamed = ofA.owner === top ? a : b;
    const other = ofA.owner === top ? { owner: ofB.owner, path: b.path } : { owner: ofA.owner, path: a.path };
    const apart = other.owner !== undefined && other.owner !== top && other.owner.path.length > 0;
    return [
      {
        path: [...top.path, ...blamed.path],
        says: words,
        ...(apart && other.owner && { beside: [...other.owner.path, ...other.path] }),
        ...(weight && { weight }),
      },
    ];
  });
}

function inForce<T>(stack: readonly Owner[], { read, otherwise }: Value<T>) {
  for (const owner of stack) {
    const value = read(owner.part);
    if (value !== undefined) return { owner, value };
  }
  return otherwise === undefined ? undefined : { owner: undefined, value: otherwise };
}
