import type { Person } from '../../domain/people.ts';
import type { Conversations, Member } from './connector.ts';
import { baseOf } from './place.ts';

/** A person as a conversation's roster knows them; `id` is the Teams id (an MRI, `29:…`). */
export type Seated = Readonly<{
  id: string;
  objectId: string;
  tenantId?: string;
  name?: string;
  /** A guest of the tenant, or somebody whom nobody knows. */
  guest: boolean;
}>;

type Entry<T> = Readonly<{ at: number; value: T }>;

/** How long an answer of the roster is taken for true, in milliseconds. */
const fresh = 5 * 60_000;
const pageSize = 500;
/** A team has 25,000 members at most. */
const mostPages = 50;
/** Entries are dropped one by one beyond this, oldest first. */
const mostKept = 5000;

/** Looks people up in the rosters of conversations, and remembers them for minutes. */
export class Roster {
  readonly #now: () => number;
  readonly #people = new Map<string, Entry<Seated | null>>();
  readonly #pages = new Map<string, Entry<readonly Seated[]>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** By Teams id or object id; null when the conversation has no such member. Throws the connector's error. */
  async member(on: Conversations, conversation: string, id: string): Promise<Seated | null> {
    const base = baseOf(conversation);
    const key = `${base} ${id.toLowerCase()}`;
    const known = this.#people.get(key);
    if (known !== undefined && known.at + fresh > this.#now()) return known.value;
    const found = (await this.#ask(on, base, id)) ?? (await this.#search(on, base, id));
    remember(this.#people, key, { at: this.#now(), value: found });
    return found;
  }

  /** A person in the roster of a conversation. One whose tenant is another's is somebody else. */
  async find(on: Conversations, conversation: string, person: Person): Promise<Seated | null> {
    const found = await this.member(on, conversation, person.objectId);
    const sameTenant = found?.tenantId === undefined || same(found.tenantId, person.tenantId);
    return sameTenant ? found : null;
  }

  async #ask(on: Conversations, base: string, id: string): Promise<Seated | null> {
    try {
      return seated(await on.getConversationMember(base, id));
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  /** Not every client of the protocol finds members by object id: the Playground does not. */
  async #search(on: Conversations, base: string, id: string): Promise<Seated | null> {
    const known = this.#pages.get(base);
    const all = known !== undefined && known.at + fresh > this.#now() ? known.value : await readAll(on, base);
    if (all !== known?.value) remember(this.#pages, base, { at: this.#now(), value: all });
    return all.find((one) => same(one.id, id) || same(one.objectId, id)) ?? null;
  }
}

async function readAll(on: Conversations, base: string): Promise<readonly Seated[]> {
  const all: Seated[] = [];
  let next: string | undefined;
  try {
    for (let page = 0; page < mostPages; page += 1) {
      const got = await on.getConversationPagedMembers(base, {
        pageSize,
        ...(next === undefined ? {} : { continuationToken: next }),
      });
      all.push(...(got.members ?? []).map(seated).filter((one) => one !== null));
      next = got.continuationToken;
      if (next === undefined || next === '') break;
    }
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
  return all;
}

function seated(member: Member): Seated | null {
  const objectId = member.aadObjectId ?? member.objectId;
  if (objectId === undefined || objectId === '') return null;
  return {
    id: member.id,
    objectId,
    guest: /^(guest|anonymous)$/i.test(member.userRole ?? ''),
    ...(member.tenantId === undefined ? {} : { tenantId: member.tenantId }),
    ...(member.name === undefined ? {} : { name: member.name }),
  };
}

/** The roster says that there is no such member, or that this bot may not read it: asking again is of no use. */
export function isAbsent(error: unknown): boolean {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return status === 400 || status === 403 || status === 404;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function remember<T>(kept: Map<string, T>, key: string, value: T): void {
  kept.delete(key);
  kept.set(key, value);
  const [oldest] = kept.keys();
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
}
