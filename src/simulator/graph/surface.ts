import { randomUUID } from 'node:crypto';
import type { DirectoryRow } from '../directoryRows.ts';
import type { PrincipalRow } from '../estate.ts';
import { field, type Call, type Reply, type Surface } from '../http.ts';
import { admitBearer, type Identity, type TokenFault } from '../identity.ts';
import { match, page, type Params, type Route } from '../routes.ts';
import type { World } from '../world.ts';
import { everythingIn, groupIn, isIn } from './membership.ts';

interface Context {
  directory: DirectoryRow;
  tenant: string;
  principal: PrincipalRow;
  pageSize: number;
}

/** Graph's error body. Source: learn.microsoft.com/graph/errors. */
const graphError = (code: string, message: string): unknown => {
  const id = randomUUID();
  const date = new Date().toISOString().slice(0, 19);
  return { error: { code, message, innerError: { date, 'request-id': id, 'client-request-id': id } } };
};

const refuse = (status: number, code: string, message: string): Reply => ({
  status,
  body: graphError(code, message),
});

const notFound = (id: string): Reply =>
  refuse(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );

const denied = refuse(
  403,
  'Authorization_RequestDenied',
  'Insufficient privileges to complete the operation.',
);

const tokenFaults: Record<TokenFault, string> = {
  missing: 'Access token is empty.',
  invalid: 'IDX14100: JWT is not well formed.',
  expired: 'Lifetime validation failed, the token is expired.',
  audience: 'Access token validation failure. Invalid audience.',
};

/** Application permissions, any of which opens a route. Source: the pages of the methods. */
const may = ({ principal }: Context, ...any: readonly (readonly string[])[]): boolean =>
  any.some((all) => all.every((one) => principal.graphPermissions?.includes(one) === true));

const isGuid = (text: unknown): text is string =>
  typeof text === 'string' && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);

function checkMemberGroups(call: Call, params: Params, context: Context): Reply {
  if (!may(context, ['User.Read.All', 'GroupMember.Read.All'], ['Directory.Read.All'])) return denied;
  const ids = field(call.body, 'groupIds');
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > 20 || !ids.every(isGuid))
    return refuse(400, 'Request_BadRequest', 'Invalid value specified for property groupIds.');
  const { directory } = context;
  const user = directory.users.find(({ id }) => id.toLowerCase() === params('user').toLowerCase());
  if (user === undefined) return notFound(params('user'));
  const value = ids.filter((id) => {
    const group = groupIn(directory, id);
    return group !== undefined && isIn(directory, group, user.id);
  });
  return {
    status: 200,
    body: { '@odata.context': `${call.origin}/v1.0/$metadata#Collection(Edm.String)`, value },
  };
}

/** A page as Graph gives it. */
function listed(items: readonly unknown[], call: Call, { pageSize }: Context): Reply {
  const size = Math.min(pageSize, Number(call.query.get('$top') ?? pageSize));
  const { value, nextLink } = page(items, size, call);
  return { status: 200, body: { value, ...(nextLink !== undefined && { '@odata.nextLink': nextLink }) } };
}

function transitiveMembers(call: Call, params: Params, context: Context): Reply {
  if (!may(context, ['GroupMember.Read.All'], ['Directory.Read.All'])) return denied;
  const { directory } = context;
  const group = groupIn(directory, params('group'));
  if (group === undefined) return notFound(params('group'));
  const rows = everythingIn(directory, group).map((id) => {
    const nested = groupIn(directory, id);
    const { displayName } = nested ?? directory.users.find((user) => user.id === id) ?? { displayName: null };
    return { '@odata.type': `#microsoft.graph.${nested === undefined ? 'user' : 'group'}`, id, displayName };
  });
  return listed(rows, call, context);
}

function channelMembers(call: Call, params: Params, context: Context): Reply {
  if (!may(context, ['ChannelMember.Read.All'], ['ChannelMember.ReadWrite.All'])) return denied;
  const { directory, tenant } = context;
  const channel = directory.channels.find(
    (row) => row.team.toLowerCase() === params('team').toLowerCase() && row.channel === params('channel'),
  );
  if (channel === undefined) return refuse(404, 'NotFound', 'No thread found with the given id.');
  const rows = channel.members.map(({ user, owner, tenant: own }) => ({
    '@odata.type': '#microsoft.graph.aadUserConversationMember',
    id: Buffer.from(`${channel.channel}##${user}`).toString('base64'),
    roles: owner === true ? ['owner'] : [],
    displayName: directory.users.find(({ id }) => id === user)?.displayName ?? null,
    visibleHistoryStartDateTime: '0001-01-01T00:00:00Z',
    userId: user,
    email: null,
    tenantId: own ?? tenant,
  }));
  return listed(rows, call, context);
}

const routes: readonly Route<Context>[] = [
  { method: 'POST', path: '/v1.0/users/{user}/checkMemberGroups', answer: checkMemberGroups },
  { method: 'GET', path: '/v1.0/groups/{group}/transitiveMembers', answer: transitiveMembers },
  { method: 'GET', path: '/v1.0/teams/{team}/channels/{channel}/members', answer: channelMembers },
];

/** Microsoft Graph v1.0, as far as a vote meets it. Its audience is its own address. */
export function createGraph(
  world: World,
  identity: Identity,
  options: { url: () => string; pageSize: number },
): Surface {
  return {
    name: 'graph',
    admit: (call) =>
      admitBearer(identity, call, ['https://graph.microsoft.com', options.url()], (fault) =>
        refuse(401, 'InvalidAuthenticationToken', tokenFaults[fault]),
      ),
    answer: (call, principal) => {
      const found = match(routes, call);
      const { directory = { users: [], groups: [], channels: [] }, tenant } = world.estate;
      if (found === undefined || !principal)
        return refuse(400, 'BadRequest', `Resource not found for the segment '${call.path}'.`);
      if (found === 'wrongMethod')
        return refuse(405, 'Request_BadRequest', 'Specified HTTP method is not allowed.');
      const context = { directory, tenant, principal, pageSize: options.pageSize };
      return found.route.answer(call, found.params, context);
    },
    error: graphError,
    headers: () => ({ 'request-id': randomUUID() }),
  };
}
