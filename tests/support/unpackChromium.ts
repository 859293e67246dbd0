/** Run as a child process of browser.ts: the library unpacks into TMPDIR, and asks for it once. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflate } from '@sparticuz/chromium';

const library = dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium')));
// al2023 holds libnss3 and its like, which a bare machine lacks; swiftshader holds what WebGL would need
for (const file of ['chromium.br', 'fonts.tar.br', 'al2023.tar.br']) {
  await inflate(join(library, '../bin', file));
}
