import type { DemoPerson } from '../people.ts';
import { ask, read } from './http.ts';
import type { Answer } from './http.ts';
import { namesInChannels } from './pages.ts';
import type { Room } from './room.ts';
import { configuration, created } from './shapes.ts';

/** The Playground behind the switch, in so far as it stays the same. */
export type Behind = Readonly<{
  url: string;
  /** Its page's HTML. */
  index: string;
  /** What its page is told about people and places, with one person as its own. */
  config: (me: DemoPerson) => unknown;
  /** Its page's script, mended. It is 9 MB, so it is read once. */
  script: (path: string) => Promise<Answer>;
}>;

/** Reads it all, and gives each person their personal chat with the bot. */
export async function lookBehind(url: string, people: readonly DemoPerson[], room: Room): Promise<Behind> {
  for (const person of people) {
    const answer = await ask('POST', `${url}/_connector/v3/conversations`, { members: [{ id: person.id }] });
    room.isPersonalChatOf(created.parse(read(answer)).id, person);
  }
  const index = await ask('GET', `${url}/`);
  const config = configFor(read(await ask('GET', `${url}/_internal/v1/config`)), room);
  const scripts = new Map<string, Promise<Answer>>();
  const script = (path: string): Promise<Answer> => {
    const known = scripts.get(path) ?? patched(url + path);
    scripts.set(path, known);
    return known;
  };
  return { url, index: index.body.toString('utf8'), config, script };
}

function configFor(given: unknown, room: Room): Behind['config'] {
  const parsed = configuration.parse(given);
  const { config } = parsed;
  return (me) => {
    // a page knows its own person apart from the users, and looks every member up among the users
    const others = <T extends { members: string[] }>(places: readonly T[]): readonly T[] =>
      places.map((place) => ({ ...place, members: place.members.filter((id) => id !== me.id) }));
    return {
      ...parsed,
      config: {
        ...config,
        currentUser: config.users.find(({ id }) => id === me.id),
        users: config.users.filter(({ id }) => id !== me.id),
        personalChat: { ...config.personalChat, id: room.chatOf(me) },
        groupChats: others(config.groupChats),
        teams: others(config.teams),
      },
    };
  };
}

async function patched(url: string): Promise<Answer> {
  const answer = await ask('GET', url);
  return { ...answer, body: Buffer.from(namesInChannels(answer.body.toString('utf8'))) };
}
