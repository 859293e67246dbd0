import type { RotationId } from '../../domain/ids.ts';
import { parseRotationId } from '../../domain/ids.ts';
import type { Procedure } from '../../domain/procedures.ts';
import type { IncomingMessage } from './activity.ts';

/** What a message asks for. */
export type Command = Readonly<
  | { is: 'help' }
  | { is: 'askRotate' }
  | {
      is: 'rotate';
      account: string;
      procedure: Procedure;
      reason: string;
      ticket?: string;
      breakGlass?: true;
    }
  | { is: 'status' }
  | { is: 'statusOf'; which: string; id?: RotationId }
  | { is: 'cancel'; rotation: RotationId }
  | { is: 'noSuchId'; written: string }
  | { is: 'tooLong'; what: 'account' | 'reason' | 'ticket'; most: number }
  | { is: 'unknown'; written: string }
>;

/** The longest of each, in characters; the cards' inputs allow the same. */
const longest = { account: 260, reason: 1000, ticket: 100 };

/**
 * Reads a message as a command; case doesn't matter in the first word.
 *
 * - `rotate <account> [encryption] [--emergency] [reason…]`; a ticket stands anywhere in it as
 *   `ticket:ABC-123`, or as `#ABC-123` or `#123`, and is taken out of the reason; so is `--emergency`,
 *   also with the long dash that phones make of two hyphens
 * - `rotate`, `status`, `status <id or account>`, `cancel <id>`, `help`
 */
export function parseCommand(text: string): Command {
  const [, word = '', rest = ''] = /^(\S*)\s*(.*)$/s.exec(text.trim()) ?? [];
  switch (word.toLowerCase()) {
    case '':
    case 'help':
    case 'hi':
    case 'hello':
    case '?':
      return { is: 'help' };
    case 'rotate':
      return rest === '' ? { is: 'askRotate' } : rotate(rest);
    case 'status': {
      const id = parseRotationId(rest);
      if (rest === '') return { is: 'status' };
      return { is: 'statusOf', which: cut(rest), ...(id.ok ? { id: id.value } : {}) };
    }
    case 'cancel': {
      const id = parseRotationId(rest);
      return id.ok ? { is: 'cancel', rotation: id.value } : { is: 'noSuchId', written: cut(rest) };
    }
    default:
      return { is: 'unknown', written: cut(word) };
  }
}

const ticketMark = /(?:^|\s)(?:ticket:(\S+)|#([A-Za-z][A-Za-z0-9]*-\d+|\d+))(?=\s|[.,;]?$)/i;

const emergencyMark = /(?:^|\s)(?:--|\u2014|\u2013)emergency(?=\s|[.,;:]?$)/i;

function rotate(rest: string): Command {
  const marked = ticketMark.exec(rest);
  const ticket = marked?.[1] ?? marked?.[2];
  const without = marked === null ? rest : rest.replace(marked[0], ' ');
  const plain = without.replace(emergencyMark, ' ').trim();
  const breakGlass = emergencyMark.test(without);
  const [, account = '', behind = ''] = /^(\S*)\s*(.*)$/s.exec(plain) ?? [];
  if (account === '') return { is: 'askRotate' };
  const encryption = /^encryption(?:\s+|$)/i.exec(behind);
  const reason = (encryption === null ? behind : behind.slice(encryption[0].length))
    .replace(/\s+/g, ' ')
    .trim();
  const parts = { account, reason, ticket: ticket ?? '' };
  for (const what of ['account', 'reason', 'ticket'] as const) {
    if (parts[what].length > longest[what]) return { is: 'tooLong', what, most: longest[what] };
  }
  return {
    is: 'rotate',
    account,
    procedure: encryption === null ? 'apiKeys' : 'encryptionKey',
    reason,
    ...(ticket === undefined ? {} : { ticket }),
    ...(breakGlass ? { breakGlass } : {}),
  };
}

/** What is said back of a stranger's words stays short. */
const cut = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

/**
 * The text of a message without the mention of the bot, as it was typed: Teams wraps every mention in
 * `<at>…</at>` and escapes what HTML would read. Other people's mentions leave their names.
 */
export function textOf(activity: IncomingMessage): string {
  let text = activity.text ?? '';
  for (const entity of activity.entities ?? []) {
    const mention = mentionText(entity, activity.recipient.id);
    if (mention !== undefined) text = text.replaceAll(mention, ' ');
  }
  return text
    .replace(/<\/?at(?:\s[^>]*)?>/gi, '')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\u00a0/g, ' ')
    .trim();
}

/** The text that stands for a mention of the bot; undefined for any other entity. */
function mentionText(entity: unknown, bot: string): string | undefined {
  if (!isRecord(entity) || entity['type'] !== 'mention' || !isRecord(entity['mentioned'])) return undefined;
  const text = entity['text'];
  return entity['mentioned']['id'] === bot && typeof text === 'string' && text !== '' ? text : undefined;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
