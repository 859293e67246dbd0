type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every object in a card, but not what a click would send back. */
export function* objectsIn(value: unknown): Generator<Json> {
  if (Array.isArray(value)) for (const item of value) yield* objectsIn(item);
  if (!isObject(value)) return;
  yield value;
  for (const [name, child] of Object.entries(value)) if (name !== 'data') yield* objectsIn(child);
}

/** Everything that a card says, in order. */
export const wordsOf = (card: object): string =>
  [...objectsIn(card)]
    .flatMap(({ text }) => (typeof text === 'string' ? [text] : []))
    .join(' ')
    .replace(/\u2060|\u200b|\ufe0e/g, '')
    .replace(/\s+/g, ' ');

type Button = Readonly<{ title: string; verb: string; data: unknown; fallback: Json }>;

/** The buttons of a card, without links and toggles. */
export const buttonsOf = (card: object): readonly Button[] =>
  ((card as { actions?: Json[] }).actions ?? []).filter(
    ({ type }) => type === 'Action.Execute',
  ) as unknown as Button[];

export const titlesOf = (card: object): readonly string[] => buttonsOf(card).map(({ title }) => title);
