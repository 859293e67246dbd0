import type { Rules, Voters } from '../domain/policy.ts';
import type { Members } from '../domain/shared.ts';
import type { Directory } from './ports/directory.ts';

/** How long all the groups of a policy may take (ms). They are for display only. */
const patience = 10_000;

/**
 * Who is in the groups that the rules name, by the group's id. A group that can't be listed is missing: that
 * is no reason to refuse, since every vote is looked up anew. Undefined where the rules name no group.
 */
export async function membersOf(
  directory: Directory,
  { gates }: Rules,
  signal: AbortSignal,
): Promise<Members | undefined> {
  const groups = Object.values(gates).flatMap(({ from, groups: own = [], atLeastOne, escalate }) =>
    [{ people: from, groups: own }, atLeastOne, escalate?.to].flatMap(
      (voters?: Voters) => voters?.groups ?? [],
    ),
  );
  const distinct = groups.filter(({ id }, index) => groups.findIndex((other) => other.id === id) === index);
  if (distinct.length === 0) return undefined;
  const end = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  const listed = await Promise.all(
    distinct.map(async (group) => [group.id, await directory.members(group, end)] as const),
  );
  return Object.fromEntries(listed.flatMap(([id, people]) => (people.ok ? [[id, people.value]] : [])));
}
