import { renderer } from './renderer.ts';
import type { Schema } from './renderer.ts';

/** Teams drops a larger card (documented as "about 28 KB"); counted here in UTF-8 bytes of its JSON. */
const maxBytes = 28 * 1024;

/** Teams shows no more than this many buttons. */
const maxActions = 6;

type Json = Record<string, unknown>;

/**
 * Judges an Adaptive Card as Teams would: by the renderer itself (elements, values of enums, ids, nothing
 * newer than version 1.5), and by what Teams documents on top of it (size, buttons, fallbacks).
 * @returns one sentence for each fault; none for a card that is fine
 */
export function validateCard(card: unknown): string[] {
  if (!isObject(card)) return ['a card is an object'];
  const objects = [...objectsIn(card)];
  return [
    ...frame(card),
    ...judgedByRenderer(card),
    ...objects.flatMap(unknownNames),
    ...objects.flatMap(unfilled),
    ...actions(card),
  ];
}

function frame(card: Json): string[] {
  const faults: string[] = [];
  if (card['type'] !== 'AdaptiveCard') faults.push('its type is not AdaptiveCard');
  const version = typeof card['version'] === 'string' ? /^1\.(\d+)$/.exec(card['version']) : null;
  if (!version || Number(version[1]) > 5)
    faults.push(`version ${JSON.stringify(card['version'])} is not 1.0 to 1.5`);
  const bytes = Buffer.byteLength(JSON.stringify(card));
  if (bytes >= maxBytes) faults.push(`${bytes} bytes are too many: ${maxBytes} is the limit`);
  return faults;
}

function judgedByRenderer(json: Json): string[] {
  const { AdaptiveCard, SerializationContext, Versions } = renderer();
  const card = new AdaptiveCard();
  const context = new SerializationContext(Versions.v1_5);
  // it deletes and fills in while it parses
  card.parse(structuredClone(json), context);
  const parsing = Array.from({ length: context.eventCount }, (_, n) => context.getEventAt(n));
  return [...parsing, ...card.validateProperties().validationEvents].map(({ message }) => message);
}

/** What holds further elements is left out of the renderer's own list of properties. */
const contents: Record<string, string[]> = {
  AdaptiveCard: ['body', 'actions'],
  ActionSet: ['actions'],
  Container: ['items'],
  Column: ['items'],
  ColumnSet: ['columns'],
  ImageSet: ['images'],
  RichTextBlock: ['inlines'],
  Table: ['rows'],
  TableRow: ['cells'],
  TableCell: ['items'],
};

/** The renderer ignores a name that it does not know, so a misspelt one would go unnoticed. */
function unknownNames(object: Json): string[] {
  const type = object['type'];
  if (typeof type !== 'string') return [];
  const known = new Set(['type', '$schema', 'msteams', 'fallback', 'requires', ...(contents[type] ?? [])]);
  const schema = schemaOf(type);
  if (!schema) return [];
  for (let n = 0; n < schema.getCount(); n++) known.add(schema.getItemAt(n).name);
  return Object.keys(object)
    .filter((name) => !known.has(name))
    .map((name) => `${type} has no property ${name}`);
}

/** Nothing for a type that the renderer does not know, which it says itself. */
function schemaOf(type: string): Schema | undefined {
  const { GlobalRegistry, AdaptiveCard, Column, TableRow, TableCell, TextRun } = renderer();
  const parts: Record<string, new () => { getSchema(): Schema }> = {
    AdaptiveCard,
    Column,
    TableRow,
    TableCell,
    TextRun,
  };
  const registered = GlobalRegistry.elements.findByName(type) ?? GlobalRegistry.actions.findByName(type);
  const Kind = registered?.objectType ?? parts[type];
  return Kind && new Kind().getSchema();
}

/** The template engine leaves an expression as it is when the data lacks its field. */
function unfilled(object: Json): string[] {
  return Object.entries(object)
    .filter(([, value]) => typeof value === 'string' && value.includes('${'))
    .map(([name, value]) => `${name} still holds an expression: ${String(value)}`);
}

function actions(card: Json): string[] {
  const all = [...objectsIn(card)].filter(
    (o) => typeof o['type'] === 'string' && /^Action\./.test(o['type']),
  );
  const fallbacks = all.map((action) => action['fallback']);
  const shown = all.filter((action) => !fallbacks.includes(action));
  const bare = shown.filter(
    ({ type, fallback }) =>
      type === 'Action.Execute' && !(isObject(fallback) && fallback['type'] === 'Action.Submit'),
  );
  return [
    ...(shown.length > maxActions
      ? [`${shown.length} actions are too many: ${maxActions} is the limit`]
      : []),
    ...bare.map(
      (action) => `Action.Execute ${JSON.stringify(action['title'])} has no Action.Submit as its fallback`,
    ),
  ];
}

/** The object and all the objects in it, but not what a click would send back: that is the program's own. */
function* objectsIn(value: unknown): Generator<Json> {
  if (Array.isArray(value)) for (const item of value) yield* objectsIn(item);
  if (!isObject(value)) return;
  yield value;
  for (const [name, child] of Object.entries(value)) {
    if (name !== 'data' && name !== 'msteams') yield* objectsIn(child);
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
