import type { ServerResponse } from 'node:http';
import { fail, lands, type Faults, type Operation } from './faults.ts';
import { json, type Call } from './http.ts';
import type { Room } from './room.ts';
import { isRecord, type FakePerson, type WireActivity } from './world.ts';

/** Everything the bot asked of the connector, in the order of arrival, whether it was carried out or not. */
export type Recorded = Readonly<{
  on: Operation;
  method: string;
  /** The conversation as the bot wrote it, with its `;messageid=`. */
  conversation: string;
  activityId?: string;
  body: unknown;
  authorization: string | undefined;
  at: number;
}>;

const notFound = (response: ServerResponse, code: string): void =>
  json(response, 404, { error: { code, message: 'no such thing in the fake Teams' } });

/** Answers the bot's calls of `/v3/…` as Teams' connector does. */
export function connector(room: Room, faults: Faults, record: (one: Recorded) => void) {
  return (call: Call, response: ServerResponse): void => {
    const found = routeOf(call);
    if (found === undefined) {
      notFound(response, 'BadArgument');
      return;
    }
    const body: unknown = call.raw === '' ? undefined : JSON.parse(call.raw);
    const { on, conversation, id } = found;
    record({
      on,
      method: call.method,
      conversation,
      ...(id === undefined ? {} : { activityId: id }),
      body,
      authorization: call.headers.authorization,
      at: Date.now(),
    });
    const fault = faults.take(on, conversation);
    const answer = lands(fault) ? carryOut(room, found, body, call) : undefined;
    if (fault !== undefined) fail(fault, response);
    else if (answer === undefined) notFound(response, 'ConversationNotFound');
    else json(response, on === 'send' || on === 'create' ? 201 : 200, answer);
  };
}

type Route = Readonly<{ on: Operation; conversation: string; id?: string }>;

function routeOf({ method, path }: Call): Route | undefined {
  const [version, root, conversation = '', what, id] = path;
  if (version !== 'v3' || root !== 'conversations') return undefined;
  if (method === 'POST' && path.length === 2) return { on: 'create', conversation: '' };
  const about = { conversation, ...(id === undefined ? {} : { id }) };
  if (method === 'POST' && what === 'activities') return { on: 'send', ...about };
  if (method === 'PUT' && what === 'activities' && id !== undefined) return { on: 'update', ...about };
  if (method === 'GET' && what === 'members' && id !== undefined) return { on: 'member', ...about };
  if (method === 'GET' && what === 'pagedmembers') return { on: 'members', ...about };
  return undefined;
}

function carryOut(room: Room, route: Route, body: unknown, call: Call): unknown {
  switch (route.on) {
    case 'create': {
      const members = isRecord(body) && Array.isArray(body['members']) ? (body['members'] as unknown[]) : [];
      const wanted = isRecord(members[0]) ? members[0]['id'] : undefined;
      const person = room.people.find(({ id, objectId }) => id === wanted || objectId === wanted);
      return person && { id: room.personalChat(person).id };
    }
    case 'send': {
      const sent = isActivity(body) && room.post('bot', route.conversation, body);
      return sent ? { id: sent.id } : undefined;
    }
    case 'update':
      return isActivity(body) && room.edit(route.id ?? '', body) ? { id: route.id } : undefined;
    case 'member': {
      const members = room.membersOf(route.conversation);
      const person = members?.find(({ id, objectId }) => id === route.id || objectId === route.id);
      return person && asMember(person);
    }
    case 'members': {
      const members = room.membersOf(route.conversation);
      if (members === undefined) return undefined;
      const from = Number(call.query.get('continuationToken') ?? '0');
      const to = from + room.pageSize;
      return {
        members: members.slice(from, to).map(asMember),
        ...(to < members.length ? { continuationToken: String(to) } : {}),
      };
    }
    case 'token':
    case 'keys':
    case 'signIn':
      return undefined;
  }
}

const asMember = ({ id, objectId, tenantId, name, role = 'user' }: FakePerson) => ({
  id,
  // Teams gives both, the Playground one or the other
  objectId,
  aadObjectId: objectId,
  tenantId,
  name,
  userRole: role,
});

const isActivity = (body: unknown): body is WireActivity =>
  isRecord(body) && typeof body['type'] === 'string';
