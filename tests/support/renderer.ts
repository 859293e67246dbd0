import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { JSDOM } from 'jsdom';

export const packages = resolve(import.meta.dirname, '../../node_modules');

/** The renderer as one script for a browser: as a module of Node it cannot be loaded. */
export const rendererScript = join(packages, 'adaptivecards/dist/adaptivecards.min.js');

/** What is used here of the renderer. Its own types import sources that this project's tsc refuses. */
export type Renderer = {
  AdaptiveCard: new () => Card;
  SerializationContext: new (target: unknown) => Context;
  Versions: { v1_5: unknown };
  GlobalRegistry: { elements: Registry; actions: Registry };
  Column: Kind;
  TableRow: Kind;
  TableCell: Kind;
  TextRun: Kind;
};

type Card = {
  parse(json: unknown, context: Context): void;
  validateProperties(): { validationEvents: Complaint[] };
  getSchema(): Schema;
};
type Kind = new () => { getSchema(): Schema };
type Context = { readonly eventCount: number; getEventAt(index: number): Complaint };
type Complaint = { message: string };
type Registry = { findByName(type: string): { objectType: Kind } | undefined };
export type Schema = { getCount(): number; getItemAt(index: number): { name: string } };

let loaded: Renderer | undefined;

/** The renderer inside a simulated page, for whoever wants its judgement and not its picture. */
export function renderer(): Renderer {
  if (!loaded) {
    const { window } = new JSDOM('', { runScripts: 'outside-only' });
    loaded = window.eval(`${readFileSync(rendererScript, 'utf8')}\n;AdaptiveCards`) as Renderer;
  }
  return loaded;
}
