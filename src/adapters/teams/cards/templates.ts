import { Template } from 'adaptivecards-templating';
import { readFileSync } from 'node:fs';
import { cut } from './plain.ts';
import type { Card } from './view.ts';

/** The files of `adaptiveCards/`, by name. */
export const templateNames = [
  'approval',
  'ask-reject',
  'ask-review',
  'ask-waiver',
  'choice',
  'ended',
  'finished',
  'form-done',
  'halted',
  'held',
  'help',
  'key-approval',
  'key-choice',
  'key-outcome',
  'progress',
  'refusal',
  'request',
  'retirement',
  'review',
  'status',
  'switch-consumer',
  'waiver',
  'welcome',
] as const;

export type TemplateName = (typeof templateNames)[number];

// Four folders up is the project's root.
const folder = new URL('../../../../adaptiveCards/', import.meta.url);

/** Preparing a template takes twenty times as long as filling it, so each is prepared once. */
const prepared = new Map<TemplateName, Template>();

function template(name: TemplateName): Template {
  const known = prepared.get(name);
  if (known !== undefined) return known;
  const made = new Template(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')));
  prepared.set(name, made);
  return made;
}

/**
 * Fills a template. Expressions inside `data` are not evaluated, whoever wrote them.
 * A field that a template names must be there: the engine would show its name to people.
 */
export function fill(name: TemplateName, data: Readonly<Record<string, unknown>>): Card {
  const card = template(name).expand({ $root: data });
  if (typeof card !== 'object' || card === null) throw new Error(`the template ${name} makes no card`);
  return card as Card;
}

/** Below Teams' 28 KB, with room for what the adapter adds around it. */
const roomy = 25 * 1024;

const bytes = (card: Card): number => Buffer.byteLength(JSON.stringify(card));

/** How many rows a list has, and how many characters a text, from roomy to tight. */
const levels = [
  { rows: 12, text: Infinity },
  { rows: 8, text: Infinity },
  { rows: 5, text: Infinity },
  { rows: 3, text: 160 },
  { rows: 2, text: 60 },
  { rows: 1, text: 40 },
] as const;

/** The fullest card that still fits: `make` is given how many rows a list may have. */
export function fitting(make: (rows: number) => Card): Card {
  let card: Card = {};
  for (const { rows, text } of levels) {
    card = shortened(make(rows), text) as Card;
    if (bytes(card) < roomy) return card;
  }
  return card;
}

/** Cuts what stands in text runs; the texts of other elements are our own, and short. */
function shortened(part: unknown, max: number): unknown {
  if (max === Infinity || typeof part !== 'object' || part === null) return part;
  if (Array.isArray(part)) return part.map((item) => shortened(item, max));
  const isRun = 'type' in part && part.type === 'TextRun';
  return Object.fromEntries(
    Object.entries(part).map(([name, value]: [string, unknown]) => {
      const text = isRun && name === 'text' && typeof value === 'string' ? cut(value, max) : undefined;
      return [name, text ?? (name === 'data' ? value : shortened(value, max))];
    }),
  );
}
