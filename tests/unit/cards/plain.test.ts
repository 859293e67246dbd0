import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { accountInWords, plain } from '../../../src/adapters/teams/cards/plain.ts';

describe('text that somebody typed', () => {
  test('stays as it is when it is ordinary', () => {
    expect(plain('Quarterly rotation, 2 % late (really)')).toBe('Quarterly rotation, 2 % late (really)');
  });

  test('becomes one line', () => {
    expect(plain('  one\n\ntwo\tthree\u2028four ')).toBe('one two three four');
  });

  test('is cut between characters and says so', () => {
    expect(plain('😀😀😀😀', 3)).toBe('😀😀…');
  });

  test.each([
    '{{DATE(2026-03-04T10:40:00Z)}}',
    '{{{TIME(2026-03-04T10:40:00Z)}}}',
    '${rotation}',
    '$${{x}}',
    '<at>Bo</at>',
  ])('no client and no template takes %s for its own', (text) => {
    expect(plain(text)).not.toMatch(/\{\{|\$\{|<\/?at/);
    expect(plain(text).replace(/[\u2060\u200b]/g, '')).toBe(text);
  });

  test('cannot turn the direction of what follows, nor hide in it', () => {
    expect(plain('Approve\u202Etcejer\u2066\u200B\uFEFF!')).toBe('Approvetcejer!');
  });

  test('keeps the joiners that emoji and scripts are written with', () => {
    expect(plain('👩‍💻 می‌خواهم')).toBe('👩‍💻 می‌خواهم');
  });

  test('does not grow out of its line', () => {
    expect(plain(`a${'\u0301'.repeat(50)}b`)).toBe('a\u0301\u0301\u0301b');
  });

  test('lets a long word break, so that a phone does not scroll sideways', () => {
    const words = plain('Microsoft.CognitiveServices/accounts/regenerateKey/action').split('\u200b');
    expect(Math.max(...words.map((word) => word.length))).toBeLessThanOrEqual(31);
    expect(plain('x'.repeat(100)).split('\u200b')[0]).toHaveLength(30);
  });

  test('whatever it is, stays within bounds and well formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const shown = plain(text, 50);
        expect(shown.isWellFormed()).toBe(true);
        expect(Array.from(shown.replace(/[\u2060\u200b]/g, '')).length).toBeLessThanOrEqual(50);
        expect(shown).not.toMatch(/\{\{|\$\{|<at|\n/i);
      }),
    );
  });
});

test('an account is named where Markdown is read only when its name is one that Azure gives', () => {
  expect(accountInWords('contoso-chat')).toBe('contoso-chat');
  expect(accountInWords('**contoso**')).toBe('the account');
  expect(accountInWords('[x](https://evil.example)')).toBe('the account');
});
