import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openBrowser } from '../support/browser.ts';
import { drawCard, widths } from '../support/cardPictures.ts';
import type { Theme } from '../support/cardPictures.ts';

const card = {
  type: 'AdaptiveCard',
  version: '1.5',
  body: [{ type: 'TextBlock', text: '**Rotation** of contoso-chat', wrap: true }],
  actions: [{ type: 'Action.Submit', title: 'Approve' }],
};

let opened: Awaited<ReturnType<typeof openBrowser>> | undefined;

beforeAll(async () => {
  opened = await openBrowser();
});

afterAll(() => opened?.close());

/** The width and height that a PNG says it has, in its own pixels. */
function sizeOf(png: Buffer): { width: number; height: number } {
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}

async function draw(what: object, theme: Theme, width: number): Promise<Buffer> {
  if (!opened) throw new Error('no browser');
  return drawCard(opened.browser, what, { theme, width });
}

test('draws a card as wide as asked and as high as needed', async () => {
  const tall = { ...card, body: Array.from({ length: 30 }, () => card.body).flat() };
  const low = sizeOf(await draw(card, 'light', widths.phone));
  const high = sizeOf(await draw(tall, 'light', widths.phone));
  expect(low.width).toBe(2 * widths.phone);
  expect(high.width).toBe(2 * widths.phone);
  expect(high.height).toBeGreaterThan(low.height);
});

test('light and dark are different pictures', async () => {
  const [light, dark] = [await draw(card, 'light', 600), await draw(card, 'dark', 600)];
  expect(light.equals(dark)).toBe(false);
});
