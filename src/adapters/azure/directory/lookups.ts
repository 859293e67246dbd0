import { z } from 'zod';
import type { Fault } from '../../../domain/faults.ts';
import type { Person } from '../../../domain/people.ts';
import type { Group } from '../../../domain/policy.ts';
import { ok, type Result } from '../../../domain/result.ts';
import { listGraph, postGraph, type Graph } from './graph.ts';

/** An Entra group as the policy names it. */
export type EntraGroup = Extract<Group, { kind: 'entraGroup' }>;
/** The owners or the members of a channel. */
export type ChannelGroup = Exclude<Group, EntraGroup>;

/** Graph's own limit of one question. */
export const mostGroups = 20;

/**
 * Object ids of those of the groups that somebody is in, also through nested groups; 20 groups at most.
 * Source: learn.microsoft.com/graph/api/directoryobject-checkmembergroups (v1.0). Groups with hidden membership
 * may be missing from the answer: then their members have no vote, which is the safe side.
 */
export async function checkMemberGroups(
  graph: Graph,
  { objectId, name }: Person,
  groups: readonly EntraGroup[],
): Promise<Result<readonly string[], Fault>> {
  const answer = await postGraph(
    graph,
    `/users/${encodeURIComponent(objectId)}/checkMemberGroups`,
    { groupIds: groups.map(({ group }) => group) },
    z.object({ value: z.array(z.string()) }),
    {
      name: 'checkMemberGroups',
      doing: `say which groups ${name} is in`,
      thing: name,
      needs: {
        action: 'User.Read.All and GroupMember.Read.All of Microsoft Graph',
        role: 'Directory Readers',
      },
    },
  );
  // somebody whom the directory doesn't know is in none of its groups
  if (!answer.ok) return answer.error.kind === 'missing' ? ok([]) : answer;
  return ok(answer.value.value);
}

const member = z.looseObject({
  userId: z.string().nullish(),
  tenantId: z.string().nullish(),
  displayName: z.string().nullish(),
  roles: z.array(z.string()).nullish(),
});

export type ChannelMember = Person & Readonly<{ owner: boolean }>;

/** Everybody in a channel. Source: learn.microsoft.com/graph/api/channel-list-members (v1.0). */
export async function channelMembers(
  graph: Graph,
  { team, channel, name }: ChannelGroup,
): Promise<Result<readonly ChannelMember[], Fault>> {
  const listed = await listGraph(
    graph,
    `/teams/${encodeURIComponent(team)}/channels/${encodeURIComponent(channel)}/members`,
    member,
    {
      name: 'channelMembers',
      doing: `list the members of the channel of ${name}`,
      thing: `The channel of ${name}`,
      needs: { action: 'ChannelMember.Read.All of Microsoft Graph', role: 'ChannelMember.Read.All' },
    },
  );
  if (!listed.ok) return listed;
  return ok(
    listed.value.flatMap(({ userId, tenantId, displayName, roles }) =>
      // a bot, or somebody without an account, is nobody who could vote
      userId && tenantId
        ? [
            {
              objectId: userId,
              tenantId,
              name: displayName ?? userId,
              owner: roles?.includes('owner') === true,
            },
          ]
        : [],
    ),
  );
}

const directoryObject = z.looseObject({
  '@odata.type': z.string().nullish(),
  id: z.string(),
  displayName: z.string().nullish(),
});

/**
 * The people of an Entra group and of the groups in it, as people of `tenantId`; more than `most` when there are.
 * Source: learn.microsoft.com/graph/api/group-list-transitivemembers (v1.0).
 */
export async function transitiveMembers(
  graph: Graph,
  { group, name }: EntraGroup,
  tenantId: string,
  most: number,
): Promise<Result<readonly Person[], Fault>> {
  const listed = await listGraph(
    graph,
    `/groups/${encodeURIComponent(group)}/transitiveMembers?$select=id,displayName&$top=999`,
    directoryObject,
    {
      name: 'transitiveMembers',
      doing: `list the members of the group ${name}`,
      thing: `The group ${name}`,
      needs: { action: 'GroupMember.Read.All of Microsoft Graph', role: 'Directory Readers' },
    },
    most,
  );
  if (!listed.ok) return listed;
  return ok(
    listed.value
      // beside people: the nested groups, devices, service principals
      .filter((one) => one['@odata.type'] === '#microsoft.graph.user')
      .map(({ id, displayName }) => ({ objectId: id, tenantId, name: displayName ?? id })),
  );
}
