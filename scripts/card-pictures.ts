/**
 * `npm run pictures` draws every sample card into shots/, light and dark, for a phone and a desktop.
 * `npm run pictures -- approval progress` draws those alone. Faults of a card are listed, and end it with 1.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openBrowser } from '../tests/support/browser.ts';
import { drawCard, validateCard, widths } from '../tests/support/cardPictures.ts';
import type { Theme } from '../tests/support/cardPictures.ts';
import { sampleCards } from '../tests/support/sampleCards.ts';

const folder = resolve(import.meta.dirname, '../shots');
const themes: Theme[] = ['light', 'dark'];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in sampleCards));
if (unknown.length > 0) {
  console.error(`no such card: ${unknown.join(', ')}; there is ${Object.keys(sampleCards).join(', ')}`);
  process.exit(1);
}

await mkdir(folder, { recursive: true });
const { browser, close } = await openBrowser();
try {
  for (const [name, make] of Object.entries(sampleCards)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const card = make();
    for (const theme of themes) {
      for (const [device, width] of Object.entries(widths)) {
        await writeFile(
          join(folder, `${name}-${device}-${theme}.png`),
          await drawCard(browser, card, { theme, width }),
        );
      }
    }
    const faults = validateCard(card);
    if (faults.length > 0) process.exitCode = 1;
    console.log([name, ...faults.map((fault) => `  ${fault}`)].join('\n'));
  }
} finally {
  await close();
}
