/** `npm run teamsapp:icons` draws teamsapp/*.png anew from the .svg beside them, as large as those say. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { openBrowser } from '../tests/support/browser.ts';

const folder = resolve(import.meta.dirname, '../teamsapp');
const { browser, close } = await openBrowser();
try {
  for (const name of ['color', 'outline']) {
    const page = await browser.newPage();
    const svg = await readFile(join(folder, `${name}.svg`), 'utf8');
    await page.setContent(`<body style="margin: 0; background: transparent">${svg}`);
    const path = join(folder, `${name}.png`);
    await page.locator('svg').screenshot({ path, omitBackground: true });
  }
} finally {
  await close();
}
