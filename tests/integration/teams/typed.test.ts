import { afterEach, describe, expect, test } from '@jest/globals';
import { withMentions } from '../../../src/adapters/teams/mentions.ts';
import { directWords, wordsFor } from '../../../src/application/words/index.ts';
import { crew, startBench, type Bench } from '../../support/chatBench.ts';
import { fakePerson, type FakePerson } from '../../support/fakeTeams.ts';
import { rotations } from '../../support/sampleCards.ts';
import { people } from '../../support/sampleRotations.ts';

/** What people type to make a card or a message say, link or call something else. */
const hostile = [
  '**evil** _evil_ `evil`',
  '[evil](https://evil.example)',
  '![evil](https://evil.example/evil.png)',
  '[evil]: https://evil.example',
  '<at>evil!</at>',
  '&lt;at&gt;evil!&lt;/at&gt;',
  '<a href="https://evil.example">evil</a>',
  '<img src=x onerror=evil>',
  '# evil\n- evil\n> evil',
  '${evil} ${$root.evil} @{evil}',
  '{{DATE(2026-03-04T10:40:00Z, evil)}}',
  'evil\u202egnp.exe',
  'evil\u0000\u0007\u001b[31m',
  '"}],"evil":[{"',
];

const { ada, bo } = crew;
const { id } = rotations.approval;
let bench: Bench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Strings of a card that a client shows as Markdown or as a title; what a TextRun says is shown as it stands. */
function* shownIn(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const one of value) yield* shownIn(one);
  else if (isObject(value)) {
    for (const [name, child] of Object.entries(value)) {
      // what goes back with a click, and what a person finds in an input, isn't read as anything
      if (name === 'data' || (name === 'value' && value['type'] !== 'Fact')) continue;
      if (name === 'text' && value['type'] === 'TextRun') continue;
      // a choice: a list shows its title as it stands, only radio buttons read Markdown (adaptivecards 3.0.6)
      if (name === 'choices' && value['style'] !== 'expanded' && value['isMultiSelect'] !== true) continue;
      if (typeof child === 'string') yield child;
      else yield* shownIn(child);
    }
  }
}
function* runsIn(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const one of value) yield* runsIn(one);
  else if (isObject(value)) {
    if (value['type'] === 'TextRun') yield String(value['text']);
    for (const [name, child] of Object.entries(value)) if (name !== 'data') yield* runsIn(child);
  }
}

/** What a message or a card in it would do that nobody but a program should be able to make it do. */
function harmIn(sent: Json): readonly string[] {
  const { text, textFormat, entities, attachments } = sent;
  const found: string[] = [];
  if (typeof text === 'string') {
    if (/<[a-z/!]|\][([]/i.test(text)) found.push(`tag or link: ${text}`);
    if (/evil/.test(text) && textFormat !== 'plain') found.push(`read as Markdown: ${text}`);
  }
  if (Array.isArray(entities) && entities.length > 0) found.push('a mention');
  found.push(...[...shownIn(attachments)].filter((one) => one.includes('evil')));
  const live = /<at|\$\{|\{\{|\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;
  return [...found, ...[...runsIn(attachments)].filter((one) => live.test(one))];
}

describe.each(hostile)('%j, typed by somebody,', (evil) => {
  const mallory: FakePerson = { ...fakePerson('mallory', ada.tenantId), name: evil };
  const types = async (): Promise<readonly Json[]> => {
    bench = await startBench({
      teams: { people: [ada, bo, mallory] },
      rotations: [rotations.approval],
      worker: ({ said }) =>
        said.say === 'rotate' && said.reason === ''
          ? { answer: 'reasonMissing' }
          : {
              answer: 'cannot',
              says: `No account ${said.say === 'rotate' ? said.account : evil}.`,
              remedy: evil,
            },
    });
    const { teams } = bench;
    const word = evil.replace(/\s+/g, '');
    for (const text of [
      evil,
      `rotate ${word} ${evil} ticket:${word}`,
      `rotate ${word}`,
      `status ${evil}`,
      `cancel ${evil}`,
      `status ${id}`,
    ])
      await teams.say(mallory, text);
    const root = teams.messages().at(-1);
    if (root === undefined) throw new Error('no answer');
    const form = { keysmith: 1, verb: 'submitRotate', procedure: 'apiKeys' };
    const gate = { keysmith: 1, rotation: id, stage: 'approveFirst', digest: 'ab'.repeat(32) };
    const { digest: _digest, ...stage } = gate;
    const answers: Json[] = [];
    for (const data of [
      { ...form, account: evil, otherAccount: evil, reason: evil, ticket: evil },
      { ...form, account: evil, reason: '' },
      { ...gate, verb: 'reject', reason: evil },
      { ...stage, verb: 'askWaiver', subject: `consumer:${evil}`, reason: evil },
      { ...stage, verb: 'declare', consumer: evil, holds: 'Key1' },
      { ...gate, verb: evil },
    ]) {
      const press = { type: 'Action.Execute', title: evil, verb: evil, data: {} } as const;
      const { card } = await teams.invoke(mallory, root, press, data, 'manual');
      answers.push({ attachments: [card] });
      const submitted = {
        ...teams.frame(mallory, root.conversation),
        type: 'message',
        replyToId: root.id,
        value: data,
      };
      await teams.post({ ...submitted, id: `submit-${answers.length}` });
    }
    const sent = teams.requests.filter(({ on }) => on === 'send' || on === 'update').map(({ body }) => body);
    return [...answers, ...sent.filter(isObject)];
  };

  test('is never shown as Markdown, as a mention or as an expression', async () => {
    const sent = await types();
    expect(sent.length).toBeGreaterThan(15);
    expect(sent.flatMap(harmIn)).toEqual([]);
  });
});

describe('a mention that somebody typed', () => {
  const rotation = {
    ...rotations.approval,
    request: { ...rotations.approval.request, account: '<at>0</at>' },
    plan: undefined,
  } as unknown as typeof rotations.approval;
  const seat = { id: '29:chidi', objectId: people.chidi.objectId, guest: false };

  test('calls nobody, beside one of ours that does', () => {
    const announced = [{ news: 'escalated', mention: [people.chidi] }] as const;
    const { text, mentions } = wordsFor(rotation, announced, 0);
    const said = withMentions(text, mentions, [seat]);
    expect(said.text.match(/<at>/g)).toHaveLength(1);
    expect(said.text).toMatch(/^<at>Chidi Okafor<\/at> — <\u2060at>0<\u2060\/at>: /);
    expect(said.entities).toHaveLength(1);
  });

  test('calls nobody in a direct message', () => {
    const text = directWords(rotation, { news: 'escalated' }, 0);
    expect(withMentions(text, [people.chidi], [seat])).toMatchObject({ textFormat: 'plain', entities: [] });
    expect(text).not.toMatch(/<at>|<\/at>/);
  });
});
