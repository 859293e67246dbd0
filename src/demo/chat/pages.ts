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

/** The page with the bar: its words are filled in here, so that it reads well without a script too. */
export async function shellPage(
  people: readonly DemoPerson[],
  channelName: string,
  steps: readonly string[],
): Promise<Answer> {
  const choices = people.map(({ name }, index) => {
    const person = escaped(name);
    return `<label data-person="${person}"><input type="radio" name="person" value="${person}"${index === 0 ? ' checked' : ''} /><span class="face" aria-hidden="true">${person.slice(0, 1)}</span><span class="name">${person}</span><span class="badge" aria-hidden="true" hidden></span></label>`;
  });
  const html = (await asset('shell.html'))
    .replace('<!--people-->', choices.join('\n'))
    .replace('<!--steps-->', steps.map((step) => `<li>${withCode(step)}</li>`).join('\n'))
    .replaceAll('<!--channel-->', escaped(channelName));
  return text('html', html);
}

export const shellScript = async (): Promise<Answer> => text('javascript', await asset('shell.js'));
export const shellStyle = async (): Promise<Answer> => text('css', await asset('shell.css'));
export const clientScript = async (): Promise<Answer> => text('javascript', await asset('client.js'));

/**
 * Hides the Playground's tools for bot developers, which would act as nobody here, and keeps the page from
 * scrolling as a whole when a conversation in it is opened from outside.
 */
const style = `<style>
[aria-labelledby="mockActivityMenuButtonText"],
[aria-labelledby="authenticationMenuButtonText"],
[aria-labelledby="debugMenuButtonText"] { display: none !important }
html, body, #root { height: 100%; overflow: clip }
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
