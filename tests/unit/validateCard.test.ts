import { expect, test } from '@jest/globals';
import { validateCard } from '../support/validateCard.ts';

const text = { type: 'TextBlock', text: 'Rotation of contoso-chat', wrap: true };
const submit = { type: 'Action.Submit', title: 'Approve', data: { verb: 'approve', type: 'not an element' } };
const execute = { type: 'Action.Execute', title: 'Approve', verb: 'approve', data: {}, fallback: submit };

const card = (parts: object = {}) => ({ type: 'AdaptiveCard', version: '1.5', body: [text], ...parts });

test('finds no fault with a plain card', () => {
  expect(validateCard(card())).toEqual([]);
});

test('finds no fault with a card that uses much of what there is', () => {
  const refresh = { action: execute, userIds: ['29:someone'] };
  const column = { type: 'Column', width: 'stretch', items: [text] };
  const row = { type: 'TableRow', cells: [{ type: 'TableCell', items: [text] }] };
  const body = [
    { type: 'ColumnSet', columns: [column, { ...column, width: 'auto' }] },
    { type: 'FactSet', facts: [{ title: 'Requested by', value: 'Ada' }] },
    { type: 'Input.Text', id: 'reason', label: 'Reason', isRequired: true, errorMessage: 'Say why' },
    { type: 'Input.ChoiceSet', id: 'account', choices: [{ title: 'contoso-chat', value: '1' }] },
    { type: 'Table', columns: [{ width: 1 }], rows: [row], firstRowAsHeaders: false },
    { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: 'now', weight: 'Bolder' }] },
    { type: 'Container', style: 'emphasis', id: 'details', isVisible: false, items: [text] },
    { type: 'ActionSet', actions: [{ type: 'Action.ToggleVisibility', targetElements: ['details'] }] },
  ];
  const actions = [execute, { type: 'Action.OpenUrl', title: 'Open', url: 'https://example.com' }];
  const msteams = {
    width: 'Full',
    entities: [{ type: 'mention', text: '<at>Ada</at>', mentioned: { id: '29:1' } }],
  };
  expect(validateCard(card({ body, actions, refresh, msteams, fallbackText: 'no cards here' }))).toEqual([]);
});

test.each<[string, unknown, RegExp]>([
  ['what is no object', 'card', /object/],
  ['another type', card({ type: 'Card' }), /AdaptiveCard/],
  ['a version that Teams does not know', card({ version: '1.6' }), /1\.6/],
  ['no version', { type: 'AdaptiveCard', body: [] }, /version/],
  ['too much of it', card({ body: [{ ...text, text: 'x'.repeat(28 * 1024) }] }), /too many: 28672/],
  ['an unknown element', card({ body: [{ type: 'TextBlok', text: 'x' }] }), /TextBlok/],
  ['an unknown action', card({ actions: [{ type: 'Action.Run', title: 'x' }] }), /Action\.Run/],
  ['a bad value of an enum', card({ body: [{ ...text, weight: 'Heavy' }] }), /Heavy/],
  ['a misspelt property', card({ body: [{ ...text, wieght: 'Bolder' }] }), /no property wieght/],
  ['an input without id', card({ body: [{ type: 'Input.Text', label: 'Reason' }] }), /unique Id/],
  [
    'the same id twice',
    card({
      body: [
        { ...text, id: 'a' },
        { ...text, id: 'a' },
      ],
    }),
    /a/,
  ],
  ['an unfilled expression', card({ body: [{ ...text, text: 'by ${requester}' }] }), /\$\{requester\}/],
  ['seven actions', card({ actions: Array.from({ length: 7 }, () => submit) }), /7 actions/],
  [
    'an execute without fallback',
    card({ actions: [{ ...execute, fallback: undefined }] }),
    /Approve.*Submit/,
  ],
  ['an execute that is simply dropped', card({ actions: [{ ...execute, fallback: 'drop' }] }), /Submit/],
])('refuses %s', (_, faulty, fault) => {
  expect(validateCard(faulty).join('\n')).toMatch(fault);
});
