import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openBrowser } from '../support/browser.ts';

let opened: Awaited<ReturnType<typeof openBrowser>> | undefined;
let server: Server | undefined;
let address = '';

beforeAll(async () => {
  server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<p id="rendered"></p><script>rendered.textContent = `${6 * 7} <&>`</script>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  opened = await openBrowser();
});

afterAll(async () => {
  await opened?.close();
  server?.close();
  server?.closeAllConnections();
});

test('renders a page on loopback, and runs its script', async () => {
  const page = await opened?.browser.newPage();
  await page?.goto(address);
  expect(await page?.textContent('#rendered')).toBe('42 <&>');
});

test('draws letters: a machine without fonts would draw none', async () => {
  const page = await opened?.browser.newPage();
  const widthOf = async (letters: string) => {
    await page?.setContent(`<span>${letters}</span>`);
    return (await page?.locator('span').boundingBox())?.width ?? 0;
  };
  const [narrow, wide] = [await widthOf('iiii'), await widthOf('WWWW')];
  expect(narrow).toBeGreaterThan(0);
  expect(wide).toBeGreaterThan(narrow);
});
