import { z } from 'zod';
import type { Group } from '../../domain/policy.ts';
import type { Finding } from './problems.ts';
import { guid, plainWords, strict, text, unknownName } from './words.ts';

/** The groups of the file by the short name that the gates use. */
export type Groups = ReadonlyMap<string, Group>;

const name = text.exactOptional().describe('How cards call it; left out, its short name');
const channel = {
  team: guid.describe('Id of the Microsoft 365 group of the team'),
  channel: text.describe('19:…@thread.tacv2'),
  name,
};

/** How each kind of group is written. A kind without an entry here doesn't compile. */
const kinds = {
  entraGroup: strict({
    kind: z.literal('entraGroup'),
    group: guid.describe('Entra object id of the group'),
    name,
  }),
  channelMembers: strict({ kind: z.literal('channelMembers'), ...channel }),
  channelOwners: strict({ kind: z.literal('channelOwners'), ...channel }),
} satisfies Record<Group['kind'], z.ZodType>;

const known = Object.keys(kinds);

const group = z.discriminatedUnion('kind', [kinds.entraGroup, kinds.channelMembers, kinds.channelOwners], {
  error: ({ input }) => {
    const kind: unknown = (input as { kind?: unknown } | null | undefined)?.kind;
    return typeof kind === 'string' ? unknownName(kind, known) : `is missing: write ${known.join(' or ')}`;
  },
});

/** The part `groups`, for an editor. */
export const groupsSchema = z
  .record(z.string(), group)
  .describe('A short name for every group of people that somebody else keeps');

/**
 * Reads the part `groups`. A group whose entry is wrong is in the answer all the same, so that the rest of
 * the file is not blamed for naming it.
 */
export function readGroups(
  data: unknown,
  people: ReadonlyMap<string, unknown>,
): { groups: Groups; findings: readonly Finding[] } {
  const groups = new Map<string, Group>();
  if (data === undefined) return { groups, findings: [] };
  const parsed = z.record(z.string(), z.unknown()).safeParse(data, { error: plainWords });
  if (!parsed.success) {
    const says = 'write a line for each group: `security: { kind: entraGroup, group: <object id> }`';
    return { groups, findings: [{ path: ['groups'], says }] };
  }
  const findings: Finding[] = [];
  for (const [alias, value] of Object.entries(parsed.data)) {
    const path = ['groups', alias];
    const one = group.safeParse(value, { error: plainWords });
    for (const issue of one.error?.issues ?? []) {
      const says = issue.code === 'unrecognized_keys' ? (issue.message.split('\n')[0] ?? '') : issue.message;
      const key = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
      findings.push({ path: [...path, ...(issue.path as string[]), ...key], says });
    }
    if (people.has(alias)) findings.push({ path, says: 'is the short name of a person already' });
    const read: Group = one.data
      ? { ...one.data, id: idOf(one.data), name: one.data.name ?? alias }
      : { kind: 'entraGroup', id: alias, name: alias, group: alias };
    const twin = [...groups].find(([, { id }]) => id === read.id);
    if (twin) findings.push({ path, says: `is the same group as \`${twin[0]}\`: one name is enough` });
    groups.set(alias, read);
  }
  return { groups, findings };
}

/** Made of what the group is, so that the record means the same after a renaming in the file. */
const idOf = (one: z.output<typeof group>): string =>
  one.kind === 'entraGroup' ? `${one.kind}:${one.group}` : `${one.kind}:${one.team}/${one.channel}`;
