import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const root = resolve(import.meta.dirname, '../..');

/**
 * Starts a headless Chromium that came with `npm ci`: no browser of the system is needed or used.
 * It is real in everything but its sandbox, which root cannot have, so show it our own pages alone.
 */
export async function openBrowser(): Promise<{ browser: Browser; close: () => Promise<void> }> {
  const folder = await unpacked();
  const browser = await chromium.launch({
    executablePath: join(folder, 'chromium'),
    args: ['--no-sandbox', '--disable-background-networking', '--disable-dev-shm-usage', '--disable-gpu'],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  });
  return { browser, close: () => browser.close() };
}

/** Unpacks once for each installed version, about 4 s; several processes may ask at the same time. */
async function unpacked(): Promise<string> {
  const manifest = await readFile(join(root, 'node_modules/@sparticuz/chromium/package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const cache = join(root, 'node_modules/.cache');
  const home = join(cache, `chromium-${version}`);
  if (existsSync(home)) return home;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(`${home}-`);
  try {
    const env = { ...process.env, TMPDIR: draft, NODE_OPTIONS: '' };
    const script = join(import.meta.dirname, 'unpackChromium.ts');
    await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', script], { env });
    await writeFile(join(draft, 'fonts.conf'), fontsBelow(home));
    // whoever renames first wins: nobody ever sees a half unpacked one
    await rename(draft, home).catch((error: unknown) => {
      if (!existsSync(home)) throw error;
    });
    return home;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** The fonts.conf that comes along knows the folders of a serverless host only, and text without a font is empty. */
function fontsBelow(home: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(home, 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <!-- it draws an empty circle as a full one, and is preferred for symbols where it is installed -->
  <selectfont>
    <rejectfont><pattern><patelt name="family"><string>DejaVu Math TeX Gyre</string></patelt></pattern></rejectfont>
  </selectfont>
  <cachedir>${join(home, 'fonts-cache')}</cachedir>
</fontconfig>
`;
}
