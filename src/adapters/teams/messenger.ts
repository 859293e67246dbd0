import type { TurnContext } from 'botbuilder';
import type { Answer } from '../../application/conversation.ts';
import type { Clock, Log } from '../../application/ports/ambient.ts';
import type { Delivery, Messenger, Outgoing, Target } from '../../application/ports/messenger.ts';
import { distinctPeople, type Person } from '../../domain/people.ts';
import type { Place } from '../../domain/request.ts';
import type { Rotation } from '../../domain/rotation.ts';
import { accountOf, isOver } from '../../domain/rotation.ts';
import { involved, skippedBy } from '../../domain/voters.ts';
import { TeamsAdapter } from './adapter.ts';
import { replacedCard } from './cards/index.ts';
import { type Conversations, conversationsOf, sendOnce, type Wire } from './connector.ts';
import type { BotCredentials } from './credentials.ts';
import { failureOf } from './delivery.ts';
import { attached } from './desk.ts';
import { draw } from './draw.ts';
import { isLoopback } from './loopback.ts';
import { withMentions } from './mentions.ts';
import { threadOf } from './place.ts';
import { inWords, sentenceOf } from './refusals.ts';
import { isAbsent, Roster, type Seated } from './roster.ts';

export type MessengerOptions = Readonly<{
  credentials: BotCredentials;
  /** Whether a service URL is one that the bot's token and cards may go to. */
  allows: (serviceUrl: string) => boolean;
  /** Of one request to Teams, in ms. A send takes at most four of them: roster, conversation, token, message. */
  timeout: number;
  /** Base address of the Azure portal, without a slash at its end. */
  portal?: string;
  log: Log;
  clock: Clock;
}>;

/** What one send works with. */
type Turn = Readonly<{ conversations: Conversations; wire: Wire }>;

/** A card that our own code can't draw. */
class NotDrawn extends Error {
  readonly rotation: string;
  readonly card: string;
  constructor({ rotation, card }: Extract<Outgoing, { kind: 'card' }>, cause: unknown) {
    super('a card could not be drawn', { cause });
    this.rotation = rotation.id;
    this.card = card;
  }
}

function drawn(what: Extract<Outgoing, { kind: 'card' }>, options: Parameters<typeof draw>[3]) {
  try {
    return draw(what.card, what.rotation, what.now, options);
  } catch (error) {
    throw new NotDrawn(what, error);
  }
}

/** Whoever has buttons of their own: while it goes on, and after an emergency whoever owes it a review. */
function viewersWith(rotation: Rotation): readonly Person[] {
  if (isOver(rotation)) return rotation.review?.state === 'owed' ? skippedBy(rotation) : [];
  const { phase } = rotation;
  const votes = phase.at === 'awaitingApproval' ? phase.votes.map(({ by }) => by) : [];
  return distinctPeople([...involved(rotation), ...votes]);
}

/** What is told to somebody far from the card, when the answer came too late to be shown on it. */
const answerInWords = (rotation: Rotation, answer: Answer): string => {
  const words = answer.answer === 'done' || answer.answer === 'started' ? '' : inWords(sentenceOf(answer));
  return `${rotation.id} · ${accountOf(rotation)?.name ?? rotation.request.account}: ${words}`;
};

/** The most people whose clients fetch a view of their own. */
const mostRefreshed = 60;
/** Personal chats are remembered, oldest forgotten first. */
const mostChats = 5000;

/** Sends into Teams without serving anything: a worker needs no port. One message a call, sent once. */
export function createMessenger(options: MessengerOptions): Messenger {
  const { credentials, log, clock, timeout } = options;
  const adapter = new TeamsAdapter(credentials, timeout, log);
  const roster = new Roster(() => clock.now());
  const personalChats = new Map<string, string>();
  const bot = { id: `28:${adapter.appId === '' ? 'keysmith' : adapter.appId}`, name: 'Keysmith' };

  async function send(target: Target, what: Outgoing): Promise<Delivery> {
    const place = target.to === 'place' ? target.place : target.via;
    const open = credentials.app === null && !isLoopback(URL.parse(place.serviceUrl)?.host ?? '');
    if (open || !options.allows(place.serviceUrl)) {
      log.error({ event: 'send.refused', refusal: 'serviceUrl' });
      return { ok: false, when: 'never', status: 0, why: 'the service URL is not allowed' };
    }
    return inTurn(place, (turn) => deliver(turn, place, target, what));
  }

  /** Runs work with a connector client of the place, within the time that a whole send may take. */
  async function inTurn(place: Place, work: (turn: Turn) => Promise<Delivery>): Promise<Delivery> {
    let wire: Wire = { sent: false, closed: false };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Delivery>((settle) => {
      timer = setTimeout(() => {
        wire.closed = true;
        settle({ ok: false, when: wire.sent ? 'unknown' : 'later', why: 'no answer in time' });
      }, 4 * timeout);
    });
    const run = async (): Promise<Delivery> => {
      let delivery: Delivery | undefined;
      const reference = {
        bot,
        channelId: 'msteams',
        serviceUrl: place.serviceUrl,
        conversation: {
          id: place.conversation,
          isGroup: true,
          conversationType: '',
          name: '',
          tenantId: place.tenantId,
        },
      };
      await adapter.continueConversationAsync(adapter.appId, reference, async (context: TurnContext) => {
        wire = sendOnce(context, adapter.ConnectorClientKey, timeout);
        const turn = { conversations: conversationsOf(context, adapter.ConnectorClientKey), wire };
        try {
          delivery = await work(turn);
        } catch (error) {
          // an error that left this function would be the adapter's, and lost
          delivery = failureOf(error, wire);
        }
      });
      return delivery ?? { ok: false, when: 'later', why: 'no connector' };
    };
    try {
      return await Promise.race([run(), late]);
    } catch (error) {
      return failureOf(error, wire);
    } finally {
      clearTimeout(timer);
    }
  }

  async function deliver(turn: Turn, place: Place, target: Target, what: Outgoing): Promise<Delivery> {
    const { conversations, wire } = turn;
    const ready = await prepare(turn, place, target, what);
    if ('ok' in ready) return ready;
    const { conversation, activity } = ready;
    const over = 'over' in what ? what.over : undefined;
    wire.sent = false;
    try {
      const { id } =
        over === undefined
          ? await conversations.sendToConversation(conversation, activity)
          : await conversations.updateActivity(conversation, over, { ...activity, id: over });
      const activityId = over ?? id;
      if (activityId === undefined || activityId === '')
        return { ok: false, when: 'unknown', why: 'an answer without an id' };
      return { ok: true, conversation, activityId };
    } catch (error) {
      const failure = failureOf(error, wire);
      if (failure.when === 'never' && target.to === 'person')
        personalChats.delete(chatKey(target.person, place));
      return failure;
    }
  }

  type Ready = Readonly<{ conversation: string; activity: object }>;

  /** Everything that is asked before the message is sent: whatever fails here, nothing was sent. */
  async function prepare(
    turn: Turn,
    place: Place,
    target: Target,
    what: Outgoing,
  ): Promise<Ready | Delivery> {
    try {
      const conversation =
        target.to === 'place'
          ? threadOf(place, target.thread)
          : await personalChat(turn, place, target.person);
      return { conversation, activity: await activityOf(turn, place, conversation, what) };
    } catch (error) {
      // Our own mistake won't mend itself: this row only, or everything after it would wait for ever.
      if (error instanceof NotDrawn) {
        log.error({ event: 'card.notDrawn', rotation: error.rotation, card: error.card, error: error.cause });
        return { ok: false, when: 'never', status: 0, why: 'the card could not be drawn' };
      }
      const failure = failureOf(error, turn.wire);
      return failure.when === 'unknown' ? { ...failure, when: 'later' } : failure;
    }
  }

  const chatKey = (person: Person, { serviceUrl, tenantId }: Place): string =>
    `${serviceUrl} ${tenantId} ${person.objectId.toLowerCase()}`;

  /** The personal chat with somebody; Teams gives the same one each time it is asked. */
  async function personalChat({ conversations }: Turn, place: Place, person: Person): Promise<string> {
    const key = chatKey(person, place);
    const known = personalChats.get(key);
    if (known !== undefined) return known;
    const seat = await roster.find(conversations, place.conversation, person);
    const created = await conversations.createConversation({
      bot,
      isGroup: false,
      // an owner need not be in the channel: Teams takes the object id as well
      members: [{ id: seat?.id ?? person.objectId, name: '' }],
      tenantId: place.tenantId,
      channelData: { tenant: { id: place.tenantId } },
    });
    if (created.id === undefined || created.id === '') throw new Error('Teams made a chat without an id');
    personalChats.set(key, created.id);
    const [oldest] = personalChats.keys();
    if (personalChats.size > mostChats && oldest !== undefined) personalChats.delete(oldest);
    return created.id;
  }

  async function activityOf(turn: Turn, place: Place, conversation: string, what: Outgoing): Promise<object> {
    const frame = { type: 'message', from: bot, channelId: 'msteams', serviceUrl: place.serviceUrl };
    const addressed = { ...frame, conversation: { id: conversation, tenantId: place.tenantId } };
    if (what.kind === 'text') {
      const seats = await seatsOf(turn, place, what.mentions);
      const absent = seats.filter((seat) => seat === null).length;
      if (absent > 0) log.warn({ event: 'mention.notInRoster', people: absent });
      return { ...addressed, ...withMentions(what.text, what.mentions, seats) };
    }
    if (what.kind === 'answer') {
      const text = answerInWords(what.rotation, what.answer);
      return { ...addressed, ...withMentions(text, [], []) };
    }
    if (what.kind === 'replaced')
      return { ...addressed, attachments: [attached(replacedCard(what.rotation.id))] };
    const refreshFor = await viewersOf(turn, place, what.rotation);
    const card = drawn(what, {
      refreshFor,
      ...(options.portal === undefined ? {} : { portal: options.portal }),
    });
    // not its text, which the first edit of the card would take away; the notification shows the summary
    const summary = what.text === undefined ? {} : { summary: withMentions(what.text, [], []).text };
    return { ...addressed, ...summary, attachments: [attached(card)] };
  }

  const seatsOf = (
    { conversations }: Turn,
    place: Place,
    people: readonly Person[],
  ): Promise<(Seated | null)[]> =>
    Promise.all(people.map((person) => roster.find(conversations, place.conversation, person)));

  /** The Teams ids of those who see buttons of their own. The card works without, so a failing roster is no matter. */
  async function viewersOf(turn: Turn, place: Place, rotation: Rotation): Promise<readonly string[]> {
    const people = viewersWith(rotation);
    if (people.length === 0) return [];
    try {
      const seats = await seatsOf(turn, place, people.slice(0, mostRefreshed));
      return seats.flatMap((seat) => (seat === null ? [] : [seat.id]));
    } catch (error) {
      if (!isAbsent(error)) log.warn({ event: 'roster.unreachable', error });
      return [];
    }
  }

  return { send };
}
