import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { buttonsOf, fallbackOf, inputsOf, refreshOf, textOf, type Action } from './fakeTeams/actions.ts';
import { connector, type Recorded } from './fakeTeams/connector.ts';
import { fail, Faults } from './fakeTeams/faults.ts';
import { json, listen, type Call } from './fakeTeams/http.ts';
import { Room } from './fakeTeams/room.ts';
import { channelClaims, issuer, newKey, sign, type Claims, type FakeApp } from './fakeTeams/tokens.ts';
import {
  baseCard,
  cardType,
  channelId,
  fakePerson,
  isRecord,
  newInvokeId,
  personalChatId,
  teamId,
  tenantId as defaultTenant,
  type Card,
  type FakePerson,
  type Message,
} from './fakeTeams/world.ts';

export { channelClaims, issuer, newKey, sign } from './fakeTeams/tokens.ts';
export type { FakeApp, SigningKey } from './fakeTeams/tokens.ts';
export { buttonsOf, textOf } from './fakeTeams/actions.ts';
export type { Recorded } from './fakeTeams/connector.ts';
export type { Card, FakePerson, Message } from './fakeTeams/world.ts';
export { baseCard, channelId, fakePerson, groupChatId, personalChatId, tenantId } from './fakeTeams/world.ts';

/** The bot as an account of Teams. */
const botAccount = (app: FakeApp | undefined) => ({ id: `28:${app?.id ?? 'keysmith'}`, name: 'Keysmith' });

export type Answered = Readonly<{
  status: number;
  body: unknown;
  /** The card that an invoke was answered with, if it was answered with one. */
  card?: Card;
}>;

/** Which message: its id, the message itself, or the newest card whose texts match. */
export type Which = string | RegExp | Message;

/** Changes to an activity just before it is sent: what a stranger or another client would send. */
export type Forged = Readonly<{
  activity?: Readonly<Record<string, unknown>>;
  /** What an invoke's value holds beside the action, such as a sign-in. */
  value?: Readonly<Record<string, unknown>>;
  token?: string | null;
}>;

export type FakeTeamsOptions = Readonly<{
  people?: readonly FakePerson[];
  /** Who is in the team of the channel; everybody unless said. */
  inChannel?: readonly FakePerson[];
  /** Registers the bot with an app id: tokens are then signed, published and demanded. */
  app?: boolean;
  /** The tenant of the conversations. */
  tenantId?: string;
  /** The bot's `…/api/messages`; it can be set later with `botAt`. */
  bot?: string;
}>;

/** The people that are there unless others are named. */
export const defaultPeople = ['Ada', 'Bo', 'Chidi', 'Dana', 'Eve'].map((name) => fakePerson(name));

/**
 * A Teams over HTTP on loopback. To the bot it is the connector (`serviceUrl`), the login and the OpenID
 * metadata; to a test it is a room full of people:
 *
 *     const teams = await startFakeTeams({ app: true });
 *     const bot = await startTeamsServer({ …teams.settings, … });
 *     teams.botAt(`${bot.url}/api/messages`);
 *     await teams.say(ada, 'rotate contoso-chat quarterly');        // the bot is mentioned where it has to be
 *     const card = await teams.until(() => teams.find(/Approve the plan/));
 *     const answered = await teams.click(bo, card, 'Approve');      // as Bo's client shows the card now
 *
 * A click takes the card as that person's client has it: refreshed first when its `refresh.userIds` name
 * them. What an invoke answers is shown to the clicker alone, until the message is edited.
 * Everything the bot asked for is in `requests`; faults are planned with `faults.plan`.
 */
export async function startFakeTeams(options: FakeTeamsOptions = {}) {
  const people = options.people ?? defaultPeople;
  const tenantId = options.tenantId ?? defaultTenant;
  const faults = new Faults();
  const requests: Recorded[] = [];
  const answers: string[] = [];
  const waiting = new Set<() => void>();
  const changed = (): void => {
    for (const look of [...waiting]) look();
  };
  const room = new Room(people, options.inChannel ?? people, changed);
  const app: FakeApp | undefined = options.app
    ? { id: randomUUID(), password: `fake-${randomUUID()}`, tenantId }
    : undefined;
  const keys = [await newKey('RS256', ['msteams'])];
  const botToken = `bot-${randomUUID()}`;
  const serve = connector(room, faults, (one) => {
    requests.push(one);
    queueMicrotask(changed);
  });

  const server = await listen((call, response) => {
    const [first] = call.path;
    const known = app === undefined || call.headers.authorization === `Bearer ${botToken}`;
    if (first === 'v3' && known) serve(call, response);
    else if (first === 'v3') json(response, 401, { error: { code: 'Unauthorized' } });
    else if (first === 'login') login(call, response);
    else if (first === 'openid') metadata(call, response);
    else if (first === 'oauth') tokenService(call, response);
    else json(response, 404, {});
  });
  const serviceUrl = server.url;

  function login(call: Call, response: ServerResponse): void {
    const form = new URLSearchParams(call.raw);
    requests.push({
      on: 'token',
      method: call.method,
      conversation: '',
      body: Object.fromEntries(form),
      authorization: undefined,
      at: Date.now(),
    });
    const fault = faults.take('token');
    const known = form.get('client_id') === app?.id && form.get('client_secret') === app.password;
    if (fault !== undefined) fail(fault, response);
    else if (!known) json(response, 401, { error: 'invalid_client' });
    else json(response, 200, { token_type: 'Bearer', expires_in: 3600, access_token: botToken });
  }

  function metadata(call: Call, response: ServerResponse): void {
    const fault = faults.take('keys');
    const published =
      call.path[1] === 'keys'
        ? { keys: keys.map(({ jwk }) => jwk) }
        : { issuer, jwks_uri: `${server.url}/openid/keys` };
    if (fault !== undefined) fail(fault, response);
    else json(response, 200, published);
  }

  /** What people got on the page of the connection, by the code that they came back with. */
  const codes = new Map<string, string>();
  /** Whether the bot's connection can exchange what Teams has for a token. */
  const signIn = { exchange: true };

  /** Bot Framework's token service, as far as a sign-in takes it. */
  function tokenService({ path, query, headers }: Call, response: ServerResponse): void {
    const [, , , what = ''] = path;
    requests.push({
      on: 'signIn',
      method: what,
      conversation: '',
      body: Object.fromEntries(query),
      authorization: headers.authorization,
      at: Date.now(),
    });
    const fault = faults.take('signIn');
    const token = codes.get(query.get('code') ?? '');
    const exchange = { id: 'given', uri: `api://localhost/botid-${app?.id ?? ''}`, providerId: 'aad' };
    if (fault !== undefined) fail(fault, response);
    else if (headers.authorization !== `Bearer ${botToken}`) json(response, 401, {});
    else if (what === 'GetSignInResource')
      json(response, 200, {
        signInLink: `${server.url}/sign-in`,
        ...(signIn.exchange ? { tokenExchangeResource: exchange } : {}),
      });
    else if (what === 'GetToken' && token !== undefined)
      json(response, 200, { connectionName: query.get('connectionName'), token });
    else json(response, 404, {});
  }

  /** Bot Framework's own settings that lead here; none without an app. */
  const cloud = app && {
    ToChannelFromBotLoginUrl: `${server.url}/login/${app.tenantId}`,
    ToChannelFromBotOAuthScope: 'https://api.botframework.com',
    ToBotFromChannelTokenIssuer: issuer,
    OAuthUrl: `${server.url}/oauth`,
    ToBotFromChannelOpenIdMetadataUrl: `${server.url}/openid/configuration`,
    ToBotFromEmulatorOpenIdMetadataUrl: `${server.url}/openid/configuration`,
    CallerId: 'urn:botframework:azure',
    ValidateAuthority: 'false',
  };

  let bot = options.bot ?? '';

  /** A token as Teams would send it now; with changed claims, or signed by another key. */
  async function token(change: Claims = {}, key = keys[0]): Promise<string> {
    if (app === undefined || key === undefined) throw new Error('start the fake Teams with an app');
    return sign(key, channelClaims(app, serviceUrl, change));
  }

  /** Posts anything to the bot. `token`: null sends none. */
  async function post(body: unknown, forged: Pick<Forged, 'token'> = {}): Promise<Answered> {
    const bearer = forged.token === undefined && app !== undefined ? await token() : forged.token;
    const response = await fetch(bot, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(bearer === undefined || bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    answers.push(text);
    const parsed = parse(text);
    const value = isRecord(parsed) && parsed['type'] === cardType ? parsed['value'] : undefined;
    changed();
    return { status: response.status, body: parsed, ...(isRecord(value) ? { card: value } : {}) };
  }

  /** What every activity of a person holds. */
  function frame(person: FakePerson, conversation: string) {
    const found = room.find(conversation);
    if (found === undefined) throw new Error(`no conversation ${conversation}`);
    const channel = found.type === 'channel';
    return {
      channelId: 'msteams',
      serviceUrl,
      timestamp: new Date().toISOString(),
      from: { id: person.id, name: person.name, aadObjectId: person.objectId },
      recipient: botAccount(app),
      conversation: {
        id: conversation,
        conversationType: found.type,
        tenantId,
        ...(found.type === 'personal' ? {} : { isGroup: true }),
      },
      channelData: {
        tenant: { id: tenantId },
        ...(channel ? { team: { id: teamId }, channel: { id: found.id } } : {}),
      },
      locale: 'en-US',
    };
  }

  const mention = () => {
    const mentioned = botAccount(app);
    return { type: 'mention', mentioned, text: `<at>${mentioned.name}</at>` };
  };

  type Where = Readonly<{ conversation?: string; thread?: string }>;

  /** Where a message is: in a channel the id of its thread stands behind the channel's. */
  const address = (message: Message): string =>
    room.find(message.conversation)?.type === 'channel'
      ? `${message.conversation};messageid=${message.thread ?? message.id}`
      : message.conversation;

  /**
   * Somebody writes, in the channel unless a conversation is named; in a channel and a group chat the bot
   * is mentioned. Gives what the bot answered the HTTP request with: 200 and nothing, when all is well.
   */
  async function say(
    person: FakePerson,
    text: string,
    where: Where = {},
    forged: Forged = {},
  ): Promise<Answered> {
    const { activity } = write(person, text, where);
    return post({ ...activity, ...forged.activity }, forged);
  }

  function write(person: FakePerson, text: string, { conversation = channelId, thread }: Where) {
    if (conversation === personalChatId(person)) room.personalChat(person);
    const personal = room.find(conversation)?.type === 'personal';
    const message = room.post(
      person,
      thread === undefined ? conversation : `${conversation};messageid=${thread}`,
      {
        type: 'message',
        text,
      },
    );
    if (message === undefined) throw new Error(`nobody can write into ${conversation}`);
    const activity = {
      ...frame(person, address(message)),
      type: 'message',
      id: message.id,
      textFormat: 'plain',
      text: personal ? text : `<at>Keysmith</at> ${text}`,
      entities: personal ? [] : [mention()],
    };
    message.activity = activity;
    return { message, activity };
  }

  /** Somebody edits their newest message. */
  async function edit(person: FakePerson, text: string): Promise<Answered> {
    const message = room.messages.findLast(({ from }) => from === person);
    if (message === undefined) throw new Error(`${person.name} has written nothing`);
    const activity = { ...message.activity, text: `<at>Keysmith</at> ${text}` };
    message.activity = activity;
    return post({
      ...activity,
      type: 'messageUpdate',
      channelData: { eventType: 'editMessage', tenant: { id: tenantId } },
    });
  }

  /** Teams delivers somebody's newest message once more, unchanged. */
  async function repeat(person: FakePerson): Promise<Answered> {
    const message = room.messages.findLast(({ from }) => from === person);
    if (message === undefined) throw new Error(`${person.name} has written nothing`);
    return post(message.activity);
  }

  /** The bot is added to a conversation: what Teams sends, in its order. */
  async function install(person: FakePerson, conversation = channelId): Promise<readonly Answered[]> {
    if (conversation === personalChatId(person)) room.personalChat(person);
    const base = frame(person, conversation);
    const added = { ...base, type: 'conversationUpdate', id: newInvokeId(), membersAdded: [base.recipient] };
    const installed = { ...base, type: 'installationUpdate', id: newInvokeId(), action: 'add' };
    return [await post(added), await post(installed)];
  }

  /** The newest message that it is: by id, or the newest of the bot's whose card or text matches. */
  function find(which: Which): Message | undefined {
    if (typeof which === 'string') return room.messages.find(({ id }) => id === which);
    if (!(which instanceof RegExp)) return which;
    return room.messages.findLast((message) => message.from === 'bot' && which.test(shown(message)));
  }

  function must(which: Which): Message {
    const found = find(which);
    if (found === undefined)
      throw new Error(`no message matches ${which instanceof RegExp ? which.source : 'that id'}`);
    return found;
  }

  /** Posts a press of a button, and shows the answer to that person alone. */
  async function invoke(
    person: FakePerson,
    message: Message,
    action: Action,
    data: unknown,
    trigger: string,
    forged: Forged = {},
  ) {
    const activity = {
      ...frame(person, address(message)),
      type: 'invoke',
      name: 'adaptiveCard/action',
      id: newInvokeId(),
      replyToId: message.id,
      value: {
        action: { type: action.type, title: action.title, verb: action.verb, data },
        trigger,
        ...forged.value,
      },
      ...forged.activity,
    };
    const answered = await post(activity, forged);
    if (answered.card !== undefined) message.views.set(person.id, answered.card);
    return answered;
  }

  /** The card as this person's client shows it now: their own view when the card offers them one. */
  async function see(person: FakePerson, which: Which): Promise<Card> {
    const message = must(which);
    const base = baseCard(message);
    if (base === undefined) throw new Error('that message has no card');
    const mine = message.views.get(person.id);
    if (mine !== undefined) return mine;
    const refresh = refreshOf(base);
    const offered = refresh !== undefined && (refresh.userIds?.includes(person.id) ?? true);
    if (!offered) return base;
    const answered = await invoke(person, message, refresh.action, refresh.action.data, 'automatic');
    return answered.card ?? base;
  }

  /**
   * Somebody presses the button with that title (or the first that matches), on the card as they see it.
   * `inputs` go beside the button's data, as a client puts them; `forged.data` replaces all of it.
   */
  async function click(
    person: FakePerson,
    which: Which,
    title: string | RegExp,
    inputs: Readonly<Record<string, string>> = {},
    forged: Forged & Readonly<{ data?: unknown }> = {},
  ): Promise<Answered> {
    const message = must(which);
    const card = await see(person, message);
    const button = buttonsOf(card).find((one) =>
      typeof title === 'string' ? one.title === title : title.test(one.title),
    );
    if (button === undefined) {
      const there = buttonsOf(card).map((one) => one.title);
      throw new Error(`${person.name} sees no button ${String(title)}, only: ${there.join(', ')}`);
    }
    const data = forged.data ?? { ...button.data, ...inputsOf(card), ...inputs };
    return invoke(person, message, button, data, 'manual', forged);
  }

  /** The same press by a client that doesn't know Action.Execute: a message with a value. */
  async function submit(
    person: FakePerson,
    which: Which,
    title: string,
    inputs: Readonly<Record<string, string>> = {},
  ): Promise<Answered> {
    const message = must(which);
    const card = await see(person, message);
    const fallback = fallbackOf(card, title);
    if (fallback === undefined) throw new Error(`the button ${title} has no fallback`);
    const value = { ...fallback.data, ...inputsOf(card), ...inputs };
    return post({
      ...frame(person, address(message)),
      type: 'message',
      id: newInvokeId(),
      replyToId: message.id,
      value,
    });
  }

  return {
    people,
    serviceUrl,
    room,
    faults,
    requests,
    /** The bodies that the bot answered its callers with, oldest first. */
    answers,
    /** What the bot shows to prove itself; nobody else may ever see it. */
    botToken,
    app,
    cloud,
    keys,
    codes,
    signIn,
    /** What the bot needs to know of this Teams: the same shape as the program's own `bot` settings. */
    credentials: {
      app: app
        ? ({
            type: 'SingleTenant',
            id: app.id,
            tenantId: app.tenantId,
            password: { reveal: () => app.password },
          } as const)
        : null,
      cloud: cloud ?? {},
    },
    allows: (url: string): boolean => url === serviceUrl || url.startsWith(`${serviceUrl}/`),
    /** A place in this Teams, as the bot writes it down. */
    place: (conversation = channelId) => ({ conversation, serviceUrl, tenantId }),
    botAt: (endpoint: string): void => {
      bot = endpoint;
    },
    token,
    post,
    frame,
    say,
    write,
    edit,
    repeat,
    install,
    find,
    see,
    click,
    submit,
    invoke,
    address,
    /** What the bot wrote, oldest first; in one conversation if named. */
    messages: (conversation?: string): readonly Message[] =>
      room.messages.filter(
        (message) =>
          message.from === 'bot' && (conversation === undefined || message.conversation === conversation),
      ),
    /** Requests of one kind. */
    asked: (on: Recorded['on']): readonly Recorded[] => requests.filter((one) => one.on === on),
    /**
     * Looks again whenever something happens in this Teams, until there is something to give; the limit
     * of the test ends the waiting, or `within` ms.
     */
    until<T>(look: () => T | undefined | false, within = 20_000): Promise<T> {
      return new Promise((settle, refuse) => {
        const timer = setTimeout(() => {
          waiting.delete(again);
          refuse(new Error(`nothing of that kind happened within ${within} ms`));
        }, within);
        const again = (): void => {
          const found = look();
          if (found === undefined || found === false) return;
          clearTimeout(timer);
          waiting.delete(again);
          settle(found);
        };
        waiting.add(again);
        again();
      });
    },
    close: (): Promise<void> => server.close(),
  };
}

export type FakeTeams = Awaited<ReturnType<typeof startFakeTeams>>;

/** All that a message shows to everybody: its text, and the texts of its card. */
export function shown(message: Message): string {
  const card = baseCard(message);
  const { text, summary } = message.activity;
  const said = text ?? (typeof summary === 'string' ? summary : '');
  return [said, card === undefined ? '' : textOf(card)].filter((t) => t !== '').join('\n');
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
