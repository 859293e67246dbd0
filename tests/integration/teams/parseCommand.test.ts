import { describe, expect, test } from '@jest/globals';
import { parseCommand, textOf } from '../../../src/adapters/teams/commands.ts';

const rotate = (account: string, reason: string, more: object = {}) => ({
  is: 'rotate',
  account,
  procedure: 'apiKeys',
  reason,
  ...more,
});

describe('a command', () => {
  test.each<[string, object]>([
    ['rotate contoso-chat', rotate('contoso-chat', '')],
    ['ROTATE contoso-chat  because of\n the audit', rotate('contoso-chat', 'because of the audit')],
    ['rotate group/contoso-chat why', rotate('group/contoso-chat', 'why')],
    ['rotate a why ticket:OPS-12', rotate('a', 'why', { ticket: 'OPS-12' })],
    ['rotate ticket:OPS-12 a why', rotate('a', 'why', { ticket: 'OPS-12' })],
    ['rotate a why #OPS-12 so', rotate('a', 'why so', { ticket: 'OPS-12' })],
    ['rotate a why #4711.', rotate('a', 'why .', { ticket: '4711' })],
    ['rotate a issue #1: it leaked', rotate('a', 'issue #1: it leaked')],
    ['rotate a C# is used', rotate('a', 'C# is used')],
    ['rotate a encryption yearly', rotate('a', 'yearly', { procedure: 'encryptionKey' })],
    ['rotate a encryption', rotate('a', '', { procedure: 'encryptionKey' })],
    ['rotate a encryptionless reason', rotate('a', 'encryptionless reason')],
    ['rotate a --emergency leaked', rotate('a', 'leaked', { breakGlass: true })],
    ['rotate a it leaked \u2014emergency', rotate('a', 'it leaked', { breakGlass: true })],
    [
      'rotate a encryption --EMERGENCY leaked #7',
      rotate('a', 'leaked', { procedure: 'encryptionKey', breakGlass: true, ticket: '7' }),
    ],
    ['rotate --emergency a leaked', rotate('a', 'leaked', { breakGlass: true })],
    ['rotate a --emergency', rotate('a', '', { breakGlass: true })],
    ['rotate a no--emergency here', rotate('a', 'no--emergency here')],
    ['rotate a an emergency', rotate('a', 'an emergency')],
    ['rotate ticket:OPS-12', { is: 'askRotate' }],
    ['rotate', { is: 'askRotate' }],
    [`rotate ${'a'.repeat(261)}`, { is: 'tooLong', what: 'account', most: 260 }],
    [`rotate a ${'why '.repeat(300)}`, { is: 'tooLong', what: 'reason', most: 1000 }],
    [`rotate a ticket:${'9'.repeat(101)}`, { is: 'tooLong', what: 'ticket', most: 100 }],
    ['status', { is: 'status' }],
    ['status r-7k3fq2', { is: 'statusOf', which: 'r-7k3fq2', id: 'R-7K3FQ2' }],
    ['status contoso-chat', { is: 'statusOf', which: 'contoso-chat' }],
    ['cancel R-7K3FQ2', { is: 'cancel', rotation: 'R-7K3FQ2' }],
    ['cancel R-7K3FQ2 please', { is: 'noSuchId', written: 'R-7K3FQ2 please' }],
    ['', { is: 'help' }],
    ['Help me', { is: 'help' }],
    ['rotat contoso', { is: 'unknown', written: 'rotat' }],
    ['x'.repeat(5000), { is: 'unknown', written: `${'x'.repeat(59)}…` }],
  ])('%j is understood', (text, command) => {
    expect(parseCommand(text)).toEqual(command);
  });

  test('of 200,000 hostile characters is read in no time', () => {
    const before = performance.now();
    parseCommand(`rotate a ${'ticket: #'.repeat(22_000)}`);
    expect(performance.now() - before).toBeLessThan(500);
  });
});

describe('the text of a message', () => {
  const bot = { id: '28:bot', name: 'Keysmith' };
  const text = (
    written: string,
    entities: unknown[] = [{ type: 'mention', mentioned: bot, text: '<at>Keysmith</at>' }],
  ) =>
    textOf({
      type: 'message',
      id: '1',
      channelId: 'msteams',
      serviceUrl: 'https://x.example',
      from: { id: '29:a' },
      recipient: bot,
      conversation: { id: 'c' },
      text: written,
      entities,
    });

  test.each([
    ['<at>Keysmith</at>&nbsp;rotate a b\n', 'rotate a b'],
    ['<at>Keysmith</at> rotate a for <at>Ada</at>', 'rotate a for Ada'],
    ['rotate a R&amp;D &lt;b&gt;', 'rotate a R&D <b>'],
    ['<at id="0">Keysmith</at> status', 'Keysmith status'],
  ])('%j is read as %j', (written, read) => {
    expect(text(written)).toBe(read);
  });
});
