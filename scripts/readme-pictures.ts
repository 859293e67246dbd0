/**
 * Draws the pictures of the README into docs/pictures/: `node scripts/readme-pictures.ts`. They are taken in
 * the demo itself, while it is walked through as a newcomer would, and of the cards alone.
 */
import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Locator } from 'playwright-core';
import { freePort } from '../src/demo/bot.ts';
import { type MoveStage, moveThrough } from '../tests/e2e/demoMove.ts';
import { demoStages, livingCard, walkThrough } from '../tests/e2e/demoWalk.ts';
import { actAs, cardWith, openDirectMessages, postToBot } from '../tests/e2e/playgroundPage.ts';
import { openBrowser } from '../tests/support/browser.ts';
import { demoRunner } from '../tests/support/demo.ts';

const folder = resolve(import.meta.dirname, '../docs/pictures');
/** GitHub shows them small, and every clone carries them. */
const mostBytes = 180 * 1024;

/** Stages of the walk that the README shows, and the pictures' names. */
const wanted: Partial<Record<(typeof demoStages)[number], string>> = {
  firstGate: 'approve',
  progress: 'progress',
  finished: 'finished',
};

const wantedOfMove: Partial<Record<MoveStage, string>> = {
  choice: 'key-choice',
  approval: 'key-approval',
  finished: 'key-finished',
};

/** Cut off below `tallest` CSS pixels, so that the pictures of a row are about as tall. */
const tallest = 930;

async function take(card: Locator, name: string): Promise<void> {
  const path = join(folder, `${name}.png`);
  const style = `.ac-adaptiveCard { max-height: ${tallest}px; overflow: hidden }`;
  await card.screenshot({ path, animations: 'disabled', style });
  const { size } = await stat(path);
  if (size > mostBytes) throw new Error(`${name}.png has ${size} bytes; ${mostBytes} are the most`);
  console.log(`docs/pictures/${name}.png`);
}

await mkdir(folder, { recursive: true });
const runner = await demoRunner();
const demo = await runner.start({ KEYSMITH_DEMO_PORT: String(await freePort()) });
const { browser, close } = await openBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1300 }, deviceScaleFactor: 1.5 });
  await page.goto(demo.url);
  await walkThrough(page, async (stage, card) => {
    const name = wanted[stage];
    if (name !== undefined) await take(card, name);
  });
  const ada = await actAs(page, 'Ada');
  await postToBot(page, ada, 'rotate contoso-vision audit');
  await livingCard(ada).filter({ hasText: 'contoso-vision' }).waitFor();
  const dana = await actAs(page, 'Dana');
  await openDirectMessages(page);
  const card = cardWith(dana, 'Which key does it hold?');
  await card.waitFor();
  await take(card, 'direct-message');
  await moveThrough(page, async (stage, moving) => {
    const name = wantedOfMove[stage];
    if (name !== undefined) await take(moving, name);
  });
} finally {
  await close();
  await demo.stop();
  await runner.close();
}
