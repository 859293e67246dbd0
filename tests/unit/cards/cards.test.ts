import { describe, expect, test } from '@jest/globals';
import {
  askRejectCard,
  askRotateCard,
  askWaiverCard,
  consumerCard,
  livingCard,
  refusalCard,
  statusCard,
  statusOf,
  waiverCard,
} from '../../../src/adapters/teams/cards/index.ts';
import type { Consumer } from '../../../src/domain/apiKeys/consumers.ts';
import type { ApiKeysRotation } from '../../../src/domain/apiKeys/rotation.ts';
import { rotations, sampleCards, view } from '../../support/sampleCards.ts';
import * as sample from '../../support/sampleRotations.ts';
import { validateCard } from '../../support/validateCard.ts';
import { buttonsOf, objectsIn, wordsOf } from './walk.ts';

const living = Object.entries<ApiKeysRotation>(rotations);

describe.each(Object.keys(sampleCards))('the card %s', (name) => {
  const card = sampleCards[name]?.() ?? {};

  test('is one that Teams takes', () => {
    expect(validateCard(card)).toEqual([]);
  });

  test('has no more than three buttons', () => {
    expect(buttonsOf(card).length).toBeLessThanOrEqual(3);
  });
});

test.each(living)(
  'the living card of %s has no inputs: an edit would wipe what somebody types',
  (_, rotation) => {
    const inputs = [...objectsIn(livingCard(view(rotation)))].filter(({ type }) =>
      String(type).startsWith('Input.'),
    );
    expect(inputs).toEqual([]);
  },
);

test.each(living)('the living card of %s says in words what its marks say', (_, rotation) => {
  const marks = ['✔', '▶', '○', '✖', '⚠', '–'];
  const mute = [...objectsIn(livingCard(view(rotation)))].filter(
    ({ type, columns }) =>
      type === 'ColumnSet' &&
      marks.some((mark) => wordsOf({ columns }).startsWith(mark)) &&
      !/\p{L}{2}/u.test(wordsOf({ columns })),
  );
  expect(mute).toEqual([]);
});

describe('with sixty consumers and the longest of everything', () => {
  const long = (text: string, n: number) => text.repeat(n);
  const person = (n: number) => ({
    ...sample.people.eve,
    objectId: `7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e9${String(n).padStart(3, '0')}`,
    name: long('漢字', 60),
  });
  const crowd = Array.from({ length: 60 }, (_, n) => person(n));
  const waiver = (n: number) => ({
    ...sample.kioskWaiver,
    id: n + 1,
    reason: long('理由', 500),
    state: 'granted' as const,
    askedBy: person(n),
    subject: { of: 'consumer' as const, consumer: `${long('消', 190)}${n}` },
  });
  const many: readonly Consumer[] = crowd.map((owner, n) => ({
    ...sample.consumer(
      { kind: 'manual', name: `${long('消', 190)}${n}`, owners: [owner, ...crowd.slice(0, 9)], deputies: [] },
      n % 2 === 0 ? 'undeclared' : 'Key1',
      n % 2 === 0 ? { as: 'given', at: sample.ago(1) } : { as: 'waived', at: sample.ago(1) },
      long('備考', 300),
    ),
  }));
  const check = {
    name: long('検', 200),
    verdict: 'warn' as const,
    says: long('検査', 500),
    remedy: long('対', 500),
  };
  const big = (rotation: ApiKeysRotation): ApiKeysRotation => ({
    ...rotation,
    request: {
      ...rotation.request,
      by: person(99),
      reason: long('理由', 1000),
      ticket: long('票', 500),
      account: long('口', 260),
    },
    consumers: many,
    waivers: crowd.map((_, n) => waiver(n)),
    notReached: crowd,
    remarks: crowd.map(() => long('記録', 400)),
    rules: {
      ...rotation.rules,
      gates: { prepare: { need: 9, from: crowd }, retire: { need: 9, from: crowd } },
    },
    approvals: {
      prepare: crowd.map((by) => sample.vote(by, 1)),
      retire: crowd.map((by) => sample.vote(by, 1)),
    },
    ...(rotation.plan === undefined
      ? {}
      : { plan: { ...rotation.plan, checks: Array.from({ length: 30 }, () => check) } }),
  });

  test.each(living)('the card of %s still fits', (_, rotation) => {
    const enormous = {
      ...view(big(rotation)),
      blockers: many.map(({ registered }) => `${registered.name} is not settled.`),
    };
    expect(
      validateCard(livingCard(enormous, { refreshFor: crowd.map((_, n) => `29:${'x'.repeat(80)}${n}`) })),
    ).toEqual([]);
    expect(validateCard(statusOf(enormous))).toEqual([]);
  });

  test('so do the others', () => {
    const moving = view(big(rotations.moving));
    const name = many[0]?.registered.name ?? '';
    const cards = [
      consumerCard(moving, name, person(0)),
      waiverCard(moving, 1),
      askWaiverCard({ ...moving, rotation: { ...moving.rotation, waivers: [] } }),
      askRejectCard(view(big(rotations.approval))),
      askRotateCard(Array.from({ length: 900 }, (_, n) => `account-${'x'.repeat(50)}-${n}`)),
      statusCard(
        Array.from({ length: 300 }, () => big(rotations.halted)),
        sample.now,
      ),
      refusalCard(
        long('題', 900),
        long('文', 9000),
        long('策', 9000),
        Array.from({ length: 50 }, () => long('名', 300)),
      ),
    ];
    expect(cards.map(validateCard)).toEqual(cards.map(() => []));
  });

  test('a list says what it left out', () => {
    expect(wordsOf(livingCard(view(big(rotations.retirement))))).toMatch(/and \d+ more: .*waived/);
  });
});

describe('text that people typed', () => {
  const evil = '**bold** [x](https://evil.example) <at>Bo</at> ${rotation} {{DATE(2026-03-04T10:40:00Z)}}';
  const signs = ['**bold', '[x](', '<at>', '${', '{{DATE'];
  const eve = { ...sample.people.eve, name: evil };
  const consumer: Consumer = sample.consumer(
    { kind: 'manual', name: evil, owners: [eve], deputies: [] },
    'Key1',
    { as: 'confirmed', at: sample.ago(1), by: eve },
    evil,
  );
  const poisoned = (rotation: ApiKeysRotation): ApiKeysRotation => ({
    ...rotation,
    request: {
      ...rotation.request,
      by: { ...rotation.request.by, name: evil },
      reason: evil,
      ticket: evil,
      account: evil,
    },
    consumers: [
      consumer,
      {
        ...consumer,
        registered: { ...consumer.registered, name: `${evil} 2` },
        move: { from: 'Key1', to: 'Key2', receipt: { as: 'given', at: sample.ago(1) } },
      },
    ],
    waivers: [
      {
        ...sample.kioskWaiver,
        reason: evil,
        askedBy: eve,
        subject: { of: 'consumer', consumer: evil },
        votes: [{ by: eve, at: sample.ago(1) }],
      },
    ],
    notReached: [eve],
    remarks: [evil],
    approvals: { prepare: [sample.vote(eve, 1)], retire: [sample.vote(eve, 1)] },
    rules: {
      ...rotation.rules,
      gates: {
        prepare: { need: 2, from: [eve, sample.people.bo] },
        retire: { need: 2, from: [eve, sample.people.bo] },
      },
    },
    ...(rotation.plan === undefined
      ? {}
      : {
          plan: {
            ...rotation.plan,
            account: {
              ...rotation.plan.account,
              name: evil,
              resourceGroup: evil,
              subscriptionName: evil,
              location: evil,
            },
            checks: [{ name: evil, verdict: 'warn', says: evil, remedy: evil }],
            proof: { possible: false, because: evil },
          },
        }),
    phase:
      rotation.phase.at === 'halted'
        ? { ...rotation.phase, fault: { kind: 'bug', says: evil, remedy: evil, action: evil } }
        : rotation.phase.at === 'held'
          ? { ...rotation.phase, by: eve, reason: evil }
          : rotation.phase.at === 'ended'
            ? { ...rotation.phase, by: eve, says: evil, remedy: evil }
            : rotation.phase,
  });

  /** Properties that Teams reads as Markdown. */
  function readAsMarkdown(card: object): readonly string[] {
    return [...objectsIn(card)].flatMap((part) => {
      const { type, text, title, fallbackText, speak, value, facts, label } = part;
      const read =
        type === 'TextRun'
          ? []
          : type === 'Input.ChoiceSet'
            ? [label]
            : type === undefined && 'value' in part
              ? []
              : [text, title, fallbackText, speak, value, facts, label];
      return read.filter((one) => typeof one === 'string');
    });
  }

  const cards = (rotation: ApiKeysRotation): readonly object[] => {
    const seen = view(poisoned(rotation));
    const blocked = { ...seen, blockers: [evil] };
    return [
      livingCard(seen),
      livingCard(blocked),
      statusOf(seen),
      consumerCard(seen, evil, eve),
      consumerCard(seen, `${evil} 2`, eve),
      waiverCard(seen, 1),
      askRejectCard(seen),
      askWaiverCard(seen),
      refusalCard(evil, evil, evil, [evil]),
      statusCard([seen.rotation], sample.now),
    ];
  };

  test.each(living)('is never read as Markdown, a mention or an expression: %s', (_, rotation) => {
    for (const card of cards(rotation)) {
      expect(readAsMarkdown(card).filter((text) => signs.some((sign) => text.includes(sign)))).toEqual([]);
      expect(readAsMarkdown(card).filter((text) => text.includes('evil'))).toEqual([]);
      const runs = [...objectsIn(card)].flatMap(({ type, text }) =>
        type === 'TextRun' ? [String(text)] : [],
      );
      expect(runs.filter((text) => ['<at>', '${', '{{'].some((sign) => text.includes(sign)))).toEqual([]);
    }
  });

  test('is shown all the same', () => {
    expect(wordsOf(livingCard(view(poisoned(rotations.approval))))).toContain(
      '**bold** [x](https://evil.example)',
    );
  });
});

test('no card holds a key, a fingerprint or a digest outside of its buttons', () => {
  for (const [, rotation] of living) {
    const shown = [...objectsIn(livingCard(view(rotation)))]
      .flatMap((part) => Object.values(part))
      .filter((value) => typeof value === 'string');
    expect(shown.filter((text) => /[0-9a-f]{32}/i.test(text))).toEqual([]);
  }
});
