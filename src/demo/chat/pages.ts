import { readFile } from 'node:fs/promises';
import type { DemoPerson } from '../people.ts';
import type { Answer } from './http.ts';

const asset = (name: string): Promise<string> =>
  readFile(new URL(`../page/${name}`, import.meta.url), 'utf8');

const text = (type: string, body: string): Answer => ({
  status: 200,
  type: `text/${type}; charset=utf-8`,
  body: Buffer.from(body),
});

const escaped = (value: string): string =>
  value.replace(/[&<>"'`]/g, (character) => `&#${character.codePointAt(0) ?? 32};`);

/** Escaped, and with what stands between backticks as code. */
const withCode = (step: string): string => escaped(step).replace(/&#96;(.*?)&#96;/g, '<code>$1</code>');

export type Shell = Readonly<{
  people: readonly DemoPerson[];
  channelName: string;
  steps: readonly string[];
  ideas: readonly string[];
}>;

/** The page with the bar: its words are filled in here, so that it reads well without a script too. */
export async function shellPage({ people, channelName, steps, ideas }: Shell): Promise<Answer> {
  const choices = people.map(({ name }, index) => {
    const person = escaped(name);
    return `<label data-person="${person}"><input type="radio" name="person" value="${person}"${index === 0 ? ' checked' : ''} /><span class="face" aria-hidden="true">${person.slice(0, 1)}</span><span class="name">${person}</span><span class="badge" aria-hidden="true" hidden></span></label>`;
  });
  const items = (lines: readonly string[]): string =>
    lines.map((line) => `<li>${withCode(line)}</li>`).join('\n');
  const html = (await asset('shell.html'))
    .replace('<!--people-->', choices.join('\n'))
    .replace('<!--steps-->', items(steps))
    .replace('<!--ideas-->', items(ideas))
    .replaceAll('<!--channel-->', escaped(channelName));
  return text('html', html);
}

/** What stands in for the portal's page with the keys of an account. */
export const portalPage = async (): Promise<Answer> => text('html', await asset('portal.html'));

/** A script or style sheet of these pages. */
export async function pageFile(name: string): Promise<Answer> {
  const known = ['shell.js', 'azure.js', 'client.js', 'shell.css'];
  return known.includes(name)
    ? text(name.endsWith('.css') ? 'css' : 'javascript', await asset(name))
    : { status: 404, type: 'text/plain', body: Buffer.from('nothing here') };
}

/**
 * Hides the Playground's tools for bot developers, which would act as nobody here, and keeps the page from
 * scrolling as a whole when a conversation in it is opened from outside. The Playground is 600 pixels wide and
 * its cards 450, whatever the screen: here a phone shows all of them.
 */
const style = `<style>
[aria-labelledby="mockActivityMenuButtonText"],
[aria-labelledby="authenticationMenuButtonText"],
[aria-labelledby="debugMenuButtonText"] { display: none !important }
html, body, #root { height: 100%; overflow: clip }
@media (width < 640px) {
  div { min-width: 0 !important }
  h1 { display: none !important }
  .fui-Card { margin-inline: 6px !important }
  .fai-OutputCard { padding: 4px !important; width: 100% }
  div:has(> div > .fai-OutputCard), div:has(> .fai-OutputCard) { margin-inline: 4px !important }
  div:has(> .ac-preview-panel), div:has(> div > .ac-preview-panel) { width: 100% !important; margin-right: 0 !important }
}
</style>`;

/** The page loads fonts from afar, and has telemetry: a demo talks with this machine alone. */
const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' ws://127.0.0.1:* ws://localhost:*">`;

/** The Playground's page, with a script before its own that sends everything to `base`. */
export function clientPage(index: string, base: string, title: string): Answer {
  const script = `<script src="/demo/client.js" data-base="${base}"></script>`;
  if (!index.includes('<script')) throw new Error("the Playground's page has changed: it has no script");
  return text(
    'html',
    index
      .replace('<script', () => `${policy}${style}${script}<script`)
      .replace(/<title>[^<]*/, () => `<title>${escaped(title)}`),
  );
}

/**
 * In a channel the Playground names everybody but the page's own person after the bot. It knows the other
 * names; this makes it use them. A later version of the Playground may not need it, or write it otherwise:
 * then nothing is changed here, and the test that reads a name in another person's page tells.
 */
export const namesInChannels = (script: string): string =>
  script.replace(
    /(\w+)=>(\w+)\.userId===\1\.account\.id\?\1\.account\.name:(\w+)\.name/,
    (_, state: string, post: string, robot: string) =>
      `${state}=>${post}.userId===${state}.account.id?${state}.account.name:(${state}.userList.byId[${post}.userId]||${robot}).name`,
  );
