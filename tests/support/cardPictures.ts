import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { packages, rendererScript } from './renderer.ts';

export { validateCard } from './validateCard.ts';

export type Theme = 'light' | 'dark';

/** CSS pixels: a small phone, and the column of a channel on a desktop. */
export const widths = { phone: 360, desktop: 600 } as const;

/** The page behind the card, from the designer's Teams container. */
const backgrounds: Record<Theme, string> = { light: '#F6F6F6', dark: '#201E1F' };

const designer = join(packages, 'adaptivecards-designer');

/**
 * Draws a card as Teams would, near enough to judge it: with Microsoft's host configuration and style
 * sheet for Teams, at the given width in CSS pixels.
 * @returns a PNG at twice that width, as high as the card needs
 */
export async function drawCard(
  browser: Browser,
  card: object,
  { theme, width }: { theme: Theme; width: number },
): Promise<Buffer> {
  const page = await browser.newPage({
    viewport: { width, height: 200 },
    deviceScaleFactor: 2,
    reducedMotion: 'reduce',
  });
  try {
    await page.setContent('<!doctype html><body><div id="card" class="teams-card"></div>');
    await page.addStyleTag({ path: join(packages, 'adaptivecards/dist/adaptivecards.css') });
    await page.addStyleTag({ path: join(designer, `dist/containers/teams-container-${theme}.css`) });
    await page.addStyleTag({
      content: `body { margin: 0; padding: 8px; background: ${backgrounds[theme]} }`,
    });
    await page.addScriptTag({ path: rendererScript });
    const hostConfig = await readFile(
      join(designer, `lib/hostConfigs/microsoft-teams-${theme}.json`),
      'utf8',
    );
    await page.evaluate(render, { card, config: JSON.parse(hostConfig) as object });
    return await page.screenshot({ fullPage: true });
  } finally {
    await page.close();
  }
}

/** The part of the renderer that `render` uses where it runs, in the page. */
type InPage = {
  AdaptiveCard: {
    new (): { hostConfig: unknown; parse(card: object): void; render(): unknown };
    onProcessMarkdown: (text: string, result: { outputHtml?: string; didProcess: boolean }) => void;
  };
  HostConfig: new (config: object) => unknown;
};

/** Runs in the page, so it may use nothing from outside itself. */
function render({ card, config }: { card: object; config: object }): void {
  const { AdaptiveCards, document } = globalThis as unknown as {
    AdaptiveCards: InPage;
    document: { getElementById(id: string): { append(child: unknown): void } };
  };
  // Teams' own subset of Markdown: bold, italic, links, lists. The text is our own: nothing is sanitized.
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    const html = text
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/\[([^\]]+)\]\(([^)]+)\)/g, '<a class="ac-anchor" href="$2">$1</a>')
      .replace(/\*\*(.+?)\*\*/g, '<b>$1</b>')
      .replace(/(^|\W)[*_](\S.*?)[*_](?=\W|$)/g, '$1<i>$2</i>')
      .replace(/(?:^|\n)[-*] (.+)/g, '\n\n<ul style="margin: 0"><li>$1</li></ul>');
    result.outputHtml = html
      .split(/\n{2,}/)
      .map((paragraph) => (paragraph.startsWith('<ul') ? paragraph : `<p>${paragraph}</p>`))
      .join('');
    result.didProcess = true;
  };
  const drawn = new AdaptiveCards.AdaptiveCard();
  drawn.hostConfig = new AdaptiveCards.HostConfig(config);
  drawn.parse(card);
  document.getElementById('card').append(drawn.render());
}
