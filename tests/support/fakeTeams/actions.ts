import { isRecord, type Card } from './world.ts';

/** A button as a client sees it. */
export type Action = Readonly<{
  type: string;
  title: string;
  verb: string;
  data: Readonly<Record<string, unknown>>;
}>;

const asAction = (value: Record<string, unknown>): Action => ({
  type: String(value['type']),
  title: typeof value['title'] === 'string' ? value['title'] : '',
  verb: typeof value['verb'] === 'string' ? value['verb'] : '',
  data: isRecord(value['data']) ? value['data'] : {},
});

/** Every button of a card that a client which knows Action.Execute shows, in order; no fallbacks. */
export function buttonsOf(card: Card): readonly Action[] {
  return [...objectsIn(card)]
    .filter(({ type }) => type === 'Action.Execute' || type === 'Action.Submit')
    .map(asAction);
}

/** The button's Action.Submit fallback: what an older client shows instead. */
export function fallbackOf(card: Card, title: string): Action | undefined {
  const button = [...objectsIn(card)].find(
    (one) => one['type'] === 'Action.Execute' && one['title'] === title,
  );
  return isRecord(button?.['fallback']) ? asAction(button['fallback']) : undefined;
}

/** What the inputs of a card hold before anybody types. */
export function inputsOf(card: Card): Readonly<Record<string, string>> {
  const inputs = [...objectsIn(card)].filter(
    ({ type }) => typeof type === 'string' && type.startsWith('Input.'),
  );
  return Object.fromEntries(
    inputs.map(({ id, value }) => [String(id), typeof value === 'string' ? value : '']),
  );
}

/** All texts that a card shows, one line each. */
export function textOf(card: Card): string {
  const texts = [...objectsIn(card)].flatMap((object) =>
    ['text', 'title', 'value', 'placeholder', 'label'].map((name) => object[name]),
  );
  return texts.filter((text) => typeof text === 'string' && text !== '').join('\n');
}

/** The Action.Execute that fetches a personal view, and for whom. */
export function refreshOf(card: Card): Readonly<{ action: Action; userIds?: readonly string[] }> | undefined {
  const refresh = card['refresh'];
  if (!isRecord(refresh) || !isRecord(refresh['action'])) return undefined;
  const ids: unknown = refresh['userIds'];
  const action = asAction(refresh['action']);
  return Array.isArray(ids) ? { action, userIds: ids.map(String) } : { action };
}

function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(value)) for (const item of value) yield* objectsIn(item);
  if (!isRecord(value)) return;
  yield value;
  for (const [name, child] of Object.entries(value)) {
    if (name !== 'data' && name !== 'fallback' && name !== 'refresh') yield* objectsIn(child);
  }
}
