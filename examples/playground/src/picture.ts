import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import { launchBrowser } from '../../../tests/browser/chromium.ts';

/**
 * Takes the pictures for the README: the end of an outage that is ridden out, light and dark, as the built page
 * shows it.
 */
const dist = fileURLToPath(new URL('../dist', import.meta.url));
const pictures = fileURLToPath(new URL('../../../docs/public/', import.meta.url));

/** Pixels. */
const WIDTH = 1_240;
const MARGIN = 16;

const files = sirv(dist);
const server = createServer((request, response) => {
  files(request, response, () => {
    response.writeHead(404).end();
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
const browser = await launchBrowser();

for (const [colorScheme, name] of [
  ['light', 'playground.png'],
  ['dark', 'playground-dark.png'],
] as const) {
  const page = await browser.newPage({
    colorScheme,
    reducedMotion: 'reduce',
    viewport: { width: WIDTH, height: 900 },
  });
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.locator('[data-over="true"]').waitFor();
  const [headline, sides] = await Promise.all([
    page.locator('.headline').boundingBox(),
    page.locator('.sides').boundingBox(),
  ]);
  if (headline === null || sides === null) throw new Error('The page shows no result.');
  const y = headline.y - MARGIN;
  const height = sides.y + sides.height + MARGIN - y;
  await page.screenshot({ path: pictures + name, clip: { x: 0, y, width: WIDTH, height } });
  await page.close();
}

await browser.close();
server.closeAllConnections();
server.close();
