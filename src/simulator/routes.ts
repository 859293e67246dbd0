import type { Call, Reply } from './http.ts';

export type Params = (name: string) => string;

/** `path` is a template such as `/subscriptions/{subscription}`; `{…}` takes one segment. Case doesn't matter, as in ARM. */
export interface Route<Context> {
  method: string;
  path: string;
  answer: (call: Call, params: Params, context: Context) => Reply;
}

/** Finds the route of a call. `wrongMethod`: the path exists, the method doesn't. */
export function match<Context>(
  routes: readonly Route<Context>[],
  call: Call,
): { route: Route<Context>; params: Params } | 'wrongMethod' | undefined {
  let found: 'wrongMethod' | undefined;
  for (const route of routes) {
    const matched = pattern(route.path).exec(call.path);
    if (!matched) continue;
    if (route.method === call.method) return { route, params: (name) => matched.groups?.[name] ?? '' };
    found = 'wrongMethod';
  }
  return found;
}

const patterns = new Map<string, RegExp>();

function pattern(path: string): RegExp {
  let known = patterns.get(path);
  if (!known) {
    const source = path
      .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
      .replace(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>[^/]+)`);
    known = new RegExp(`^${source}$`, 'i');
    patterns.set(path, known);
  }
  return known;
}

/** One page of a list and, if there is more, the address of the next (absolute, as Azure gives it). */
export function page<T>(items: readonly T[], size: number, call: Call): { value: T[]; nextLink?: string } {
  const start = Number(call.query.get('$skiptoken') ?? 0);
  const value = items.slice(start, start + size);
  if (start + size >= items.length) return { value };
  const next = new URL(call.path, call.origin);
  for (const [name, text] of call.query) next.searchParams.set(name, text);
  next.searchParams.set('$skiptoken', String(start + size));
  return { value, nextLink: next.href };
}
