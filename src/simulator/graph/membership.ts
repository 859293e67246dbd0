import type { DirectoryRow, GroupRow } from '../directoryRows.ts';

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

export const groupIn = ({ groups }: DirectoryRow, id: string): GroupRow | undefined =>
  groups.find((group) => same(group.id, id));

/** Ids of everything in a group, also through groups in it; each once, also where groups are in one another. */
export function everythingIn(directory: DirectoryRow, group: GroupRow): readonly string[] {
  const found = new Set<string>();
  const walk = ({ members }: GroupRow): void => {
    for (const id of members) {
      if (found.has(id)) continue;
      found.add(id);
      const nested = groupIn(directory, id);
      if (nested !== undefined) walk(nested);
    }
  };
  walk(group);
  return [...found];
}

export const isIn = (directory: DirectoryRow, group: GroupRow, user: string): boolean =>
  everythingIn(directory, group).some((id) => same(id, user));
