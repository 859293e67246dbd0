import type { Directory } from '../../../application/ports/directory.ts';
import type { Fault } from '../../../domain/faults.ts';
import { samePerson, type Person } from '../../../domain/people.ts';
import type { Group } from '../../../domain/policy.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { Context } from '../call.ts';
import { recent } from './cache.ts';
import type { Graph } from './graph.ts';
import { checkMemberGroups, channelMembers, mostGroups, transitiveMembers } from './lookups.ts';
import type { ChannelGroup, ChannelMember, EntraGroup } from './lookups.ts';

export type DirectorySettings = Readonly<{
  /** Microsoft Graph, https; null: there is none, and every question is refused. */
  graphEndpoint: string | null;
  /** The Entra tenant whose directory it is: people of others are in none of its groups. Null: not known. */
  tenant: string | null;
}>;

/** Answers are used for this long after they were asked for (ms); with the wait and the count it stays below a minute. */
const keptFor = 45_000;
/** One request to Graph (ms). Somebody waits for it; what comes later than their patience helps their next try. */
const timeout = 5_000;
/** More people than this aren't shown. */
const mostShown = 200;

/**
 * Groups through Microsoft Graph. Compares ids, never names. Entra groups count through nesting; of a channel
 * those count who are listed in it. Asks again only what is safe to repeat, which is all that it asks.
 */
export function openDirectory(base: Context, { graphEndpoint, tenant }: DirectorySettings): Directory {
  if (graphEndpoint === null) return noGraph;
  const { callTimeout, readRetries, now } = base.settings;
  const settings = {
    ...base.settings,
    callTimeout: Math.min(timeout, callTimeout),
    readRetries: { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 1000, ...readRetries },
  };
  const graph: Graph = { context: { ...base, settings }, url: graphEndpoint.replace(/\/+$/, '') };
  const inGroup = recent<boolean>(keptFor, now);
  const checks = recent<readonly string[]>(0, now);
  const channels = recent<readonly ChannelMember[]>(keptFor, now);

  const peopleIn = (group: ChannelGroup): Promise<Result<readonly ChannelMember[], Fault>> =>
    channels.get(JSON.stringify([group.team.toLowerCase(), group.channel]), () =>
      channelMembers(graph, group),
    );

  async function inChannel(person: Person, group: ChannelGroup): Promise<Result<boolean, Fault>> {
    const listed = await peopleIn(group);
    return listed.ok ? ok(countedIn(group, listed.value).some((one) => samePerson(one, person))) : listed;
  }

  /** Those of the groups that the person is in; what isn't known any more is asked in one question. */
  async function inEntraGroups(
    person: Person,
    groups: readonly EntraGroup[],
  ): Promise<Result<readonly EntraGroup[], Fault>> {
    if (!isOfTenant(person)) return ok([]);
    const keyOf = ({ group }: EntraGroup): string =>
      [person.tenantId, person.objectId, group].join(' ').toLowerCase();
    const unknown = groups.filter((group) => inGroup.find(keyOf(group)) === undefined);
    const answers = new Map<string, boolean>(
      groups.map((group) => [keyOf(group), inGroup.find(keyOf(group)) === true]),
    );
    for (let first = 0; first < unknown.length; first += mostGroups) {
      const some = unknown.slice(first, first + mostGroups);
      const at = now();
      const checked = await checks.get(some.map(keyOf).join(), () => checkMemberGroups(graph, person, some));
      if (!checked.ok) return checked;
      const ids = checked.value.map((id) => id.toLowerCase());
      for (const group of some) {
        const is = ids.includes(group.group.toLowerCase());
        answers.set(keyOf(group), is);
        inGroup.keep(keyOf(group), at, is);
      }
    }
    return ok(groups.filter((group) => answers.get(keyOf(group)) === true));
  }

  const isOfTenant = ({ tenantId }: Person): boolean =>
    tenant === null || tenant.toLowerCase() === tenantId.toLowerCase();

  async function memberOf(
    person: Person,
    groups: readonly Group[],
  ): Promise<Result<readonly string[], Fault>> {
    const entra = groups.filter((group): group is EntraGroup => group.kind === 'entraGroup');
    const [checked, ...looked] = await Promise.all([
      entra.length === 0 ? ok([]) : inEntraGroups(person, entra),
      ...groups
        .filter((group): group is ChannelGroup => group.kind !== 'entraGroup')
        .map(async (group) => ({ group, is: await inChannel(person, group) })),
    ]);
    if (!checked.ok) return checked;
    const ids = checked.value.map(({ id }) => id);
    for (const { group, is } of looked) {
      if (!is.ok) return is;
      if (is.value) ids.push(group.id);
    }
    return ok(ids);
  }

  async function members(group: Group): Promise<Result<readonly Person[], Fault>> {
    if (group.kind === 'entraGroup' && tenant === null) return err(noTenant);
    const listed =
      group.kind === 'entraGroup'
        ? await transitiveMembers(graph, group, tenant ?? '', mostShown)
        : await peopleIn(group);
    if (!listed.ok) return listed;
    const people =
      group.kind === 'entraGroup' ? listed.value : countedIn(group, listed.value as readonly ChannelMember[]);
    if (people.length > mostShown) return err(tooMany(group));
    return ok(people.map(({ objectId, tenantId, name }) => ({ objectId, tenantId, name })));
  }

  return {
    memberOf: (person, groups, signal) => within(memberOf(person, groups), signal),
    members: (group, signal) => within(members(group), signal),
  };
}

const countedIn = ({ kind }: ChannelGroup, people: readonly ChannelMember[]): readonly ChannelMember[] =>
  kind === 'channelOwners' ? people.filter(({ owner }) => owner) : people;

/** The answer, unless the signal comes first. The question goes on: its answer is kept for the next one who asks. */
function within<T>(answer: Promise<Result<T, Fault>>, signal: AbortSignal): Promise<Result<T, Fault>> {
  return new Promise((resolve, reject) => {
    const late = (): void => resolve(err(noAnswer));
    if (signal.aborted) late();
    else signal.addEventListener('abort', late, { once: true });
    void answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', late));
  });
}

const noAnswer: Fault = {
  kind: 'unknownOutcome',
  code: 'TimeoutError',
  says: 'Microsoft Graph did not answer in time.',
  remedy: 'Nothing was changed by asking. Try again in a moment.',
};

const noTenant: Fault = {
  kind: 'refused',
  code: 'NoTenant',
  says: 'It is not known of which Entra tenant the groups are.',
  remedy: 'Set AZURE_TENANT_ID or MicrosoftAppTenantId.',
};

const tooMany = ({ name }: Group): Fault => ({
  kind: 'refused',
  code: 'TooManyMembers',
  says: `The group ${name} has more than ${String(mostShown)} members, too many to show.`,
  remedy: 'They may vote all the same.',
});

const notSet: Fault = {
  kind: 'refused',
  code: 'NoGraph',
  says: 'No address of Microsoft Graph is set, so nobody can look up who is in a group.',
  remedy: 'Set AZURE_GRAPH_ENDPOINT, or name people in the policy file.',
};

const noGraph: Directory = {
  memberOf: () => Promise.resolve(err(notSet)),
  members: () => Promise.resolve(err(notSet)),
};
