import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../src/demo/bot.ts';
import { openBrowser } from '../support/browser.ts';
import { demoRunner, type RunningDemo } from '../support/demo.ts';
import { moveStages, moveThrough } from './demoMove.ts';
import { demoStages, livingCard, walkThrough } from './demoWalk.ts';
import { actAs, frameOf, openChannel, openDirectMessages, postToBot } from './playgroundPage.ts';

const shots = resolve(import.meta.dirname, '../../shots');

let runner: Awaited<ReturnType<typeof demoRunner>>;
let demo: RunningDemo;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let page: Awaited<ReturnType<typeof browser.browser.newPage>>;
let port: number;
const failures: string[] = [];

beforeAll(async () => {
  await mkdir(shots, { recursive: true });
  runner = await demoRunner();
  port = await freePort();
  demo = await runner.start({ KEYSMITH_DEMO_PORT: String(port) });
  browser = await openBrowser();
  page = await browser.browser.newPage({ viewport: { width: 1280, height: 1200 } });
  page.on('pageerror', (error) => failures.push(error.message));
  await page.goto(demo.url);
}, 90_000);

afterAll(async () => {
  await (browser as typeof browser | undefined)?.close();
  await (demo as RunningDemo | undefined)?.stop();
  await (runner as typeof runner | undefined)?.close();
}, 60_000);

test('prints one address to open, and what to do there', () => {
  expect(demo.url).toBe(`http://127.0.0.1:${port}/`);
  expect(demo.printed()).toMatch(/post @Keysmith rotate contoso-chat yearly rotation/);
  expect(demo.printed()).toMatch(/Stop it with Ctrl\+C/);
});

test('a newcomer asks, approves as two others, follows the rotation to its end, and no call failed', async () => {
  const seen: string[] = [];
  await walkThrough(page, async (stage, card) => {
    seen.push(stage);
    await card.screenshot({ path: join(shots, `demo-${seen.length}-${stage}.png`) });
  });
  expect(seen).toEqual(demoStages);
  const text = await livingCard(frameOf(page, 'Ada')).innerText();
  const [, calls, failed] = /([\d,]+)\s*client calls meanwhile\s*(\d+)\s*of them failed/.exec(text) ?? [];
  expect(Number(calls?.replace(',', ''))).toBeGreaterThan(0);
  expect(failed).toBe('0');
  // the clients' own count says the same
  const clients = await page.locator('#azure tr:has(td)').allInnerTexts();
  expect(clients).toHaveLength(5);
  for (const client of clients) expect(client).toMatch(/\s0$/);
  expect(clients.filter((client) => /^(chat-web|search-indexer)\s+Key 2\s/.test(client))).toHaveLength(2);
}, 120_000);

test('the requester is told directly how it ended, and nobody is left with a badge once they have looked', async () => {
  const ada = await actAs(page, 'Ada');
  await openDirectMessages(page);
  const told = /R-\w+ · contoso-chat: the rotation is finished after .* 0 of them failed/;
  await ada.getByText(told).first().waitFor();
  for (const name of ['Ada', 'Bo', 'Chen', 'Dana', 'Eli']) {
    await actAs(page, name);
    // who may approve is asked in both places
    await openDirectMessages(page);
    await page.getByRole('radio', { name, exact: true }).waitFor();
  }
  expect(await page.locator('.badge:visible').count()).toBe(0);
});

test('Azure can be made to fail: the rotation halts, says why, and Retry goes on', async () => {
  const ada = await actAs(page, 'Ada');
  await openChannel(page);
  await page.getByRole('button', { name: 'Refuse the next regeneration' }).click();
  await page.getByText('Waiting for its moment').waitFor();
  await postToBot(page, ada, 'rotate contoso-chat-dev once more');
  await livingCard(ada).filter({ hasText: 'contoso-chat-dev' }).waitFor();
  for (const name of ['Bo', 'Chen']) {
    const frame = await actAs(page, name);
    await openChannel(page);
    await livingCard(frame).getByRole('button', { name: 'Approve', exact: true }).click();
  }
  await actAs(page, 'Ada');
  const halted = livingCard(ada).filter({ hasText: 'Halted: Regenerate the unused key' });
  await halted.waitFor();
  await halted.screenshot({ path: join(shots, 'demo-7-halted.png') });
  expect(await halted.innerText()).toMatch(/not allowed|lacks|denied|right/i);
  await halted.getByRole('button', { name: 'Retry' }).click();
  await livingCard(ada)
    .filter({ hasText: /Prov|Watch/ })
    .waitFor();
  expect(failures).toEqual([]);
}, 60_000);

test('the encryption key is moved to a new version; the old one disabled behind its back alarms the channel, once', async () => {
  const seen: string[] = [];
  await moveThrough(page, async (stage, card) => {
    seen.push(stage);
    await card.screenshot({ path: join(shots, `demo-move-${seen.length}-${stage}.png`) });
  });
  expect(seen).toEqual(moveStages);
  const chen = frameOf(page, 'Chen');
  await chen.getByText(/version b1b1b1b1… is in order again/).waitFor();
  expect(await chen.getByText(/ALARM: chat-cmk, version b1b1b1b1… was disabled/).count()).toBe(1);
  const keys = await page.locator('#encryption tr:has(td)').allInnerTexts();
  expect(keys[0]).toMatch(/^contoso-chat\s+chat-cmk\s+(?!b1b1b1b1)[0-9a-f]{8}…/);
  expect(keys[1]).toMatch(/^contoso-vision\s+Microsoft-managed/);
  expect(failures).toEqual([]);
}, 90_000);

test('a port that is taken is refused with a clear message, and nothing stays behind', async () => {
  const before = await runner.left();
  const { code, printed } = await runner.fail({ KEYSMITH_DEMO_PORT: String(port) });
  expect(code).toBe(1);
  expect(printed).toMatch(new RegExp(`Port ${port} is taken by another program.*KEYSMITH_DEMO_PORT=`));
  expect(printed).not.toMatch(/\n\s+at /);
  expect(await runner.left()).toEqual(before);
}, 30_000);

test('a wait that is no duration is refused by its name', async () => {
  const { code, printed } = await runner.fail({ KEYSMITH_DEMO_SOAK: 'soon' });
  expect(code).toBe(1);
  expect(printed).toBe(
    'KEYSMITH_DEMO_SOAK is "soon"; write a number with a unit, e.g. 30s, 10m or 2h, and no more than 24d.',
  );
}, 30_000);

test('Ctrl+C ends it all: no process, no file, and the port is free for the next run', async () => {
  expect(await demo.stop()).toBe(0);
  expect(await runner.processes()).toEqual([]);
  expect(await runner.left()).toEqual(['keysmith-demo.log']);
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
  demo = await runner.start({ KEYSMITH_DEMO_PORT: String(port) });
  expect((await fetch(demo.url)).status).toBe(200);
  expect(await demo.stop()).toBe(0);
  expect(await runner.processes()).toEqual([]);
}, 60_000);
